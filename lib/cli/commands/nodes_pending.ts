/**
 * `openclaw nodes pending`: whose commands wait for approval.
 *
 * @module
 */
import { askNodes, listNodePairing } from "../nodes/ask.ts";
import { printPending } from "../nodes/view.ts";
import type { CommandContext } from "../table.ts";

/** Lists waiting nodes. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const list = await askNodes(context, ["node.pair.list"], listNodePairing);
  if (options.flag("json")) out.json(list.pending);
  else printPending(context, list);
  return 0;
}

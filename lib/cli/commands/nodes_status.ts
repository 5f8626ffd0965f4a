/**
 * `openclaw nodes status`: who is known and who is there.
 *
 * @module
 */
import { askNodes, listNodes } from "../nodes/ask.ts";
import { selectNodes } from "../nodes/select.ts";
import { printNodes } from "../nodes/view.ts";
import type { CommandContext } from "../table.ts";

/** Lists known nodes. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const { ts, nodes: all } = await askNodes(context, ["node.list"], listNodes);
  const nodes = selectNodes(context, all);
  if (options.flag("json")) out.json({ ts, nodes });
  else printNodes(context, nodes, all);
  return 0;
}

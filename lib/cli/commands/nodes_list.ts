/**
 * `openclaw nodes list`: who waits and who is known.
 *
 * @module
 */
import { askNodes, listNodePairing, listNodes } from "../nodes/ask.ts";
import { isSelective, selectNodes } from "../nodes/select.ts";
import { printNodes, printPending } from "../nodes/view.ts";
import type { CommandContext } from "../table.ts";

/** Lists waiting and known nodes; filters are about the known ones, and leave the others out. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const methods = ["node.list", "node.pair.list"];
  const { all, list } = await askNodes(context, methods, async (call) => ({
    all: (await listNodes(call)).nodes,
    list: await listNodePairing(call),
  }));
  const paired = selectNodes(context, all);
  const pending = isSelective(context) ? [] : list.pending;
  if (options.flag("json")) {
    out.json({ pending, paired });
    return 0;
  }
  if (pending.length > 0) {
    printPending(context, list);
    out.line();
  }
  printNodes(context, paired, all);
  return 0;
}

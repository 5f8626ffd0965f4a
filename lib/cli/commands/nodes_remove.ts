/**
 * `openclaw nodes remove`: forgets a node.
 *
 * @module
 */
import type { NodeRemoved } from "../../protocol/mod.ts";
import { askNodes, listNodes, wantedNode } from "../nodes/ask.ts";
import { findNode } from "../nodes/find.ts";
import { nodeName } from "../nodes/view.ts";
import type { CommandContext } from "../table.ts";

/** Removes one node. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const wanted = wantedNode(context);
  await askNodes(context, ["node.list", "node.pair.remove"], async (call) => {
    const node = findNode((await listNodes(call)).nodes, wanted);
    const removed = await call<NodeRemoved>("node.pair.remove", { nodeId: node.nodeId });
    if (options.flag("json")) return out.json(removed);
    out.line(`Removed ${nodeName(node)} (${node.nodeId})`);
    out.line("Its approval is void and its connection is closed.");
  });
  return 0;
}

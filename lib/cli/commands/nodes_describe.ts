/**
 * `openclaw nodes describe`: one node and what it can be asked for.
 *
 * @module
 */
import type { NodeDescribeResult } from "../../protocol/mod.ts";
import { askNodes, listNodes, wantedNode } from "../nodes/ask.ts";
import { findNode } from "../nodes/find.ts";
import { printNode } from "../nodes/view.ts";
import type { CommandContext } from "../table.ts";

/** Shows one node. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const wanted = wantedNode(context);
  await askNodes(context, ["node.list", "node.describe"], async (call) => {
    const { nodeId } = findNode((await listNodes(call)).nodes, wanted);
    const node = await call<NodeDescribeResult>("node.describe", { nodeId });
    if (options.flag("json")) return out.json(node);
    printNode(context, node);
  });
  return 0;
}

/**
 * `openclaw nodes rename`: gives a node a name.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { NodeRenamed } from "../../protocol/mod.ts";
import { askNodes, listNodes, wantedNode } from "../nodes/ask.ts";
import { findNode } from "../nodes/find.ts";
import { plain } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Renames one node. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const wanted = wantedNode(context);
  const displayName = options.text("name")?.trim();
  if (!displayName) {
    throw new AppError("USAGE", "Missing --name: give the node a name", {
      hint: `openclaw nodes rename ${wanted} --name desk`,
    });
  }
  await askNodes(context, ["node.list", "node.rename"], async (call) => {
    const { nodeId } = findNode((await listNodes(call)).nodes, wanted);
    const renamed = await call<NodeRenamed>("node.rename", { nodeId, displayName });
    if (options.flag("json")) return out.json(renamed);
    out.line(`Node ${nodeId} is called ${plain(renamed.displayName)}`);
  });
  return 0;
}

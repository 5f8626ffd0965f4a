/**
 * `openclaw nodes reject`: turns a waiting node down.
 *
 * @module
 */
import type { NodeRejected } from "../../protocol/mod.ts";
import { askNodes, listNodePairing } from "../nodes/ask.ts";
import { findNodeRequest } from "../nodes/find.ts";
import { nodeName, shortNodeRequest } from "../nodes/view.ts";
import type { CommandContext } from "../table.ts";

/** Rejects one request. */
export async function run(context: CommandContext): Promise<number> {
  const { args, out, options } = context;
  await askNodes(context, ["node.pair.list", "node.pair.reject"], async (call) => {
    const list = await listNodePairing(call);
    const request = findNodeRequest(list, args[0]!);
    const { requestId } = request;
    const rejected = await call<NodeRejected>("node.pair.reject", { requestId });
    if (options.flag("json")) return out.json(rejected);
    out.line(
      `Turned down request ${shortNodeRequest(request, list.pending)}: ${nodeName(request)}`,
    );
  });
  return 0;
}

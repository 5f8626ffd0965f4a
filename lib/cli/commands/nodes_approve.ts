/**
 * `openclaw nodes approve`: lets a node be asked for what it offers.
 *
 * @module
 */
import type { NodeApproved } from "../../protocol/mod.ts";
import { askNodes, listNodePairing } from "../nodes/ask.ts";
import { findNodeRequest } from "../nodes/find.ts";
import { nodeName, shortNodeRequest } from "../nodes/view.ts";
import { plain } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Approves one request. */
export async function run(context: CommandContext): Promise<number> {
  const { args, out, options } = context;
  const list = await askNodes(context, ["node.pair.list"], listNodePairing);
  const request = findNodeRequest(list, args[0]!);
  const { requestId, requiredApproveScopes } = request;
  // Who approves must hold what that takes; the connection asks for no more.
  const approved = await askNodes(
    context,
    ["node.pair.approve"],
    (call) => call<NodeApproved>("node.pair.approve", { requestId }),
    requiredApproveScopes,
  );
  if (options.flag("json")) {
    out.json(approved);
    return 0;
  }
  out.line(`Approved request ${shortNodeRequest(request, list.pending)}`);
  out.pairs([
    ["Node", `${nodeName(request)} (${request.nodeId})`],
    ["May do", plain(approved.node.commands?.join(", "))],
  ]);
  return 0;
}

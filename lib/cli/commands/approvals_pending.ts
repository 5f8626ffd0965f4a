/**
 * `openclaw approvals pending`: what waits for a decision.
 *
 * @module
 */
import type { PendingApproval } from "../../protocol/mod.ts";
import { withGateway } from "../approvals/place.ts";
import { printPending } from "../approvals/view.ts";
import type { CommandContext } from "../table.ts";

/** Lists commands and plugin requests that wait, the oldest first. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const methods = ["exec.approval.list", "plugin.approval.list"];
  const lists = await withGateway(
    context,
    methods,
    (call) => Promise.all(methods.map((method) => call<PendingApproval[]>(method))),
  );
  const pending = lists.flat().sort((one, other) => one.createdAtMs - other.createdAtMs);
  if (options.flag("json")) out.json(pending);
  else printPending(context, pending);
  return 0;
}

/**
 * Approvals as a running gateway has them: approvers are told, and what is always allowed is
 * remembered.
 *
 * @module
 */
import { Approvals, isSameClient } from "../../../approvals/mod.ts";
import { type Clock, errorMessage, type Logger } from "../../../base/mod.ts";
import { hasScope, mayReceive } from "../../../protocol/mod.ts";
import type { Store } from "../../../store/mod.ts";
import type { Broadcaster } from "../../broadcaster.ts";
import type { RunApprovals } from "../../nodes/system_run_approval.ts";

/** Opens the approvals of a store. Whoever may see a request may decide it. */
export function openApprovals(
  store: Store,
  clock: Clock,
  broadcaster: Broadcaster,
  log: Logger,
): Approvals {
  return new Approvals({
    store,
    clock,
    canReach: (kind, asker) =>
      [...broadcaster.clients()].some(({ connId, identity }) =>
        mayReceive(identity, `${kind}.approval.requested`) && connId !== asker?.connId &&
        (!asker || !isSameClient(asker, identity) || hasScope(identity.scopes, "operator.admin"))
      ),
    listeners: {
      onRequested: ({ kind, id, request, createdAtMs, expiresAtMs }) =>
        broadcaster.broadcast(`${kind}.approval.requested`, {
          id,
          request,
          createdAtMs,
          expiresAtMs,
        }),
      onResolved: (kind, resolved) => broadcaster.broadcast(`${kind}.approval.resolved`, resolved),
      onError: (error) => log.error(`cannot give up expired requests: ${errorMessage(error)}`),
    },
  });
}

/** Approvals as those look at them who tell nodes what to run: commands that a client asked for. */
export function runApprovalsOf(approvals: Approvals): RunApprovals {
  return {
    find: (id) => {
      const record = approvals.record(id);
      if (record?.kind !== "exec" || record.askedBy === undefined) return undefined;
      return { ...record, askedBy: record.askedBy };
    },
    spend: (id) => approvals.spend(id),
  };
}

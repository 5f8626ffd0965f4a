/**
 * The refusals of this room, worded as clients know them.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import {
  type ApprovalDecision,
  MAX_APPROVAL_ID_CHARS,
  MAX_APPROVAL_REQUEST_CHARS,
} from "../protocol/mod.ts";
import type { ApprovalKind } from "./types.ts";

const LIST = "openclaw approvals pending";

/** No such request, or it is over. */
export function unknownApproval(): AppError {
  return new AppError("APPROVAL_NOT_FOUND", "unknown or expired approval id", {
    hint: LIST,
    details: {
      reason: "APPROVAL_NOT_FOUND",
      remediation: `It was never asked for, has expired or was decided. Open requests: ${LIST}`,
    },
  });
}

/** Nothing to wait for. */
export function nothingToWaitFor(): AppError {
  return new AppError("APPROVAL_NOT_FOUND", "approval expired or not found", {
    hint: LIST,
    details: { reason: "APPROVAL_NOT_FOUND" },
  });
}

/** The beginning of an id fits several requests. */
export function ambiguousApproval(id: string): AppError {
  return new AppError("APPROVAL_INVALID", `ambiguous approval id "${id}"; use the full id`, {
    hint: LIST,
    details: { reason: "APPROVAL_ID_AMBIGUOUS" },
  });
}

/** Somebody has decided otherwise. */
export function alreadyResolved(decision: ApprovalDecision, resolvedBy?: string): AppError {
  return new AppError("APPROVAL_ALREADY_RESOLVED", "approval already resolved", {
    hint: "Nothing is left to do",
    details: {
      reason: "APPROVAL_ALREADY_RESOLVED",
      decision,
      ...(resolvedBy === undefined ? {} : { resolvedBy }),
    },
  });
}

/** No decision has this name. */
export function invalidDecision(): AppError {
  return new AppError("APPROVAL_INVALID", "invalid decision", {
    hint: "Use allow-once, allow-always or deny",
  });
}

/** The request does not offer this decision. */
export function decisionNotAllowed(
  kind: ApprovalKind,
  decision: ApprovalDecision,
  allowed: readonly ApprovalDecision[],
): AppError {
  const reason = decision === "allow-always"
    ? "APPROVAL_ALLOW_ALWAYS_UNAVAILABLE"
    : "APPROVAL_DECISION_UNAVAILABLE";
  const why = kind === "exec"
    ? "because the effective policy requires approval every time"
    : "for this plugin approval";
  return new AppError("APPROVAL_INVALID", `${decision} is unavailable ${why}`, {
    hint: `Decide one of: ${allowed.join(", ")}`,
    details: { reason, allowedDecisions: [...allowed] },
  });
}

/** Who asks may not allow it. */
export function ownRequest(): AppError {
  return new AppError("APPROVAL_INVALID", "the asker of an approval cannot allow it", {
    hint: "openclaw approvals pending",
    details: {
      reason: "APPROVAL_OWN_REQUEST",
      remediation: "Decide from another device, or with a client that has operator.admin",
    },
  });
}

/** The id belongs to another request, perhaps one that is over, or is the beginning of such an id. */
export function idTaken(): AppError {
  return new AppError("APPROVAL_INVALID", "approval id already pending", {
    hint: "Send a new id, or none",
    details: { reason: "APPROVAL_ID_TAKEN" },
  });
}

/** The request is too large to be shown to anybody. */
export function tooLarge(): AppError {
  return new AppError(
    "APPROVAL_INVALID",
    `approval request is larger than ${MAX_APPROVAL_REQUEST_CHARS} characters`,
    { hint: "Put long input into a file and name it", details: { reason: "APPROVAL_TOO_LARGE" } },
  );
}

/** People and logs could not show the id. */
export function idUnusable(): AppError {
  return new AppError(
    "APPROVAL_INVALID",
    `approval ids have at most ${MAX_APPROVAL_ID_CHARS} characters, all of them visible`,
    { hint: "Send a new id, or none", details: { reason: "APPROVAL_ID_INVALID" } },
  );
}

/** Too many requests wait. */
export function tooMany(): AppError {
  return new AppError("UNAVAILABLE", "too many approvals are pending", {
    hint: LIST,
    retryable: true,
  });
}

/**
 * The shapes of results and event payloads about approvals, as types only.
 *
 * @module
 */
import type { ApprovalDecision, ExecApprovalsFile } from "../methods/approvals.ts";

/** The outcome of a request; `null` when nobody could or did decide. */
export interface ApprovalOutcome {
  id: string;
  decision: ApprovalDecision | null;
  createdAtMs: number;
  expiresAtMs: number;
}

/** The first answer to a request in two phases. */
export interface ApprovalAccepted {
  id: string;
  status: "accepted";
  createdAtMs: number;
  expiresAtMs: number;
}

/** The result of `exec.approval.get`. */
export interface ExecApprovalDetails {
  id: string;
  commandText: string;
  commandPreview?: string | null;
  allowedDecisions: ApprovalDecision[];
  host?: string | null;
  nodeId?: string | null;
  agentId?: string | null;
  expiresAtMs: number;
}

/** An open request; also the payload of the `requested` events. */
export interface PendingApproval {
  id: string;
  request: Record<string, unknown>;
  createdAtMs: number;
  expiresAtMs: number;
}

/** The payload of the `resolved` events. */
export interface ApprovalResolved {
  id: string;
  decision: ApprovalDecision;
  resolvedBy?: string | null;
  ts: number;
  request: Record<string, unknown>;
}

/** The result of `exec.approvals.get` and of `set`, here and on a node. */
export interface ExecApprovalsResult {
  path: string;
  exists: boolean;
  hash: string;
  file: ExecApprovalsFile;
}

/**
 * Approvals: questions to people about commands and what plugins do, kept over restarts. Decides
 * nothing itself and sends nothing: the gateway connects it with clients. Importing this module does
 * nothing.
 *
 * @module
 */
export { isSameClient } from "./approval_rules.ts";
export { Approvals, type ApprovalsDeps } from "./approvals.ts";
export type {
  ApprovalAsker,
  ApprovalClient,
  ApprovalDecider,
  ApprovalKind,
  ApprovalListeners,
  ApprovalQuestion,
  ApprovalRecord,
  ApprovalState,
  AskedApproval,
} from "./types.ts";

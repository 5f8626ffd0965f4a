/**
 * The wire: frames, error table, limits, scopes, events, handshake facts and result shapes.
 *
 * Light on purpose. Two parts have entries of their own: `methods/mod.ts`, which loads the schema
 * engine, and `client/mod.ts`.
 *
 * @module
 */
export { CLOSE, CLOSE_REASON, closeReason, describeClose } from "./close_codes.ts";
export {
  AUTH_FAILURES,
  authFailure,
  type AuthFailureDetails,
  type AuthFailureReason,
  type AuthMode,
  CLIENT_IDS,
  CLIENT_MODES,
  type ClientId,
  type ClientMode,
  type ConnectChallenge,
  DEVICE_PROOF_FAILURES,
  FINAL_CONNECT_CODES,
  type HelloAuth,
  type HelloOk,
  type HelloSnapshot,
  type RecommendedStep,
  TOOL_EVENTS_CAP,
} from "./connect.ts";
export {
  type ErrorCode,
  type ErrorFacts,
  errorFacts,
  ERRORS,
  type ErrorShape,
  exitCodeOf,
  isInsideFailure,
  publicFailure,
  toErrorShape,
  WIRE_CODES,
  type WireCode,
} from "./errors.ts";
export {
  announcedEvents,
  EVENT_RULES,
  type EventGuard,
  type EventMode,
  type EventRule,
  eventRule,
  mayDrop,
  mayReceive,
} from "./events.ts";
export {
  encodeError,
  encodeEvent,
  encodeRequest,
  encodeResponse,
  type EventFrame,
  type EventNumbers,
  type ParsedFrame,
  parseFrame,
  parseServerFrame,
  prepareEvent,
  type RequestFrame,
  type ResponseFrame,
  type StateVersion,
} from "./frames.ts";
export { describeIssues, invalidParamsMessage, type SchemaIssue } from "./issues.ts";
export * from "./limits.ts";
export type {
  ApprovalDecision,
  ConnectParams,
  CronDelivery,
  CronFailureAlert,
  CronPayload,
  CronSchedule,
  ExecApprovalsFile,
  MethodName,
  MethodParams,
} from "./methods/mod.ts";
export {
  invalidRequest,
  missingScope,
  rateLimited,
  repeatedConnect,
  unauthorizedRole,
  unavailableMethod,
  unknownMethod,
} from "./refusals.ts";
export type * from "./results/mod.ts";
export {
  checkAccess,
  hasScope,
  METHOD_ACCESS,
  type MethodAccess,
  methodAccess,
  OPERATOR_SCOPES,
  type OperatorScope,
  requiredScope,
  type Role,
} from "./scopes.ts";

/**
 * Sessions, transcripts, runs and remembered answers in one database that never loses what was
 * acknowledged. Importing this module opens nothing.
 *
 * @module
 */
export {
  type CanonicalSessionKey,
  canonicalSessionKey,
  GLOBAL_SESSION_KEY,
  mainSessionKey,
  MAX_SESSION_KEY_CHARS,
} from "./keys.ts";
export { type CleanupSummary, cleanupSummary } from "./cleanup_summary.ts";
export type { Checkpoint } from "./checkpoint_table.ts";
export type { CompactionRecord, PendingContext } from "./compactions.ts";
export type { CleanupPlan, CleanupPolicy } from "./maintenance.ts";
export { fileEntry } from "./file_entry.ts";
export { behindLines } from "./event_lines.ts";
export { lookAtSessions, type SessionsLook } from "./sessions_look.ts";
export { messageText } from "./message_text.ts";
export { type ConversationPlace, type ResponseRecord, ResponseTable } from "./response_table.ts";
export { SessionStore, type SessionStoreOptions } from "./store.ts";
export { GATEWAY_PROVIDER } from "./turns.ts";
export type {
  AssistantMessage,
  BegunRun,
  CompactionMessage,
  ContentPart,
  EndedRun,
  GivenMessage,
  GivenToolCall,
  GivenToolResult,
  MessageHit,
  MessageUsage,
  RunBeginning,
  RunEnding,
  RunRecord,
  RunStatus,
  SessionCreation,
  SessionDeletion,
  SessionEntry,
  SessionList,
  SessionPatch,
  SessionQuery,
  SessionStatus,
  StopReason,
  StoredMessage,
  StoreStats,
  ToolResultMessage,
  TranscriptMessage,
  UserMessage,
} from "./types.ts";

/**
 * The shapes of results and event payloads about sessions, as types only.
 *
 * @module
 */
import type { ChatSendAck } from "./runs.ts";

/** The state of a session's last run; `timeout` also stands for an aborted one. */
export type SessionStatus = "running" | "done" | "failed" | "killed" | "timeout";

/** One session as listed and as carried by session events; further fields may come along. */
export interface SessionRow {
  key: string;
  kind: "direct" | "group" | "global" | "unknown";
  label?: string;
  displayName?: string;
  derivedTitle?: string;
  lastMessagePreview?: string;
  channel?: string;
  subject?: string;
  groupChannel?: string;
  space?: string;
  chatType?: string;
  origin?: Record<string, unknown>;
  updatedAt: number | null;
  sessionId?: string;
  systemSent?: boolean;
  abortedLastRun?: boolean;
  thinkingLevel?: string;
  thinkingLevels?: { id: string; label: string }[];
  thinkingOptions?: string[];
  thinkingDefault?: string;
  fastMode?: boolean;
  verboseLevel?: string;
  traceLevel?: string;
  reasoningLevel?: string;
  elevatedLevel?: string;
  sendPolicy?: string;
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
  totalTokensFresh?: boolean;
  estimatedCostUsd?: number;
  status?: SessionStatus;
  startedAt?: number;
  endedAt?: number;
  runtimeMs?: number;
  parentSessionKey?: string;
  childSessions?: string[];
  responseUsage?: string;
  modelProvider?: string;
  model?: string;
  agentRuntime?: { id: string; source: string };
  contextTokens?: number;
  deliveryContext?: SessionDelivery;
  lastChannel?: string;
  lastTo?: string;
  lastAccountId?: string;
  lastThreadId?: string | number;
  spawnedBy?: string;
  spawnedWorkspaceDir?: string;
  forkedFromParent?: boolean;
  spawnDepth?: number;
  subagentRole?: string;
  subagentControlScope?: string;
  subagentRunState?: string;
  hasActiveSubagentRun?: boolean;
  compactionCheckpointCount?: number;
  latestCompactionCheckpoint?: CompactionCheckpoint;
  pluginExtensions?: Record<string, unknown>;
  /** `sessions.list` only. */
  hasActiveRun?: boolean;
}

/** Where a session's answers go. */
export interface SessionDelivery {
  channel?: string;
  to?: string;
  accountId?: string;
  threadId?: string | number;
}

/** A transcript as it was before a compaction. */
export interface CompactionCheckpoint extends Record<string, unknown> {
  checkpointId: string;
}

/** The result of `sessions.list`. */
export interface SessionsListResult {
  ts: number;
  path: string;
  count: number;
  totalCount: number;
  limitApplied: number;
  hasMore: boolean;
  defaults: {
    modelProvider: string | null;
    model: string | null;
    contextTokens: number | null;
    thinkingLevels: { id: string; label: string }[];
    thinkingOptions: string[];
    thinkingDefault?: string;
  };
  sessions: SessionRow[];
}

/** The result of `sessions.subscribe` and `sessions.unsubscribe`. */
export interface SubscriptionResult {
  subscribed: boolean;
}

/** The result of `sessions.messages.subscribe` and `sessions.messages.unsubscribe`. */
export interface MessageSubscriptionResult extends SubscriptionResult {
  /** Canonical. */
  key: string;
}

/** The result of `sessions.create`. */
export interface SessionCreated {
  ok: boolean;
  key: string;
  sessionId: string;
  entry: Record<string, unknown>;
  runStarted: boolean;
  runId?: string;
  status?: string;
  messageSeq?: number;
  runError?: unknown;
}

/** The result of `sessions.send` and `sessions.steer`. */
export interface SessionSendAck extends ChatSendAck {
  messageSeq?: number;
  /** `sessions.steer` only, when it ended a run first. */
  interruptedActiveRun?: boolean;
}

/** The result of `sessions.abort`. */
export interface SessionAbortResult {
  ok: boolean;
  abortedRunId: string | null;
  status: "aborted" | "no-active-run";
}

/** The result of `sessions.patch`. */
export interface SessionPatched {
  ok: boolean;
  path: string;
  key: string;
  entry: Record<string, unknown>;
  resolved: {
    modelProvider?: string;
    model?: string;
    agentRuntime?: { id: string; source: string };
  };
}

/** The result of `sessions.pluginPatch`. */
export interface SessionPluginPatched {
  ok: boolean;
  key: string;
  value?: unknown;
}

/** The result of `sessions.reset`; the entry has a new `sessionId`. */
export interface SessionResetResult {
  ok: boolean;
  key: string;
  entry: Record<string, unknown>;
}

/** The result of `sessions.delete`. */
export interface SessionDeleted {
  ok: boolean;
  key: string;
  deleted: boolean;
  /** Files that were moved aside. */
  archived: string[];
}

/** The result of `sessions.compact`; `kept` and `archived` when lines were cut off the start. */
export interface SessionCompacted {
  ok: boolean;
  key: string;
  compacted: boolean;
  reason?: string;
  result?: Record<string, unknown>;
  archived?: string;
  kept?: number;
}

/** The result of `sessions.preview`. */
export interface SessionsPreviewResult {
  ts: number;
  previews: {
    key: string;
    status: "ok" | "empty" | "missing" | "error";
    items: { role: string; text: string }[];
  }[];
}

/** The result of `sessions.describe`. */
export interface SessionDescribeResult {
  session: SessionRow | null;
}

/** The result of `sessions.resolve`. */
export interface SessionResolveResult {
  ok: boolean;
  key: string;
}

/** The result of `sessions.get`: messages as they are stored. */
export interface SessionMessagesResult {
  messages: unknown[];
}

/** The result of `sessions.compaction.list`. */
export interface CompactionListResult {
  ok: boolean;
  key: string;
  checkpoints: CompactionCheckpoint[];
}

/** The result of `sessions.compaction.get`. */
export interface CompactionGetResult {
  ok: boolean;
  key: string;
  checkpoint: CompactionCheckpoint;
}

/** The result of `sessions.compaction.branch` and `sessions.compaction.restore`. */
export interface CompactionApplied extends CompactionGetResult {
  sessionId: string;
  entry: Record<string, unknown>;
  /** `branch` only. */
  sourceKey?: string;
}

/** Why a `sessions.changed` event was sent. */
export type SessionChangeReason =
  | "create"
  | "send"
  | "steer"
  | "new"
  | "reset"
  | "patch"
  | "plugin-patch"
  | "delete"
  | "compact"
  | "abort"
  | "cleanup"
  | "checkpoint-branch"
  | "checkpoint-restore";

/** The payload of `sessions.changed`; the fields of the row come along, except after `delete`. */
export type SessionsChangedPayload =
  & Partial<SessionRow>
  & { sessionKey?: string; ts: number; hasActiveRun?: boolean }
  & (
    | { reason: SessionChangeReason; compacted?: boolean }
    | { phase: "start" | "end" | "error"; runId: string; session: SessionRow }
    | { phase: "message"; messageId?: string; messageSeq?: number; session: SessionRow }
  );

/** The payload of `session.message`; the fields of the row come along. */
export interface SessionMessagePayload extends Partial<SessionRow> {
  sessionKey: string;
  message: unknown;
  /** Absent for a message that is shown before it is stored. */
  messageId?: string;
  messageSeq?: number;
  session?: SessionRow;
}

/**
 * The shapes of sessions, transcripts and runs.
 *
 * Names and values are those of OpenClaw's transcript format 3, so that `chat.history` and an export
 * need no translation.
 *
 * @module
 */

/** One part of a message's content. */
export type ContentPart =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string }
  | { type: "image"; data: string; mimeType: string }
  | { type: "toolCall"; id: string; name: string; arguments: Record<string, unknown> };

/** Tokens and cost of one assistant message; `input` excludes cached tokens. */
export interface MessageUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  totalTokens: number;
  cost: { input: number; output: number; cacheRead: number; cacheWrite: number; total: number };
}

/** Why an assistant message ended. */
export type StopReason = "stop" | "toolUse" | "length" | "aborted" | "error";

/** What the user said. */
export interface UserMessage {
  role: "user";
  content: ContentPart[];
  /** Milliseconds since the epoch. */
  timestamp: number;
  idempotencyKey?: string;
}

/** What the model said. */
export interface AssistantMessage {
  role: "assistant";
  content: ContentPart[];
  timestamp: number;
  api: string;
  provider: string;
  model: string;
  usage: MessageUsage;
  stopReason: StopReason;
  responseId?: string;
  errorMessage?: string;
  idempotencyKey?: string;
  /** Present on the partial text of an aborted run. */
  openclawAbort?: { aborted: true; origin: string; runId: string };
}

/** What a tool answered. */
export interface ToolResultMessage {
  role: "toolResult";
  toolCallId: string;
  toolName: string;
  content: ContentPart[];
  isError: boolean;
  timestamp: number;
}

/** One entry of a transcript. */
export type TranscriptMessage = UserMessage | AssistantMessage | ToolResultMessage;

/** A transcript entry as stored. */
export interface StoredMessage {
  /** Eight hexadecimal digits, unique within the session. */
  id: string;
  /** Position within the session id's transcript, from 1, without gaps. */
  seq: number;
  message: TranscriptMessage;
}

/** The state of a session's newest run. */
export type SessionStatus = "running" | "done" | "failed" | "killed" | "timeout";

/** One session: a key that users and clients know, and the transcript it points to now. */
export interface SessionEntry {
  /** Canonical key such as `agent:main:main`. */
  key: string;
  agentId: string;
  /** UUID of the current transcript; a reset gives the key a new one. */
  sessionId: string;
  createdAt: number;
  updatedAt: number;
  /** When the current `sessionId` began. */
  sessionStartedAt: number;
  lastInteractionAt: number;
  status?: SessionStatus;
  startedAt?: number;
  endedAt?: number;
  abortedLastRun?: boolean;
  label?: string;
  modelProvider?: string;
  model?: string;
  contextTokens?: number;
  /** Totals over the current transcript. */
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  estimatedCostUsd: number;
  /** Everything a later capability keeps per session (overrides, channel routes …). */
  extra: Record<string, unknown>;
}

/** How a run ended. */
export type RunStatus = "ok" | "error" | "timeout";

/** One run, from its acknowledgement to its final answer. */
export interface RunRecord {
  /** The client's idempotency key. */
  runId: string;
  sessionKey: string;
  sessionId: string;
  /** Absent while the run is under way. */
  status?: RunStatus;
  stopReason?: string;
  error?: string;
  startedAt: number;
  endedAt?: number;
  /** The final answer given to the client, kept for repeats of the same key. */
  result?: unknown;
}

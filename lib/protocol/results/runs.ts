/**
 * The shapes of what runs and conversations answer and stream, as types only.
 *
 * @module
 */

/** One message of `chat.history`. */
export interface ChatMessage {
  role: string;
  content: string | Record<string, unknown>[];
  timestamp?: number;
  provider?: string;
  model?: string;
  api?: string;
  usage?: Record<string, unknown>;
  stopReason?: string;
  errorMessage?: string;
  __openclaw?: { id?: string; seq?: number; kind?: string; truncated?: boolean; reason?: string };
}

/** The result of `chat.history`. */
export interface ChatHistoryResult {
  /** As sent. */
  sessionKey: string;
  sessionId?: string;
  messages: ChatMessage[];
  thinkingLevel: string;
  fastMode?: boolean;
  verboseLevel?: string;
  /** Present when older messages exist; goes back as `cursor`. */
  nextCursor?: string;
}

/** The acknowledgement of `chat.send`. */
export interface ChatSendAck {
  runId: string;
  status: "started" | "in_flight" | "ok";
}

/** The result of `chat.abort`. */
export interface ChatAbortResult {
  ok: true;
  aborted: boolean;
  runIds: string[];
}

/** The first answer to `agent`. */
export interface AgentAck {
  runId: string;
  status: "accepted";
  acceptedAt: number;
}

/** The second answer to `agent`. */
export interface AgentFinal {
  runId: string;
  status: "ok" | "timeout" | "error";
  summary: string;
  result?: AgentRunResult;
  stopReason?: string;
}

/** What a run produced. */
export interface AgentRunResult {
  payloads: { text?: string; mediaUrl?: string | null; mediaUrls?: string[] }[];
  meta: {
    durationMs: number;
    agentMeta?: Record<string, unknown>;
    aborted?: boolean;
    stopReason?: string;
  } & Record<string, unknown>;
  deliveryStatus?: unknown;
}

/** The result of `agent.wait`. */
export interface AgentWaitResult {
  runId: string;
  status: "ok" | "error" | "timeout";
  startedAt?: number;
  endedAt?: number;
  error?: string;
  stopReason?: string;
  livenessState?: string;
  yielded?: boolean;
}

/** Which part of a run an `agent` event tells of. */
export type AgentStream =
  | "lifecycle"
  | "assistant"
  | "thinking"
  | "tool"
  | "item"
  | "command_output"
  | "patch"
  | "plan"
  | "approval"
  | "compaction"
  | "error";

/** The payload of an `agent` event. */
export interface AgentEventPayload {
  runId: string;
  /** Per run, from 1. */
  seq: number;
  stream: AgentStream;
  ts: number;
  data: Record<string, unknown>;
  sessionKey?: string;
  spawnedBy?: string;
}

interface ChatEventBase {
  runId: string;
  sessionKey: string;
  /** Per run. */
  seq: number;
  spawnedBy?: string;
}

/** The kind of failure that a `chat` event names. */
export type ChatErrorKind = "refusal" | "timeout" | "rate_limit" | "context_length" | "unknown";

/** The payload of a `chat` event. */
export type ChatEventPayload =
  & ChatEventBase
  & (
    | {
      state: "delta";
      deltaText: string;
      /** `deltaText` is the whole text, since it no longer extends what was sent before. */
      replace?: true;
      message: ChatMessage;
    }
    | { state: "final"; message?: ChatMessage; stopReason?: string; usage?: unknown }
    | { state: "aborted"; stopReason: "rpc" | "stop" | "timeout"; message?: ChatMessage }
    | { state: "error"; errorMessage?: string; errorKind?: ChatErrorKind }
  );

/** The result of `chat.inject`. */
export interface ChatInjected {
  ok: boolean;
  messageId: string;
}

/**
 * The shapes of sessions, transcripts and runs.
 *
 * Names and values are those of OpenClaw's transcript format 3, so that `chat.history` and an export
 * need no translation.
 *
 * @module
 */
import type { DatabaseStats } from "../store/mod.ts";

/** One part of a message's content. */
export type ContentPart =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string }
  | { type: "image"; data: string; mimeType: string }
  | {
    type: "toolCall";
    id: string;
    name: string;
    arguments: Record<string, unknown>;
    /** The arguments as the model wrote them, where `arguments` as JSON is not the same text. */
    argumentsText?: string;
  };

/** A call of a client's own function, as the client tells it. */
export interface GivenToolCall {
  id: string;
  name: string;
  /** JSON text. */
  arguments: string;
}

/** What a client's own function answered, as the client tells it. */
export interface GivenToolResult {
  /** Id of the call it answers. */
  id: string;
  text: string;
  isError?: boolean;
}

/** A message that a client says was exchanged before its own. */
export type GivenMessage =
  | { role: "user"; text: string }
  | { role: "assistant"; text: string; toolCalls?: GivenToolCall[] }
  | ({ role: "tool" } & GivenToolResult);

/** Tokens and cost of one assistant message; `input` excludes cached tokens. */
export interface MessageUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  /** The part of `output` that was thinking, where the provider tells. */
  reasoning?: number;
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
  /** What the model is told in front of it: lines about what happened, not said by anybody. */
  systemEvents?: string[];
  /** What the client says was exchanged before, oldest first, where the transcript does not have it. */
  earlier?: GivenMessage[];
  /**
   * Answers to calls made before; they come before `content`, whose lines `Tool:<call id>: …` say the
   * same to people when there is nothing else.
   */
  toolResults?: GivenToolResult[];
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
  /** Set on the stand-in for what the client's own function will answer in a later message. */
  isPending?: true;
}

/**
 * A summary that stands for everything before `firstKeptSeq`; what it replaces stays in the transcript
 * and is no longer sent to the model.
 */
export interface CompactionMessage {
  role: "compaction";
  /** The summary. */
  content: ContentPart[];
  timestamp: number;
  /** Position of the first message that is still sent as it is; may lie behind the newest one. */
  firstKeptSeq: number;
  tokensBefore: number;
  provider?: string;
  model?: string;
  /** What making the summary took. */
  usage?: MessageUsage;
}

/** One entry of a transcript. */
export type TranscriptMessage =
  | UserMessage
  | AssistantMessage
  | ToolResultMessage
  | CompactionMessage;

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
  /** Tokens of the newest run. */
  inputTokens: number;
  outputTokens: number;
  /** What the newest call filled of the context. */
  totalTokens: number;
  /** Total of the current transcript. */
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

/** What a session begins with; only read when the key is new. */
export interface SessionCreation {
  label?: string;
  modelProvider?: string;
  model?: string;
  contextTokens?: number;
  extra?: Record<string, unknown>;
}

/** A run to acknowledge, together with the message that starts it. */
export interface RunBeginning {
  /** The client's idempotency key; must be new. */
  runId: string;
  /** Canonical session key. */
  key: string;
  agentId: string;
  message: UserMessage;
  /** Milliseconds since the epoch. */
  now: number;
  create?: SessionCreation;
  /** Nobody spoke: the run counts as no interaction with the session. */
  isBackground?: boolean;
}

/** What is on disk once {@linkcode RunBeginning} is acknowledged. */
export interface BegunRun {
  session: SessionEntry;
  /** Whether the key was new. */
  created: boolean;
  /** With everything that the agent was to be told besides. */
  message: StoredMessage & { message: UserMessage };
  run: RunRecord;
}

/** The outcome of a run. */
export interface RunEnding {
  runId: string;
  status: RunStatus;
  stopReason?: string;
  /** For people; set when the run failed. */
  error?: string;
  /** Assistant and tool messages, in order; also the partial text of an aborted run. */
  messages: TranscriptMessage[];
  /** The final answer given to the client; any JSON value. */
  result?: unknown;
  /** Milliseconds since the epoch. */
  now: number;
  /** Where the default for `status` (`done`, `failed`, `timeout`) does not fit. */
  sessionStatus?: SessionStatus;
  /** Tokens the next turn starts with, when known. */
  contextTokens?: number;
}

/** What is on disk once {@linkcode RunEnding} is acknowledged. */
export interface EndedRun {
  /** Absent when the session was deleted while the run was under way. */
  session: SessionEntry | undefined;
  /** The messages as stored; empty when the session was deleted. */
  messages: StoredMessage[];
  run: RunRecord;
}

/** Which sessions to list. */
export interface SessionQuery {
  /** At least 1. */
  limit: number;
  agentId?: string;
  /** Part of a key, label or session id, in any case. */
  search?: string;
  /** Milliseconds since the epoch; older sessions are left out. */
  activeSinceMs?: number;
  /** Exact label. */
  label?: string;
  /** Key of the session that began it or that it belongs to. */
  spawnedBy?: string;
  /** Only sessions of these agents. */
  agentIds?: readonly string[];
}

/** The newest sessions that match, newest first. */
export interface SessionList {
  sessions: SessionEntry[];
  /** How many match without the limit. */
  total: number;
}

/** Changes to a session; an absent field stays, `null` clears. */
export interface SessionPatch {
  label?: string | null;
  modelProvider?: string | null;
  model?: string | null;
  contextTokens?: number | null;
  /** Merged key by key; `null` removes a key. */
  extra?: Record<string, unknown>;
}

/** A patch, or what decides on it when the session is seen as it is at that moment. */
export type SessionChange = SessionPatch | ((entry: SessionEntry) => SessionPatch);

/** What a deletion removed. */
export interface SessionDeletion {
  /** Whether the session existed. */
  deleted: boolean;
  /** The session ids whose transcripts were closed or removed. */
  sessionIds: string[];
}

/** One message found by its text. */
export interface MessageHit {
  sessionKey: string;
  sessionId: string;
  id: string;
  seq: number;
  role: TranscriptMessage["role"];
  timestamp: number;
  /** The text around the first match, at most about 200 characters. */
  snippet: string;
}

/** Facts about the store for status pages. */
export interface StoreStats extends DatabaseStats {
  sessions: number;
  /** Runs that have no outcome yet. */
  openRuns: number;
}

/**
 * The shapes of results and event payloads about the gateway and what it holds, as types only.
 *
 * @module
 */

/** One client or gateway that is there. */
export interface PresenceEntry {
  host?: string;
  ip?: string;
  version?: string;
  platform?: string;
  deviceFamily?: string;
  modelIdentifier?: string;
  mode?: string;
  lastInputSeconds?: number;
  reason?: string;
  tags?: string[];
  text?: string;
  /** Milliseconds since the epoch. */
  ts: number;
  deviceId?: string;
  roles?: string[];
  scopes?: string[];
  instanceId?: string;
}

/** Sessions as health and status show them. */
export interface SessionsSummary {
  path: string;
  count: number;
  /** `age` in milliseconds. */
  recent: { key: string; updatedAt: number | null; age: number | null }[];
}

/** The heartbeat settings of one agent. */
export interface AgentHeartbeat {
  enabled: boolean;
  /** As configured, such as `30m`. */
  every: string;
  everyMs: number | null;
  prompt?: string;
  target?: string;
  ackMaxChars?: number;
}

/** One agent within {@linkcode HealthSnapshot}. */
export interface AgentHealth {
  agentId: string;
  name?: string;
  isDefault: boolean;
  heartbeat: AgentHeartbeat;
  sessions: SessionsSummary;
}

/** The result of `health` and the payload of its event. */
export interface HealthSnapshot {
  ok: boolean;
  ts: number;
  durationMs: number;
  eventLoop?: Record<string, unknown>;
  plugins?: { loaded: string[]; errors: unknown[] };
  modelPricing?: { state: string; sources: unknown[] };
  channels: Record<string, unknown>;
  channelOrder: string[];
  channelLabels: Record<string, string>;
  heartbeatSeconds: number;
  defaultAgentId: string;
  agents: AgentHealth[];
  sessions: SessionsSummary;
}

/** The result of `status`; paths, recent sessions and defaults are left out for non-admins. */
export interface StatusResult {
  runtimeVersion: string;
  linkChannel?: Record<string, unknown>;
  heartbeat: { defaultAgentId: string; agents: Record<string, unknown>[] };
  channelSummary: string[];
  queuedSystemEvents: string[];
  tasks: Record<string, unknown>;
  taskAudit: Record<string, unknown>;
  sessions: {
    paths: string[];
    count: number;
    defaults: { model: string | null; contextTokens: number | null };
    recent: Record<string, unknown>[];
    byAgent: Record<string, unknown>[];
  };
  eventLoop?: Record<string, unknown>;
}

/** One model of `models.list`. */
export interface ModelRow {
  id: string;
  name: string;
  provider: string;
  alias?: string;
  contextWindow?: number;
  reasoning?: boolean;
  input?: string[];
}

/** One agent of `agents.list`. */
export interface AgentRow {
  id: string;
  name?: string;
  identity?: { name?: string; theme?: string; emoji?: string; avatar?: string; avatarUrl?: string };
  workspace?: string;
  model?: { primary?: string; fallbacks?: string[] };
  agentRuntime?: { id: string; source: string; fallback?: string };
}

/** The result of `agents.list`. */
export interface AgentsListResult {
  defaultId: string;
  mainKey: string;
  scope: "per-sender" | "global";
  agents: AgentRow[];
}

/** One session as listed and as carried by session events; further fields may come along. */
export interface SessionRow {
  key: string;
  kind: "direct" | "group" | "global" | "unknown";
  label?: string;
  displayName?: string;
  derivedTitle?: string;
  lastMessagePreview?: string;
  channel?: string;
  chatType?: string;
  updatedAt: number | null;
  sessionId?: string;
  systemSent?: boolean;
  abortedLastRun?: boolean;
  thinkingLevel?: string;
  fastMode?: boolean;
  verboseLevel?: string;
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
  totalTokensFresh?: boolean;
  estimatedCostUsd?: number;
  status?: "running" | "done" | "failed" | "killed" | "timeout";
  startedAt?: number;
  endedAt?: number;
  runtimeMs?: number;
  modelProvider?: string;
  model?: string;
  agentRuntime?: { id: string; source: string };
  contextTokens?: number;
  /** `sessions.list` only. */
  hasActiveRun?: boolean;
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

/** The result of `logs.tail`; `lines` are raw JSON log lines. */
export interface LogsTailResult {
  file: string;
  cursor: number;
  size: number;
  lines: string[];
  truncated?: boolean;
  reset?: boolean;
}

/** The result of `channels.status`. */
export interface ChannelsStatusResult {
  ts: number;
  channelOrder: string[];
  channelLabels: Record<string, string>;
  channelDetailLabels: Record<string, string>;
  channelSystemImages: Record<string, string>;
  channelMeta: { id: string; label: string; detailLabel: string; systemImage?: string }[];
  eventLoop?: Record<string, unknown>;
  channels: Record<string, unknown>;
  channelAccounts: Record<string, Record<string, unknown>[]>;
  channelDefaultAccountId: Record<string, string>;
  partial?: boolean;
  warnings?: string[];
}

/** A place in the configuration and what is to say about it. */
export interface ConfigIssue {
  path: string;
  message: string;
}

/** The result of `config.get`; secrets are replaced. */
export interface ConfigGetResult {
  path: string;
  exists: boolean;
  /** `null` if it held a secret. */
  raw: string | null;
  parsed: unknown;
  sourceConfig: unknown;
  resolved: unknown;
  valid: boolean;
  runtimeConfig: unknown;
  config: unknown;
  /** 64 hexadecimal digits. */
  hash: string;
  issues: ConfigIssue[];
  warnings: ConfigIssue[];
  legacyIssues: ConfigIssue[];
}

/** The payload of `shutdown`. */
export interface ShutdownPayload {
  reason: string;
  /** Only when the gateway comes back by itself. */
  restartExpectedMs?: number;
}

/** The payload of `heartbeat` and the result of `last-heartbeat`, which may also be `null`. */
export interface HeartbeatPayload {
  ts: number;
  status: "sent" | "ok-empty" | "ok-token" | "skipped" | "failed";
  reason?: string;
  to?: string;
  channel?: string;
  accountId?: string;
  /** At most 200 characters. */
  preview?: string;
  durationMs?: number;
  hasMedia?: boolean;
  silent?: boolean;
  indicatorType?: "ok" | "alert" | "error";
}

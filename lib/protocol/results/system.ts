/**
 * The shapes of results and event payloads about the gateway itself, as types only.
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
  /** The configuration file that is not in force. */
  rejectedConfig?: RejectedConfig;
}

/** A configuration file that was refused. */
export interface RejectedConfig {
  path: string;
  /** 64 hexadecimal digits. */
  hash: string;
  /** When it was refused. */
  ts: number;
  /** Its issues on one line. */
  message: string;
  issues: { path: string; message: string }[];
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

/** The result of `system-event`, `wake` and other methods that only do something. */
export interface OkResult {
  ok: boolean;
}

/** The result of `set-heartbeats`. */
export interface SetHeartbeatsResult {
  ok: boolean;
  enabled: boolean;
}

/** The result of `gateway.identity.get`. */
export interface GatewayIdentity {
  deviceId: string;
  /** Raw key, base64url. */
  publicKey: string;
}

/** The result of `gateway.restart.preflight`: what a restart would cut off. */
export interface RestartPreflight {
  safe: boolean;
  counts: {
    queueSize: number;
    pendingReplies: number;
    embeddedRuns: number;
    activeTasks: number;
    totalActive: number;
  };
  blockers: { kind: string; count: number; message: string }[];
  summary: string;
}

/** The result of `gateway.restart.request`. */
export interface RestartResult {
  ok: boolean;
  status: "scheduled" | "deferred" | "coalesced";
  preflight: RestartPreflight;
  restart: RestartTicket;
}

/** A restart that is to come. */
export interface RestartTicket {
  ok: boolean;
  pid: number;
  signal: string;
  delayMs: number;
  reason?: string;
  mode: string;
  coalesced: boolean;
  cooldownMsApplied: number;
}

/** What a restart leaves behind for the process that follows. */
export interface RestartSentinel {
  /** `null` where nothing has to be left behind. */
  path: string | null;
  payload: Record<string, unknown>;
}

/** The result of `diagnostics.stability`. */
export interface StabilityResult {
  generatedAt: string | number;
  capacity: number;
  count: number;
  dropped: number;
  firstSeq?: number;
  lastSeq?: number;
  events: Record<string, unknown>[];
  summary: Record<string, unknown>;
}

/** The result of `doctor.memory.status`. */
export interface MemoryStatusResult {
  agentId: string;
  provider?: string;
  embedding: { ok: boolean; checked?: boolean; error?: string };
  dreaming?: Record<string, unknown>;
}

/** The result of `update.status`. */
export interface UpdateStatusResult {
  sentinel: Record<string, unknown> | null;
}

/** The result of `update.run`. */
export interface UpdateRunResult {
  ok: boolean;
  result: Record<string, unknown>;
  restart?: RestartTicket | null;
  sentinel: RestartSentinel;
}

/** A newer release, as hello and `update.available` name it. */
export interface UpdateAvailable {
  currentVersion: string;
  latestVersion: string;
  channel: string;
}

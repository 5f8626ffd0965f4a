/**
 * The shapes of results and event payloads about what nodes do, as types only.
 *
 * @module
 */

/** A node as the gateway knows it. */
export interface NodeRow {
  nodeId: string;
  displayName?: string;
  platform?: string;
  version?: string;
  coreVersion?: string;
  uiVersion?: string;
  clientId?: string;
  clientMode?: string;
  deviceFamily?: string;
  modelIdentifier?: string;
  remoteIp?: string;
  caps?: string[];
  commands?: string[];
  pathEnv?: string;
  permissions?: Record<string, boolean>;
  connectedAtMs?: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
  approvedAtMs?: number;
  paired?: boolean;
  connected?: boolean;
}

/** The result of `node.list`. */
export interface NodeListResult {
  ts: number;
  nodes: NodeRow[];
}

/** The result of `node.describe`. */
export interface NodeDescribeResult extends NodeRow {
  ts: number;
}

/** The result of `node.invoke`. */
export interface NodeInvokeResult {
  ok: boolean;
  nodeId: string;
  command: string;
  payload?: unknown;
  payloadJSON?: string | null;
}

/** The payload of `node.invoke.request`, which only the node gets. */
export interface NodeInvokeRequest {
  id: string;
  nodeId: string;
  command: string;
  paramsJSON: string | null;
  timeoutMs?: number;
  idempotencyKey?: string;
}

/** The result of `node.invoke.result`. */
export interface NodeInvokeTaken {
  ok: boolean;
  /** The answer came too late. */
  ignored?: boolean;
}

/** The result of `node.event`; all but `ok` answer `node.presence.alive`. */
export interface NodeEventResult {
  ok: boolean;
  event?: string;
  handled?: boolean;
  reason?: string;
}

/** The result of `node.pending.pull`. */
export interface NodePendingPullResult {
  nodeId: string;
  actions: { id: string; command: string; paramsJSON?: string | null; enqueuedAtMs: number }[];
}

/** The result of `node.pending.ack`. */
export interface NodePendingAckResult {
  nodeId: string;
  ackedIds: string[];
  remainingCount: number;
}

/** The result of `node.pending.drain`; a `baseline-status` item is always there. */
export interface NodePendingDrainResult {
  nodeId: string;
  revision: number;
  items: Record<string, unknown>[];
  hasMore: boolean;
}

/** The result of `node.pending.enqueue`. */
export interface NodePendingEnqueueResult {
  nodeId: string;
  revision: number;
  queued: Record<string, unknown>;
  wakeTriggered: boolean;
}

/** The result of `node.pluginSurface.refresh`. */
export interface PluginSurfaceResult {
  surface: string;
  pluginSurfaceUrls: Record<string, string>;
  expiresAtMs: number;
}

/** The result of `skills.bins`. */
export interface SkillBinsResult {
  bins: string[];
}

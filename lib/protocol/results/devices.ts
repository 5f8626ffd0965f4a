/**
 * The shapes of results and event payloads about devices and nodes, as types only.
 *
 * @module
 */

/** A device that waits for a decision; also the payload of `device.pair.requested`. */
export interface PendingDevice {
  requestId: string;
  deviceId: string;
  publicKey: string;
  displayName?: string;
  platform?: string;
  deviceFamily?: string;
  clientId?: string;
  clientMode?: string;
  role?: string;
  roles?: string[];
  scopes?: string[];
  remoteIp?: string;
  silent?: boolean;
  isRepair?: boolean;
  ts: number;
  /** When the request last grew; only gateways that let requests grow say it. */
  updatedAtMs?: number;
}

/** A token of a device as it is shown: never the token itself. */
export interface DeviceTokenRow {
  role: string;
  scopes: string[];
  createdAtMs: number;
  rotatedAtMs?: number;
  revokedAtMs?: number;
  lastUsedAtMs?: number;
}

/** A device that was approved. */
export interface PairedDeviceRow {
  deviceId: string;
  publicKey: string;
  displayName?: string;
  platform?: string;
  deviceFamily?: string;
  clientId?: string;
  clientMode?: string;
  role: string;
  roles: string[];
  scopes: string[];
  remoteIp?: string;
  createdAtMs: number;
  approvedAtMs: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
  tokens: DeviceTokenRow[];
}

/** The result of `device.pair.list`. */
export interface DevicePairListResult {
  pending: PendingDevice[];
  paired: PairedDeviceRow[];
}

/** The result of `device.pair.approve`. */
export interface DeviceApproved {
  requestId: string;
  device: PairedDeviceRow;
}

/** The result of `device.pair.reject`. */
export interface DeviceRejected {
  requestId: string;
  deviceId: string;
}

/** The result of `device.pair.remove`. */
export interface DeviceRemoved {
  deviceId: string;
}

/** The payload of `device.pair.resolved`. */
export interface DevicePairResolved {
  requestId: string;
  deviceId: string;
  decision: "approved" | "rejected";
  ts: number;
}

/** The result of `device.token.rotate`. */
export interface DeviceTokenRotated {
  deviceId: string;
  role: string;
  scopes: string[];
  rotatedAtMs: number;
  /** Only for the device itself, when it came with its own token. */
  token?: string;
}

/** The result of `device.token.revoke`. */
export interface DeviceTokenRevoked {
  deviceId: string;
  role: string;
  revokedAtMs: number;
}

/** A node that waits for a decision; also the payload of `node.pair.requested`. */
export interface PendingNode {
  requestId: string;
  nodeId: string;
  displayName?: string;
  platform?: string;
  version?: string;
  coreVersion?: string;
  uiVersion?: string;
  deviceFamily?: string;
  modelIdentifier?: string;
  caps?: string[];
  commands?: string[];
  remoteIp?: string;
  silent?: boolean;
  ts: number;
  /** Scopes that who approves it must have. */
  requiredApproveScopes?: string[];
}

/** A node that was approved. */
export interface PairedNodeRow extends Record<string, unknown> {
  nodeId: string;
  displayName?: string;
  platform?: string;
  version?: string;
  deviceFamily?: string;
  caps?: string[];
  commands?: string[];
}

/** The result of `node.pair.request`. */
export interface NodePairRequested {
  status: "pending";
  request: PendingNode;
  created: boolean;
}

/** The result of `node.pair.list`. */
export interface NodePairListResult {
  pending: PendingNode[];
  paired: PairedNodeRow[];
}

/** The result of `node.pair.approve`. */
export interface NodeApproved {
  requestId: string;
  node: PairedNodeRow & { token: string };
}

/** The result of `node.pair.reject`. */
export interface NodeRejected {
  requestId: string;
  nodeId: string;
}

/** The result of `node.pair.remove`. */
export interface NodeRemoved {
  nodeId: string;
}

/** The payload of `node.pair.resolved`. */
export interface NodePairResolved {
  /** Empty if a node was removed. */
  requestId: string;
  nodeId: string;
  decision: "approved" | "rejected" | "removed";
  ts: number;
}

/** The result of `node.pair.verify`. */
export interface NodeVerified {
  ok: boolean;
  node?: PairedNodeRow;
}

/** The result of `node.rename`. */
export interface NodeRenamed {
  nodeId: string;
  displayName: string;
}

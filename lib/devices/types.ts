/**
 * What is known about devices, their requests and their tokens.
 *
 * @module
 */
import type { Role } from "../protocol/mod.ts";

/** What a client says about itself; texts for people, no proof of anything. */
export interface DeviceFacts {
  displayName?: string;
  platform?: string;
  deviceFamily?: string;
  clientId?: string;
  clientMode?: string;
  remoteIp?: string;
}

/** A token of a device without the token itself; times are milliseconds since the epoch. */
export interface DeviceTokenSummary {
  role: Role;
  scopes: string[];
  createdAtMs: number;
  rotatedAtMs?: number;
  revokedAtMs?: number;
  lastUsedAtMs?: number;
}

/** A device that was approved. */
export interface PairedDevice extends DeviceFacts {
  /** SHA-256 of the raw public key, 64 lower-case hexadecimal digits. */
  deviceId: string;
  /** Raw Ed25519 key, base64url without padding. */
  publicKey: string;
  /** The role of the last approval. */
  role: Role;
  roles: Role[];
  scopes: string[];
  createdAtMs: number;
  approvedAtMs: number;
  lastSeenAtMs?: number;
  lastSeenReason?: string;
}

/** A row of `device.pair.list`. */
export interface PairedDeviceRow extends PairedDevice {
  tokens: DeviceTokenSummary[];
}

/** A device that waits for a person's decision; the payload of `device.pair.requested`. */
export interface PairingRequest extends DeviceFacts {
  requestId: string;
  deviceId: string;
  publicKey: string;
  /** The role asked for last; `roles` and `scopes` have everything that was asked for. */
  role: Role;
  roles: Role[];
  scopes: string[];
  /** Whether the device is known already and asks for more. */
  isRepair: boolean;
  /** When the device asked first. */
  ts: number;
  /** When the request last grew. */
  updatedAtMs: number;
}

/** Why a device has to be approved. */
export type PairingReason = "not-paired" | "role-upgrade" | "scope-upgrade" | "metadata-upgrade";

/** Payload of `device.pair.resolved`. */
export interface PairingResolution {
  requestId: string;
  deviceId: string;
  decision: "approved" | "rejected";
  ts: number;
}

/** A device lost what it had; its sockets are to be closed with 4001. */
export interface DeviceRevocation {
  deviceId: string;
  /** Only sockets of this role; all of the device when absent. */
  role?: Role;
}

/** What a setup code grants to the one device that uses it. */
export interface SetupGrant {
  roles: Role[];
  scopes: string[];
}

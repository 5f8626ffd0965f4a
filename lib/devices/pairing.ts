/**
 * Pairing: which devices are approved, for which roles and scopes, and which ones wait for a
 * decision.
 *
 * A device has at most one request. Its id stays while the device keeps asking, whatever it asks
 * for: roles and scopes are collected in it. It ends five minutes after the device last asked.
 *
 * @module
 */
import { type Clock, randomId } from "../base/mod.ts";
import { hasScope, PAIRING_REQUEST_TTL_MS, type Role } from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import { DeviceTable } from "./device_table.ts";
import { type PairingTables, writeGrant } from "./grants.ts";
import { NodeTable } from "./node_table.ts";
import {
  changedRequest,
  missingApproverScope,
  unknownDevice,
  unknownRequest,
} from "./pairing_error.ts";
import {
  cleanText,
  type DeviceConnect,
  isSilent,
  missingApprovals,
  type Wanted,
  wantedOf,
} from "./pairing_rules.ts";
import { factsOf, type RequestRow, RequestTable } from "./request_table.ts";
import { mergeSorted } from "./scopes.ts";
import { summarizeToken, TokenTable } from "./token_table.ts";
import type {
  DeviceRevocation,
  PairedDevice,
  PairedDeviceRow,
  PairingReason,
  PairingRequest,
  PairingResolution,
  SetupGrant,
} from "./types.ts";

/** Least time between two notes of when a device was seen. */
const SEEN_INTERVAL_MS = 60_000;
/** An identical retry prolongs its request no more often than this. */
const PROLONG_INTERVAL_MS = 30_000;

/** Called after what they report is on disk. */
export interface PairingListeners {
  /** A request is new or has grown. */
  onRequested?(request: PairingRequest): void;
  onResolved?(resolution: PairingResolution): void;
  onRevoked?(revocation: DeviceRevocation): void;
}

/** What becomes of a connect. */
export type PairingVerdict =
  | { kind: "paired"; device: PairedDevice }
  | { kind: "approved"; device: PairedDevice; reason: PairingReason }
  | PendingVerdict;

/** The device has to wait; `device` is what was approved before. */
export interface PendingVerdict {
  kind: "pending";
  request: PairingRequest;
  reason: PairingReason;
  requested: { role: Role; scopes: string[] };
  device?: PairedDevice;
}

/** How {@linkcode DevicePairing.approve} guards itself. */
export interface ApproveOptions {
  /** `updatedAtMs` of the request as the approver saw it; a request that has grown is refused. */
  seenUpdatedAtMs?: number | undefined;
}

interface Outcome {
  verdict: PairingVerdict;
  requested?: PairingRequest;
  resolved?: PairingResolution;
}

/** Decides about devices and keeps what was decided. */
export class DevicePairing {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #listeners: PairingListeners;
  readonly #tables: PairingTables;
  readonly #nodes: NodeTable;

  constructor(store: Store, clock: Clock, listeners: PairingListeners = {}) {
    this.#store = store;
    this.#clock = clock;
    this.#listeners = listeners;
    this.#tables = {
      devices: new DeviceTable(store.connection),
      tokens: new TokenTable(store.connection),
      requests: new RequestTable(store.connection),
    };
    this.#nodes = new NodeTable(store.connection);
  }

  /** The device of an id. */
  get(deviceId: string): PairedDevice | undefined {
    return this.#tables.devices.find(deviceId);
  }

  /** Everything that is approved and everything that waits, the newest first. */
  list(): { pending: PairingRequest[]; paired: PairedDeviceRow[] } {
    const paired = this.#tables.devices.all().map((device) => ({
      ...device,
      tokens: this.#tables.tokens.ofDevice(device.deviceId).map(summarizeToken),
    }));
    return { pending: this.#tables.requests.all(this.#clock.now()), paired };
  }

  /**
   * Decides what becomes of a connect whose device has proven itself. Writes nothing for a device
   * that has what it asks for.
   *
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async evaluate(connect: DeviceConnect): Promise<PairingVerdict> {
    const wanted = wantedOf(connect);
    const settled = this.#readVerdict(connect, wanted);
    if (settled !== undefined) return settled;
    const outcome = await this.#store.transact(() => this.#settle(connect, wanted));
    if (outcome.requested !== undefined) this.#listeners.onRequested?.(outcome.requested);
    if (outcome.resolved !== undefined) this.#listeners.onResolved?.(outcome.resolved);
    return outcome.verdict;
  }

  /**
   * Approves a request: the device gets its roles and scopes besides those it has, and new tokens
   * for these roles; the old ones die.
   *
   * @param approverScopes What the approver holds; it must cover what the device asks for.
   * @throws {AppError} `PAIRING_REQUEST_NOT_FOUND`, `PAIRING_REQUEST_CHANGED`, `SCOPE_MISSING`,
   * `STORE_WRITE_FAILED`
   */
  async approve(
    requestId: string,
    approverScopes: readonly string[],
    options: ApproveOptions = {},
  ): Promise<{ requestId: string; device: PairedDeviceRow }> {
    const device = await this.#store.transact(() => {
      const request = this.#requireRequest(requestId);
      const { seenUpdatedAtMs } = options;
      if (seenUpdatedAtMs !== undefined && request.updatedAtMs > seenUpdatedAtMs) {
        throw changedRequest(requestId);
      }
      const missing = request.scopes.find((scope) => !hasScope(approverScopes, scope));
      if (missing !== undefined) throw missingApproverScope(missing);
      const grant = { ...request, facts: factsOf(request) };
      return writeGrant(this.#tables, grant, { now: this.#clock.now(), killTokens: true });
    });
    this.#resolved(requestId, device.deviceId, "approved");
    return { requestId, device };
  }

  /**
   * Turns a request down; the device may ask again.
   *
   * @throws {AppError} `PAIRING_REQUEST_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  async reject(requestId: string): Promise<{ requestId: string; deviceId: string }> {
    const { deviceId } = await this.#store.transact(() => {
      const request = this.#requireRequest(requestId);
      this.#tables.requests.deleteOf(request.deviceId);
      return request;
    });
    this.#resolved(requestId, deviceId, "rejected");
    return { requestId, deviceId };
  }

  /**
   * Forgets a device: its approval, its tokens, its request, and its commands as a node.
   *
   * @throws {AppError} `DEVICE_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  async remove(deviceId: string): Promise<{ deviceId: string }> {
    await this.#store.transact(() => {
      if (!this.#tables.devices.delete(deviceId)) throw unknownDevice(deviceId);
      this.#tables.requests.deleteOf(deviceId);
      this.#nodes.forget(deviceId);
    });
    this.#listeners.onRevoked?.({ deviceId });
    return { deviceId };
  }

  /**
   * Gives a device a name that its own description of itself does not replace.
   *
   * @throws {AppError} `DEVICE_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  async rename(deviceId: string, displayName: string): Promise<PairedDevice> {
    return await this.#store.transact(() => {
      const name = cleanText(displayName) ?? displayName;
      if (!this.#tables.devices.setName(deviceId, name)) throw unknownDevice(deviceId);
      return this.#tables.devices.find(deviceId)!;
    });
  }

  /**
   * Notes that a device was seen, at most once a minute; that it came and that it is still there
   * are two things to note.
   *
   * @param reason Such as `connect` or `presence.alive`.
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async touch(
    deviceId: string,
    reason: string,
  ): Promise<"persisted" | "throttled" | "unpaired"> {
    const device = this.#tables.devices.find(deviceId);
    if (device === undefined) return "unpaired";
    const now = this.#clock.now();
    const { lastSeenAtMs = -Infinity, lastSeenReason } = device;
    const isNews = lastSeenReason === "connect" && reason !== "connect";
    if (!isNews && Math.abs(now - lastSeenAtMs) < SEEN_INTERVAL_MS) return "throttled";
    await this.#store.transact(() => this.#tables.devices.setSeen(deviceId, now, reason));
    return "persisted";
  }

  /** The verdict, where reading is enough for one. */
  #readVerdict(connect: DeviceConnect, wanted: Wanted): PairingVerdict | undefined {
    const device = this.#tables.devices.find(wanted.deviceId);
    const missing = missingApprovals(device, wanted);
    if (missing.length === 0) return { kind: "paired", device: device! };
    const blocked = missing.find((reason) => !isSilent(reason, connect, wanted));
    if (blocked === undefined) return undefined;
    const now = this.#clock.now();
    const row = this.#tables.requests.ofDevice(wanted.deviceId, now);
    if (row === undefined || hasGrown(row.request, wanted)) return undefined;
    const isFresh = row.expiresAtMs - now > PAIRING_REQUEST_TTL_MS - PROLONG_INTERVAL_MS;
    return isFresh ? pending(row.request, blocked, wanted, device) : undefined;
  }

  /** Runs inside a transaction, on what is true there. */
  #settle(connect: DeviceConnect, wanted: Wanted): Outcome {
    const device = this.#tables.devices.find(wanted.deviceId);
    const missing = missingApprovals(device, wanted);
    if (missing.length === 0) return { verdict: { kind: "paired", device: device! } };
    const blocked = missing.find((reason) => !isSilent(reason, connect, wanted));
    if (blocked === undefined) return this.#approveSilently(connect.setup, wanted, missing[0]!);
    const { request, isNews } = this.#collect(wanted);
    const verdict = pending(request, blocked, wanted, device);
    return isNews ? { verdict, requested: request } : { verdict };
  }

  #approveSilently(setup: SetupGrant | undefined, wanted: Wanted, reason: PairingReason): Outcome {
    const now = this.#clock.now();
    const waiting = this.#tables.requests.ofDevice(wanted.deviceId, now)?.request;
    const grant = {
      ...wanted,
      roles: setup?.roles ?? [wanted.role],
      scopes: setup === undefined ? wanted.scopes : mergeSorted(setup.scopes, wanted.scopes),
    };
    const device = writeGrant(this.#tables, grant, { now, killTokens: false });
    return {
      verdict: { kind: "approved", device, reason },
      resolved: {
        requestId: waiting?.requestId ?? randomId(),
        deviceId: wanted.deviceId,
        decision: "approved",
        ts: now,
      },
    };
  }

  /** Puts what is wanted into the device's one request. */
  #collect(wanted: Wanted): { request: PairingRequest; isNews: boolean } {
    const now = this.#clock.now();
    const known = this.#tables.requests.ofDevice(wanted.deviceId, now)?.request;
    const isNews = known === undefined || hasGrown(known, wanted);
    const before = known?.publicKey === wanted.publicKey ? known : undefined;
    const request: PairingRequest = {
      requestId: before?.requestId ?? randomId(),
      deviceId: wanted.deviceId,
      publicKey: wanted.publicKey,
      ...wanted.facts,
      role: wanted.role,
      roles: mergeSorted(before?.roles ?? [], [wanted.role]),
      scopes: mergeSorted(before?.scopes ?? [], wanted.scopes),
      isRepair: this.#tables.devices.find(wanted.deviceId) !== undefined,
      ts: before?.ts ?? now,
      updatedAtMs: isNews ? now : before?.updatedAtMs ?? now,
    };
    const row: RequestRow = { request, expiresAtMs: now + PAIRING_REQUEST_TTL_MS };
    this.#tables.requests.save(row, now);
    return { request, isNews };
  }

  /** @throws {AppError} `PAIRING_REQUEST_NOT_FOUND` */
  #requireRequest(requestId: string): PairingRequest {
    const row = this.#tables.requests.find(requestId, this.#clock.now());
    if (row === undefined) throw unknownRequest(requestId, "devices");
    return row.request;
  }

  #resolved(requestId: string, deviceId: string, decision: PairingResolution["decision"]): void {
    this.#listeners.onResolved?.({ requestId, deviceId, decision, ts: this.#clock.now() });
  }
}

/** Whether `wanted` asks for something that the request does not have yet. */
function hasGrown(request: PairingRequest, wanted: Wanted): boolean {
  return request.publicKey !== wanted.publicKey || !request.roles.includes(wanted.role) ||
    wanted.scopes.some((scope) => !request.scopes.includes(scope));
}

function pending(
  request: PairingRequest,
  reason: PairingReason,
  wanted: Wanted,
  device: PairedDevice | undefined,
): PendingVerdict {
  return {
    kind: "pending",
    request,
    reason,
    requested: { role: wanted.role, scopes: wanted.scopes },
    ...(device === undefined ? {} : { device }),
  };
}

/**
 * Device tokens: one for each device and role, worth nothing without the device's key.
 *
 * Only hashes are stored, so a token can be shown again only while this process remembers it:
 *
 * - A client that connects gets the token it presented, or the one this process still remembers.
 * - After a restart, a client that presents none gets a new one. The one before stays valid until a
 *   client presents the new one, or for 24 hours: other clients of the same device may hold it.
 * - Rotating, revoking and approving end the old token at once.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { AppError, type Clock, sha256Hex } from "../base/mod.ts";
import type { Role } from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import { DeviceTable } from "./device_table.ts";
import { toBase64Url } from "./keys.ts";
import { missingApproverScope } from "./pairing_error.ts";
import { coversScopes, firstMissingScope, normalizeScopes, scopesOfRole } from "./scopes.ts";
import { type TokenRow, TokenTable } from "./token_table.ts";
import type { DeviceRevocation, PairedDevice } from "./types.ts";

/** Bytes of a token; 43 characters of base64url. */
const TOKEN_BYTES = 32;
/** How long the token before the current one stays valid at most. */
const PREVIOUS_VALID_MS = 24 * 60 * 60_000;
/** Least time between two notes of when a token was used. */
const USED_INTERVAL_MS = 60_000;
/** Tokens remembered at most; the one that was handed out first goes. */
const MAX_REMEMBERED = 1_000;
const NO_HASH = "0".repeat(64);

/** A token that is handed to its device. */
export interface IssuedToken {
  token: string;
  role: Role;
  /** What the token may do; a connection may have asked for less. */
  scopes: string[];
  issuedAtMs: number;
}

/** Whom to hand a token. */
export interface TokenClaim {
  deviceId: string;
  role: Role;
  /** As the connect asked for them; none unless given. */
  scopes?: readonly string[];
  /** A device token that the connect presented. */
  presented?: string | undefined;
}

/** The outcome of a check, in the words of the protocol's `authReason`. */
export type TokenVerdict =
  | { ok: true; scopes: string[] }
  | { ok: false; reason: "device_token_mismatch" | "scope_mismatch" };

/** Called after what they report is on disk. */
export interface TokenListeners {
  onRevoked?(revocation: DeviceRevocation): void;
}

interface Candidate {
  token: string;
  hash: string;
}

/** Hands out, checks and ends device tokens. */
export class DeviceTokens {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #listeners: TokenListeners;
  readonly #devices: DeviceTable;
  readonly #tokens: TokenTable;
  /** What was handed out or presented, by device and role; true only while the hash is current. */
  readonly #remembered = new Map<string, Candidate>();

  constructor(store: Store, clock: Clock, listeners: TokenListeners = {}) {
    this.#store = store;
    this.#clock = clock;
    this.#listeners = listeners;
    this.#devices = new DeviceTable(store.connection);
    this.#tokens = new TokenTable(store.connection);
  }

  /** Whether `token` is that of a device and role, and covers the scopes. Writes nothing. */
  async verify(
    deviceId: string,
    role: Role,
    token: string,
    requestedScopes: readonly string[],
  ): Promise<TokenVerdict> {
    const hash = await sha256Hex(token);
    const row = this.#tokens.find(deviceId, role);
    const isValid = this.#isCurrent(row, hash) || this.#isPrevious(row, hash);
    if (row === undefined || !isValid) {
      return { ok: false, reason: "device_token_mismatch" };
    }
    if (!coversScopes(row.scopes, scopesOfRole(role, requestedScopes))) {
      return { ok: false, reason: "scope_mismatch" };
    }
    return { ok: true, scopes: row.scopes };
  }

  /**
   * The token for a device that may connect; durable before it is handed out.
   *
   * @returns `undefined` when the device is not approved for the role.
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async issue(claim: TokenClaim): Promise<IssuedToken | undefined> {
    const { presented } = claim;
    const given = presented === undefined
      ? undefined
      : { token: presented, hash: await sha256Hex(presented) };
    const known = this.#tokens.find(claim.deviceId, claim.role);
    const kept = this.#kept(known, claim, given);
    if (kept !== undefined && !this.#isDue(known!, given)) {
      this.#remember(known!, kept);
      return issued(known!, kept.token);
    }
    const fresh = await newCandidate();
    return await this.#store.transact(() => this.#writeIssue(claim, given, fresh));
  }

  /**
   * Replaces the token of a device and role; the old one ends at once.
   *
   * @param options `scopes` narrows or restores what the token may do, within what the device was
   * approved for; `callerScopes` must cover it.
   * @throws {AppError} `DEVICE_TOKEN_DENIED`, `SCOPE_MISSING`, `STORE_WRITE_FAILED`
   */
  async rotate(
    deviceId: string,
    role: Role,
    options: { scopes?: readonly string[] | undefined; callerScopes: readonly string[] },
  ): Promise<IssuedToken> {
    const fresh = await newCandidate();
    const row = await this.#store.transact(() => {
      const device = this.#requireDevice(deviceId, role);
      const known = this.#tokens.find(deviceId, role);
      const wanted = options.scopes ?? known?.scopes ?? device.scopes;
      const scopes = normalizeScopes(scopesOfRole(role, wanted));
      if (!coversScopes(device.scopes, scopes)) throw denied("rotation", deviceId, role);
      const missing = firstMissingScope(options.callerScopes, scopes);
      if (missing !== undefined) throw missingApproverScope(missing);
      return this.#replace({ deviceId, role, scopes, known, hash: fresh.hash });
    });
    this.#remember(row, fresh);
    this.#listeners.onRevoked?.({ deviceId, role });
    return issued(row, fresh.token);
  }

  /**
   * Ends the token of a device and role; the device stays approved and gets a new one when it
   * connects with another credential.
   *
   * @throws {AppError} `DEVICE_TOKEN_DENIED`, `STORE_WRITE_FAILED`
   */
  async revoke(
    deviceId: string,
    role: Role,
  ): Promise<{ deviceId: string; role: Role; revokedAtMs: number }> {
    const revokedAtMs = this.#clock.now();
    await this.#store.transact(() => {
      const row = this.#tokens.find(deviceId, role);
      if (row === undefined) throw denied("revocation", deviceId, role);
      this.#tokens.save({ ...withoutHashes(row), revokedAtMs });
    });
    this.#remembered.delete(key(deviceId, role));
    this.#listeners.onRevoked?.({ deviceId, role });
    return { deviceId, role, revokedAtMs };
  }

  /** Runs inside a transaction, on what is true there. */
  #writeIssue(
    claim: TokenClaim,
    given: Candidate | undefined,
    fresh: Candidate,
  ): IssuedToken | undefined {
    const { deviceId, role } = claim;
    const device = this.#devices.find(deviceId);
    if (device === undefined || !device.roles.includes(role)) return undefined;
    const known = this.#tokens.find(deviceId, role);
    const kept = this.#kept(known, claim, given);
    if (kept !== undefined) {
      this.#remember(known!, kept);
      return issued(this.#noteUse(known!, given), kept.token);
    }
    const isUsable = known !== undefined && isAlive(known);
    const wanted = scopesOfRole(role, claim.scopes ?? []);
    const scopes = !isUsable
      ? normalizeScopes(scopesOfRole(role, device.scopes))
      : normalizeScopes([...known.scopes, ...within(device, wanted)]);
    // What the client presented is what its siblings may hold; else the current one is.
    const previousHash = !isUsable || !coversScopes(known.scopes, wanted)
      ? undefined
      : this.#isPrevious(known, given?.hash)
      ? known.previousHash
      : known.hash;
    const { hash } = fresh;
    const row = this.#replace({ deviceId, role, scopes, known, hash, previousHash });
    // Of no effect if the write is lost: its hash is not the stored one then.
    this.#remember(row, fresh);
    return issued(row, fresh.token);
  }

  /** The token that can stay: known in full, current, alive, and wide enough. */
  #kept(
    row: TokenRow | undefined,
    claim: TokenClaim,
    given: Candidate | undefined,
  ): Candidate | undefined {
    if (row === undefined || !isAlive(row)) return undefined;
    if (!coversScopes(row.scopes, scopesOfRole(claim.role, claim.scopes ?? []))) return undefined;
    const remembered = this.#remembered.get(key(row.deviceId, row.role));
    return [given, remembered].find((one) => this.#isCurrent(row, one?.hash));
  }

  /** Whether something about a kept token has to be written. */
  #isDue(row: TokenRow, given: Candidate | undefined): boolean {
    if (row.previousHash !== undefined && this.#isCurrent(row, given?.hash)) return true;
    return this.#clock.now() - (row.lastUsedAtMs ?? 0) >= USED_INTERVAL_MS;
  }

  #noteUse(row: TokenRow, given: Candidate | undefined): TokenRow {
    const isProven = this.#isCurrent(row, given?.hash);
    const { previousHash: _hash, previousUntilMs: _until, ...alone } = row;
    const used = { ...(isProven ? alone : row), lastUsedAtMs: this.#clock.now() };
    this.#tokens.save(used);
    return used;
  }

  #replace(
    { deviceId, role, scopes, known, hash, previousHash }: {
      deviceId: string;
      role: Role;
      scopes: string[];
      known: TokenRow | undefined;
      hash: string;
      previousHash?: string | undefined;
    },
  ): TokenRow {
    const now = this.#clock.now();
    const row: TokenRow = {
      deviceId,
      role,
      scopes,
      hash,
      createdAtMs: known?.createdAtMs ?? now,
      ...(known === undefined ? {} : { rotatedAtMs: now }),
      ...(previousHash === undefined
        ? {}
        : { previousHash, previousUntilMs: now + PREVIOUS_VALID_MS }),
      ...(known?.lastUsedAtMs === undefined ? {} : { lastUsedAtMs: known.lastUsedAtMs }),
    };
    this.#tokens.save(row);
    return row;
  }

  #isCurrent(row: TokenRow | undefined, hash: string | undefined): boolean {
    return isSameHash(row?.hash, hash);
  }

  #isPrevious(row: TokenRow | undefined, hash: string | undefined): boolean {
    const isInTime = (row?.previousUntilMs ?? 0) > this.#clock.now();
    return isSameHash(row?.previousHash, hash) && isInTime;
  }

  /** @throws {AppError} `DEVICE_TOKEN_DENIED` */
  #requireDevice(deviceId: string, role: Role): PairedDevice {
    const device = this.#devices.find(deviceId);
    if (device === undefined || !device.roles.includes(role)) {
      throw denied("rotation", deviceId, role);
    }
    return device;
  }

  #remember(row: TokenRow, candidate: Candidate): void {
    const name = key(row.deviceId, row.role);
    this.#remembered.delete(name);
    this.#remembered.set(name, candidate);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#remembered.keys();
    this.#remembered.delete(oldest!);
  }
}

/** A new token with its hash. */
async function newCandidate(): Promise<Candidate> {
  const token = toBase64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
  return { token, hash: await sha256Hex(token) };
}

/** Compares in a time that does not depend on the hashes, nor on whether there is one. */
function isSameHash(stored: string | undefined, given: string | undefined): boolean {
  const encoder = new TextEncoder();
  const isEqual = timingSafeEqual(
    encoder.encode(stored ?? NO_HASH),
    encoder.encode(given ?? NO_HASH),
  );
  return isEqual && stored !== undefined && given !== undefined;
}

/** Revoking and approving take the hash away. */
function isAlive(row: TokenRow): boolean {
  return row.hash !== undefined;
}

/** Those of `scopes` that the device was approved for. */
function within(device: PairedDevice, scopes: readonly string[]): string[] {
  return scopes.filter((scope) => coversScopes(device.scopes, [scope]));
}

function withoutHashes(row: TokenRow): TokenRow {
  const { hash: _hash, previousHash: _previous, previousUntilMs: _until, ...rest } = row;
  return rest;
}

function issued(row: TokenRow, token: string): IssuedToken {
  const { role, scopes, createdAtMs, rotatedAtMs } = row;
  return { token, role, scopes, issuedAtMs: rotatedAtMs ?? createdAtMs };
}

function key(deviceId: string, role: Role): string {
  return `${role}/${deviceId}`;
}

function denied(what: "rotation" | "revocation", deviceId: string, role: string): AppError {
  return new AppError("DEVICE_TOKEN_DENIED", `device token ${what} denied`, {
    hint: "openclaw devices list",
    details: { deviceId, role },
  });
}

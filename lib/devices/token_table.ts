/**
 * The table of device tokens: hashes, never tokens.
 *
 * @module
 */
import type { Role } from "../protocol/mod.ts";
import type { Connection } from "../store/mod.ts";
import type { DeviceTokenSummary } from "./types.ts";

/** One token of one device and role. */
export interface TokenRow extends DeviceTokenSummary {
  deviceId: string;
  /** SHA-256 in hexadecimal; absent for a grant that was not handed out yet. */
  hash?: string;
  /** The hash of the token before, valid until {@linkcode previousUntilMs}. */
  previousHash?: string;
  previousUntilMs?: number;
}

interface Columns {
  device_id: string;
  role: Role;
  scopes: string;
  hash: string | null;
  previous_hash: string | null;
  previous_until: number | null;
  created_at: number;
  rotated_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
}

const UPSERT = `
INSERT OR REPLACE INTO device_tokens (device_id, role, scopes, hash, previous_hash, previous_until,
  created_at, rotated_at, revoked_at, last_used_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Reads and writes rows of `device_tokens`; every writing method belongs inside a transaction. */
export class TokenTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The token of a device and role. */
  find(deviceId: string, role: string): TokenRow | undefined {
    const row = this.#connection.get<Columns>(
      "SELECT * FROM device_tokens WHERE device_id = ? AND role = ?",
      deviceId,
      role,
    );
    return row === undefined ? undefined : toToken(row);
  }

  /** The tokens of one device, by role. */
  ofDevice(deviceId: string): TokenRow[] {
    return this.#connection.all<Columns>(
      "SELECT * FROM device_tokens WHERE device_id = ? ORDER BY role",
      deviceId,
    ).map(toToken);
  }

  /** Adds or replaces a token. */
  save(token: TokenRow): void {
    this.#connection.run(
      UPSERT,
      token.deviceId,
      token.role,
      JSON.stringify(token.scopes),
      token.hash ?? null,
      token.previousHash ?? null,
      token.previousUntilMs ?? null,
      token.createdAtMs,
      token.rotatedAtMs ?? null,
      token.revokedAtMs ?? null,
      token.lastUsedAtMs ?? null,
    );
  }

  /** Removes the token of a device and role. */
  delete(deviceId: string, role: Role): void {
    this.#connection.run(
      "DELETE FROM device_tokens WHERE device_id = ? AND role = ?",
      deviceId,
      role,
    );
  }
}

/** What lists show of a token. */
export function summarizeToken(token: TokenRow): DeviceTokenSummary {
  const { role, scopes, createdAtMs, rotatedAtMs, revokedAtMs, lastUsedAtMs } = token;
  return {
    role,
    scopes,
    createdAtMs,
    ...(rotatedAtMs === undefined ? {} : { rotatedAtMs }),
    ...(revokedAtMs === undefined ? {} : { revokedAtMs }),
    ...(lastUsedAtMs === undefined ? {} : { lastUsedAtMs }),
  };
}

function toToken(row: Columns): TokenRow {
  const token: TokenRow = {
    deviceId: row.device_id,
    role: row.role,
    scopes: JSON.parse(row.scopes) as string[],
    createdAtMs: row.created_at,
  };
  if (row.hash !== null) token.hash = row.hash;
  if (row.previous_hash !== null) token.previousHash = row.previous_hash;
  if (row.previous_until !== null) token.previousUntilMs = row.previous_until;
  if (row.rotated_at !== null) token.rotatedAtMs = row.rotated_at;
  if (row.revoked_at !== null) token.revokedAtMs = row.revoked_at;
  if (row.last_used_at !== null) token.lastUsedAtMs = row.last_used_at;
  return token;
}

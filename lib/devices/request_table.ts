/**
 * The table of pairing requests: at most one for a device, each for a limited time.
 *
 * @module
 */
import type { Role } from "../protocol/mod.ts";
import type { Connection } from "../store/mod.ts";
import type { DeviceFacts, PairingRequest } from "./types.ts";

/** A request together with its end. */
export interface RequestRow {
  request: PairingRequest;
  expiresAtMs: number;
}

interface Columns {
  request_id: string;
  device_id: string;
  public_key: string;
  facts: string;
  role: Role;
  roles: string;
  scopes: string;
  created_at: number;
  updated_at: number;
  expires_at: number;
  is_repair: number;
}

const SELECT = `
SELECT device_requests.*,
  EXISTS (SELECT 1 FROM devices WHERE devices.device_id = device_requests.device_id) AS is_repair
FROM device_requests`;

const SAVE = `
INSERT OR REPLACE INTO device_requests (request_id, device_id, public_key, facts, role, roles,
  scopes, created_at, updated_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Requests kept at once; the oldest one goes when there are more. */
const MAX_REQUESTS = 200;

/** Reads and writes rows of `device_requests`; every writing method belongs inside a transaction. */
export class RequestTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The request of an id that has not expired. */
  find(requestId: string, now: number): RequestRow | undefined {
    return this.#one(`${SELECT} WHERE request_id = ? AND expires_at > ?`, requestId, now);
  }

  /** The request of a device that has not expired. */
  ofDevice(deviceId: string, now: number): RequestRow | undefined {
    return this.#one(`${SELECT} WHERE device_id = ? AND expires_at > ?`, deviceId, now);
  }

  /** All requests that have not expired, the newest first. */
  all(now: number): PairingRequest[] {
    return this.#connection.all<Columns>(
      `${SELECT} WHERE expires_at > ? ORDER BY created_at DESC, request_id`,
      now,
    ).map((row) => toRow(row).request);
  }

  /** Adds a request or replaces that of the same device, and forgets those that expired. */
  save({ request, expiresAtMs }: RequestRow, now: number): void {
    this.#connection.run("DELETE FROM device_requests WHERE expires_at <= ?", now);
    this.#connection.run(
      SAVE,
      request.requestId,
      request.deviceId,
      request.publicKey,
      JSON.stringify(factsOf(request)),
      request.role,
      JSON.stringify(request.roles),
      JSON.stringify(request.scopes),
      request.ts,
      request.updatedAtMs,
      expiresAtMs,
    );
    this.#connection.run(
      `DELETE FROM device_requests WHERE request_id IN (
        SELECT request_id FROM device_requests ORDER BY expires_at DESC LIMIT -1 OFFSET ?)`,
      MAX_REQUESTS,
    );
  }

  /** Removes the request of a device. */
  deleteOf(deviceId: string): void {
    this.#connection.run("DELETE FROM device_requests WHERE device_id = ?", deviceId);
  }

  #one(sql: string, key: string, now: number): RequestRow | undefined {
    const row = this.#connection.get<Columns>(sql, key, now);
    return row === undefined ? undefined : toRow(row);
  }
}

/** The facts among the fields of a device or a request. */
export function factsOf(from: DeviceFacts): DeviceFacts {
  const { displayName, platform, deviceFamily, clientId, clientMode, remoteIp } = from;
  const facts = { displayName, platform, deviceFamily, clientId, clientMode, remoteIp };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function toRow(row: Columns): RequestRow {
  return {
    request: {
      requestId: row.request_id,
      deviceId: row.device_id,
      publicKey: row.public_key,
      ...JSON.parse(row.facts) as DeviceFacts,
      role: row.role,
      roles: JSON.parse(row.roles) as Role[],
      scopes: JSON.parse(row.scopes) as string[],
      isRepair: row.is_repair === 1,
      ts: row.created_at,
      updatedAtMs: row.updated_at,
    },
    expiresAtMs: row.expires_at,
  };
}

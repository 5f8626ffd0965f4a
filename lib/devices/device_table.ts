/**
 * The table of paired devices.
 *
 * @module
 */
import type { Role } from "../protocol/mod.ts";
import type { Connection } from "../store/mod.ts";
import type { DeviceFacts, PairedDevice } from "./types.ts";

interface Columns {
  device_id: string;
  public_key: string;
  name: string | null;
  facts: string;
  role: Role;
  roles: string;
  scopes: string;
  created_at: number;
  approved_at: number;
  last_seen_at: number | null;
  last_seen_reason: string | null;
}

const UPSERT = `
INSERT INTO devices (device_id, public_key, facts, role, roles, scopes, created_at, approved_at,
  name)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (device_id) DO UPDATE SET public_key = excluded.public_key, facts = excluded.facts,
  role = excluded.role, roles = excluded.roles, scopes = excluded.scopes,
  approved_at = excluded.approved_at`;

/** What {@linkcode DeviceTable.save} writes: an approval. */
export interface ApprovedDevice {
  deviceId: string;
  publicKey: string;
  facts: DeviceFacts;
  role: Role;
  roles: readonly Role[];
  scopes: readonly string[];
  createdAtMs: number;
  approvedAtMs: number;
  /** Kept when the device is known already. */
  name?: string;
}

/** Reads and writes rows of `devices`; every writing method belongs inside a transaction. */
export class DeviceTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The device of an id. */
  find(deviceId: string): PairedDevice | undefined {
    const row = this.#connection.get<Columns>(
      "SELECT * FROM devices WHERE device_id = ?",
      deviceId,
    );
    return row === undefined ? undefined : toDevice(row);
  }

  /** All devices, the last approved first. */
  all(): PairedDevice[] {
    return this.#connection.all<Columns>(
      "SELECT * FROM devices ORDER BY approved_at DESC, device_id",
    ).map(toDevice);
  }

  /** Adds a device or replaces what was approved; its name and when it was seen stay. */
  save(device: ApprovedDevice): void {
    this.#connection.run(
      UPSERT,
      device.deviceId,
      device.publicKey,
      JSON.stringify(device.facts),
      device.role,
      JSON.stringify(device.roles),
      JSON.stringify(device.scopes),
      device.createdAtMs,
      device.approvedAtMs,
      device.name ?? null,
    );
  }

  /** Removes a device with its tokens; answers whether there was one. */
  delete(deviceId: string): boolean {
    return this.#connection.run("DELETE FROM devices WHERE device_id = ?", deviceId).changes > 0;
  }

  /** Replaces the roles of a device. */
  setRoles(deviceId: string, role: Role, roles: readonly Role[]): void {
    this.#connection.run(
      "UPDATE devices SET role = ?, roles = ? WHERE device_id = ?",
      role,
      JSON.stringify(roles),
      deviceId,
    );
  }

  /** Gives a device the name a person chose; answers whether there is such a device. */
  setName(deviceId: string, name: string): boolean {
    return this.#connection.run("UPDATE devices SET name = ? WHERE device_id = ?", name, deviceId)
      .changes > 0;
  }

  /** The name that a person gave a device. */
  nameOf(deviceId: string): string | undefined {
    const sql = "SELECT name FROM devices WHERE device_id = ?";
    return this.#connection.get<{ name: string | null }>(sql, deviceId)?.name ?? undefined;
  }

  /** Notes when and why a device was last seen. */
  setSeen(deviceId: string, at: number, reason: string): void {
    this.#connection.run(
      "UPDATE devices SET last_seen_at = ?, last_seen_reason = ? WHERE device_id = ?",
      at,
      reason,
      deviceId,
    );
  }
}

function toDevice(row: Columns): PairedDevice {
  return {
    deviceId: row.device_id,
    publicKey: row.public_key,
    ...JSON.parse(row.facts) as DeviceFacts,
    ...(row.name === null ? {} : { displayName: row.name }),
    role: row.role,
    roles: JSON.parse(row.roles) as Role[],
    scopes: JSON.parse(row.scopes) as string[],
    createdAtMs: row.created_at,
    approvedAtMs: row.approved_at,
    ...(row.last_seen_at === null ? {} : { lastSeenAtMs: row.last_seen_at }),
    ...(row.last_seen_reason === null ? {} : { lastSeenReason: row.last_seen_reason }),
  };
}

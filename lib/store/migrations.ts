/**
 * The schema of the database, as numbered steps from an empty file to the newest form.
 *
 * A released step is never edited. Each runs in one transaction together with its number.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import type { Connection } from "./connection.ts";
import { corruptError } from "./errors.ts";
import { SESSIONS_SCHEMA } from "./schema_v1.ts";
import { DEVICES_SCHEMA } from "./schema_v2.ts";
import { SETTINGS_SCHEMA } from "./schema_v3.ts";
import { NODE_QUEUE_SCHEMA } from "./schema_v4.ts";
import { APPROVALS_SCHEMA } from "./schema_v5.ts";
import { CHECKPOINTS_SCHEMA } from "./schema_v6.ts";
import { CRON_SCHEMA } from "./schema_v7.ts";
import { RESPONSES_SCHEMA } from "./schema_v8.ts";
import { HOOKS_SCHEMA } from "./schema_v9.ts";
import { IMPORTS_SCHEMA } from "./schema_v10.ts";
import { PARENTS_SCHEMA } from "./schema_v11.ts";
import { PIECES_SCHEMA } from "./schema_v12.ts";

/** One step of the schema. */
export interface Migration {
  /** From 1, without gaps. */
  readonly version: number;
  /** For the log. */
  readonly name: string;
  readonly sql: string;
}

/** All steps, oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: "sessions, transcripts, runs, idempotency", sql: SESSIONS_SCHEMA },
  { version: 2, name: "devices, tokens, setup codes, nodes", sql: DEVICES_SCHEMA },
  { version: 3, name: "settings, figures of messages", sql: SETTINGS_SCHEMA },
  { version: 4, name: "queues of nodes", sql: NODE_QUEUE_SCHEMA },
  { version: 5, name: "approvals", sql: APPROVALS_SCHEMA },
  { version: 6, name: "checkpoints of compactions", sql: CHECKPOINTS_SCHEMA },
  { version: 7, name: "cron jobs, their runs, system events", sql: CRON_SCHEMA },
  { version: 8, name: "responses that clients come back to", sql: RESPONSES_SCHEMA },
  { version: 9, name: "runs of webhooks", sql: HOOKS_SCHEMA },
  { version: 10, name: "imported transcripts", sql: IMPORTS_SCHEMA },
  { version: 11, name: "sessions by who began them", sql: PARENTS_SCHEMA },
  { version: 12, name: "pieces in which responses were streamed", sql: PIECES_SCHEMA },
];

/** The version a database has; 0 for an empty one. */
export function schemaVersion(connection: Connection): number {
  return connection.number("PRAGMA user_version");
}

/**
 * Refuses a database this build cannot work with; reads only.
 *
 * @throws {AppError} `STORE_TOO_NEW`, or `STORE_CORRUPT` for a database of another program.
 */
export function refuseUnknownSchema(
  connection: Connection,
  migrations: readonly Migration[],
): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const current = schemaVersion(connection);
  if (current > newest) throw tooNew(connection.path, current, newest);
  if (current > 0 || connection.number("SELECT count(*) FROM sqlite_schema") === 0) return;
  // Another process may just have created the tables.
  if (schemaVersion(connection) > 0) return;
  throw corruptError(connection.path, new Error("the file holds tables of another program"));
}

/**
 * Brings a database to the newest schema.
 *
 * @param keepCopy Called once, with the old version, before the first step on existing data.
 */
export function migrate(
  connection: Connection,
  migrations: readonly Migration[],
  keepCopy: (version: number) => void,
): void {
  const current = schemaVersion(connection);
  const missing = migrations.filter((migration) => migration.version > current);
  if (missing.length > 0 && current > 0) keepCopy(current);
  for (const migration of missing) applyStep(connection, migration);
}

function applyStep(connection: Connection, migration: Migration): void {
  connection.execute("BEGIN IMMEDIATE");
  try {
    // Another process may have taken the step while this one waited for the lock.
    if (schemaVersion(connection) < migration.version) {
      connection.execute(migration.sql);
      connection.execute(`PRAGMA user_version = ${migration.version}`);
    }
    connection.execute("COMMIT");
  } catch (error) {
    if (connection.isInTransaction) connection.execute("ROLLBACK");
    throw error;
  }
}

function tooNew(path: string, version: number, newest: number): AppError {
  return new AppError(
    "STORE_TOO_NEW",
    `Cannot open store "${path}": its schema is version ${version}, this build knows up to ${newest}`,
    {
      hint: "Start the newer build again; compare with: openclaw --version",
      details: { path, version, newest },
    },
  );
}

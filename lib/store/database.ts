/**
 * Opens the database file: folder and file modes, durability settings, schema, the copy before a
 * migration.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { ensureDir, ioError } from "../platform/mod.ts";
import { AppError } from "../base/mod.ts";
import { Connection } from "./connection.ts";
import { openError } from "./errors.ts";
import { migrate, type Migration, MIGRATIONS, refuseUnknownSchema } from "./migrations.ts";

/** Name of the database inside the state folder. */
export const DATABASE_FILE_NAME = "openclaw.sqlite";

/** How long a write waits for another process, such as a running export. */
const BUSY_TIMEOUT_MS = 2_000;
/** Pages in the write-ahead log before they are moved into the database, 4 KiB each. */
const CHECKPOINT_PAGES = 2_000;
/** The log file is cut back to this after a checkpoint. */
const MAX_IDLE_LOG_BYTES = 16 * 1024 * 1024;
const PRIVATE_FILE_MODE = 0o600;
const OTHERS_BITS = 0o077;

/** `FULL` makes every commit wait for the disk, until the store's writer takes that over. */
const SETTINGS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES};
PRAGMA temp_store = MEMORY;
`;

/**
 * Opens `<stateDir>/openclaw.sqlite`, creating and migrating it where needed.
 *
 * @param migrations Steps to apply; all known ones unless a test says otherwise.
 * @returns A connection the caller closes.
 * @throws {AppError} `STORE_TOO_NEW`, `STORE_CORRUPT`, `PERMISSION_DENIED`, `READ_ONLY_FILE_SYSTEM`,
 * `DISK_FULL` or `IO_ERROR`
 */
export async function openDatabase(
  stateDir: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<Connection> {
  const { DatabaseSync } = await import("node:sqlite");
  await ensureDir(stateDir);
  const path = join(stateDir, DATABASE_FILE_NAME);
  ensurePrivateFile(path);
  let connection: Connection | undefined;
  try {
    connection = new Connection(
      path,
      new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true }),
    );
    refuseUnknownSchema(connection, migrations);
    connection.execute(SETTINGS);
    // A file that cannot be written opens all the same; the lock tells.
    connection.execute("BEGIN IMMEDIATE; ROLLBACK");
    const opened = connection;
    migrate(opened, migrations, (version) => keepCopy(opened, version));
    for (const suffix of ["-wal", "-shm"]) tightenMode(path + suffix);
    return opened;
  } catch (error) {
    connection?.close();
    throw error instanceof AppError ? error : openError(path, error);
  }
}

/** SQLite gives the log the mode of the database, so the database comes first, private. */
function ensurePrivateFile(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: PRIVATE_FILE_MODE }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw ioError("create store", path, error);
    tightenMode(path);
  }
}

/** Takes a file away from other users; where there are no such modes, nothing happens. */
function tightenMode(path: string): void {
  try {
    const { mode } = Deno.statSync(path);
    if (mode !== null && (mode & OTHERS_BITS) !== 0) Deno.chmodSync(path, PRIVATE_FILE_MODE);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw ioError("protect store", path, error);
  }
}

/** Writes `<path>.v<version>.bak`, complete or not at all. */
function keepCopy(connection: Connection, version: number): void {
  const copy = `${connection.path}.v${version}.bak`;
  const temporary = `${copy}.tmp`;
  try {
    // Left over from a copy that was cut off.
    if (fileExists(temporary)) Deno.removeSync(temporary);
    ensurePrivateFile(temporary);
    connection.run("VACUUM INTO ?", temporary);
    syncPath(temporary);
    Deno.renameSync(temporary, copy);
    syncFolder(dirname(copy));
  } catch (error) {
    throw error instanceof AppError ? error : openError(connection.path, error);
  }
}

function syncPath(path: string): void {
  const file = Deno.openSync(path, { read: true, write: true });
  try {
    file.syncSync();
  } finally {
    file.close();
  }
}

function syncFolder(path: string): void {
  try {
    const folder = Deno.openSync(path);
    try {
      folder.syncSync();
    } finally {
      folder.close();
    }
  } catch {
    // Not every system can sync a folder; the copy itself is already on disk.
  }
}

function fileExists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

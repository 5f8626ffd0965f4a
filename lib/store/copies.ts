/**
 * Whole copies of the database: the ones that are kept before a migration, and putting one in the place
 * of the database that nobody has open.
 *
 * @module
 */
import { join } from "@std/path";
import { ioError, pathExists, syncFolder } from "../platform/mod.ts";
import { AppError } from "../base/mod.ts";
import { DATABASE_FILE_NAME } from "./database.ts";
import { openError } from "./errors.ts";

const BUSY_TIMEOUT_MS = 2_000;
const PRIVATE_FILE_MODE = 0o600;

/**
 * The schema version of the database of a state folder; may be asked while a gateway uses it.
 *
 * @returns `undefined` where there is no database.
 * @throws {AppError} As the opening of a database.
 */
export async function storedSchema(stateDir: string): Promise<number | undefined> {
  const path = join(stateDir, DATABASE_FILE_NAME);
  if (!await pathExists(path)) return undefined;
  return await withDatabase(path, (database) => {
    const row = database.prepare("PRAGMA user_version").get();
    return Number(row?.user_version ?? 0);
  });
}

/** Where the copy is that was kept before a migration away from `version`. */
export function keptCopyPath(stateDir: string, version: number): string {
  return join(stateDir, `${DATABASE_FILE_NAME}.v${version}.bak`);
}

/**
 * Writes a consistent copy of the database to a file that must not exist; may be done while a gateway
 * uses it.
 *
 * @throws {AppError} As the opening of a database.
 */
export async function copyDatabase(stateDir: string, copy: string): Promise<void> {
  await withDatabase(join(stateDir, DATABASE_FILE_NAME), (database) => {
    Deno.openSync(copy, { write: true, createNew: true, mode: PRIVATE_FILE_MODE }).close();
    database.prepare("VACUUM INTO ?").run(copy);
  });
}

/**
 * Puts a copy of `replacement` in the place of the database and keeps the database as `aside`. Nobody
 * may have it open. When it was cut off it goes on where it was, and once done does nothing more.
 *
 * @param aside A name in the state folder that only this exchange uses.
 * @throws {AppError} As the opening of a database.
 */
export async function exchangeDatabase(
  stateDir: string,
  replacement: string,
  aside: string,
): Promise<void> {
  const path = join(stateDir, DATABASE_FILE_NAME);
  const hasDatabase = await pathExists(path);
  const isAside = await pathExists(aside);
  if (isAside && hasDatabase) return;
  const temporary = `${aside}.tmp`;
  try {
    await Deno.copyFile(replacement, temporary);
    await Deno.chmod(temporary, PRIVATE_FILE_MODE);
    await syncFile(temporary);
    if (hasDatabase) {
      await foldLog(path);
      await Deno.rename(path, aside);
      await syncFolder(stateDir);
    }
    await Deno.rename(temporary, path);
    await syncFolder(stateDir);
  } catch (error) {
    throw error instanceof AppError ? error : ioError("exchange store", path, error);
  }
}

/** Moves the write-ahead log into the file: left behind, it would be taken for the replacement's. */
async function foldLog(path: string): Promise<void> {
  const isBusy = await withDatabase(
    path,
    (database) => database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.busy !== 0,
  );
  if (!isBusy && !await pathExists(`${path}-wal`)) return;
  throw new AppError("IO_ERROR", `Cannot exchange store "${path}": another process uses it`, {
    hint: "openclaw gateway stop",
    retryable: true,
    details: { path },
  });
}

async function syncFile(path: string): Promise<void> {
  const file = await Deno.open(path, { read: true, write: true });
  try {
    await file.sync();
  } finally {
    file.close();
  }
}

async function withDatabase<T>(
  path: string,
  act: (database: import("node:sqlite").DatabaseSync) => T,
): Promise<T> {
  const { DatabaseSync } = await import("node:sqlite");
  let database: import("node:sqlite").DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    return act(database);
  } catch (error) {
    throw error instanceof AppError ? error : openError(path, error);
  } finally {
    database?.close();
  }
}

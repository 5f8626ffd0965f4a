/**
 * The database, looked at by somebody who must not change it: no migration, no log, no new file.
 *
 * @module
 */
import { join } from "@std/path";
import { Connection } from "./connection.ts";
import { DATABASE_FILE_NAME } from "./database.ts";
import { openError } from "./errors.ts";
import { findDamage } from "./integrity.ts";
import { MIGRATIONS, schemaVersion } from "./migrations.ts";

/** A database that is open for reading; close it. */
export interface StoreLook extends Disposable {
  readonly connection: Connection;
  /** Number of the newest step that was taken. */
  readonly schemaVersion: number;
  /** Number of the newest step that this build knows. */
  readonly knownVersion: number;
  /** Size of the file in bytes. */
  readonly sizeBytes: number;
  /** Reads the whole database; one line for each problem. */
  findDamage(): string[];
}

/**
 * Opens `<stateDir>/openclaw.sqlite` for reading.
 *
 * While a gateway runs, or when one was killed, the newest rows are in the log beside the file and
 * are read from there. Else the file is opened as one that nobody changes: SQLite would otherwise
 * make an empty log for it.
 *
 * @returns `undefined` when there is no database.
 * @throws {AppError} `STORE_CORRUPT`, `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function lookAtStore(stateDir: string): Promise<StoreLook | undefined> {
  const path = join(stateDir, DATABASE_FILE_NAME);
  const sizeBytes = sizeOf(path);
  if (sizeBytes === undefined) return undefined;
  const { DatabaseSync } = await import("node:sqlite");
  const hasLog = (sizeOf(`${path}-wal`) ?? 0) > 0;
  let connection: Connection | undefined;
  try {
    connection = new Connection(
      path,
      new DatabaseSync(hasLog ? path : unchangingUrl(path), { readOnly: true }),
    );
    const opened = connection;
    return {
      connection: opened,
      schemaVersion: schemaVersion(opened),
      knownVersion: MIGRATIONS.at(-1)?.version ?? 0,
      sizeBytes,
      findDamage: () => findDamage(opened),
      [Symbol.dispose]: () => opened.close(),
    };
  } catch (error) {
    connection?.close();
    throw openError(path, error);
  }
}

function unchangingUrl(path: string): string {
  const slashed = path.replaceAll("\\", "/");
  const rooted = slashed.startsWith("/") ? slashed : `/${slashed}`;
  return `file:${rooted.split("/").map(encodeURIComponent).join("/")}?immutable=1`;
}

function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw openError(path, error);
  }
}

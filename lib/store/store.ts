/**
 * The one database of the gateway, opened: reads at once, writes in groups, one life.
 *
 * Knows no table; the rooms above bring their own over the connection.
 *
 * @module
 */
import type { Connection } from "./connection.ts";
import { openDatabase } from "./database.ts";
import { findDamage } from "./integrity.ts";
import { WriteAheadLog } from "./log_sync.ts";
import { schemaVersion } from "./migrations.ts";
import { GroupWriter } from "./writer.ts";

/** Facts about the database for status pages. */
export interface DatabaseStats {
  path: string;
  schemaVersion: number;
  /** Size of the database file without its write-ahead log. */
  sizeBytes: number;
  /** Part of `sizeBytes` that is free for reuse. */
  freeBytes: number;
  /** Writes that are not acknowledged yet. */
  pendingWrites: number;
  /** Commits and writes since the database was opened. */
  commits: number;
  writes: number;
  failedCommits: number;
}

/** An open database; close it with {@linkcode Store.close}. */
export class Store {
  readonly connection: Connection;
  readonly #log: WriteAheadLog | undefined;
  readonly #writer: GroupWriter;
  #isClosed = false;

  private constructor(connection: Connection) {
    this.connection = connection;
    this.#log = WriteAheadLog.takeOver(connection);
    this.#writer = new GroupWriter(connection, this.#log);
  }

  /**
   * Opens `<stateDir>/openclaw.sqlite`, creating and migrating it where needed.
   *
   * @throws {AppError} `STORE_TOO_NEW`, `STORE_CORRUPT`, `PERMISSION_DENIED`,
   * `READ_ONLY_FILE_SYSTEM`, `DISK_FULL` or `IO_ERROR`
   */
  static async open(stateDir: string): Promise<Store> {
    return new Store(await openDatabase(stateDir));
  }

  /** The database file. */
  get path(): string {
    return this.connection.path;
  }

  /**
   * Runs a synchronous write inside the next transaction and answers when it is on disk.
   *
   * @throws {AppError} `STORE_WRITE_FAILED`, `STORE_CORRUPT`, or what `write` threw; nothing of it
   * was written then.
   */
  transact<T>(write: () => T): Promise<T> {
    return this.#writer.transact(write);
  }

  /** Writes that are not acknowledged yet. */
  get pendingWrites(): number {
    return this.#writer.pending;
  }

  /** Resolves when no write waits for its answer. */
  idle(): Promise<void> {
    return this.#writer.idle();
  }

  /** Facts for status pages; reads no table as a whole. */
  stats(): DatabaseStats {
    const { connection } = this;
    const pageSize = connection.number("PRAGMA page_size");
    return {
      path: connection.path,
      schemaVersion: schemaVersion(connection),
      sizeBytes: connection.number("PRAGMA page_count") * pageSize,
      freeBytes: connection.number("PRAGMA freelist_count") * pageSize,
      pendingWrites: this.pendingWrites,
      ...this.#writer.counters,
    };
  }

  /** Reads the whole database and says what is damaged; nothing when it is sound. */
  findDamage(): string[] {
    return findDamage(this.connection);
  }

  /** Commits what waits, moves the log into the database and closes it; may be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#writer.close();
    this.#log?.close();
    this.connection.close();
  }
}

/**
 * Brings what was committed to disk, while the event loop goes on where the disk takes its time.
 *
 * In WAL mode a commit is one append to the log. With `synchronous = FULL` SQLite waits for the disk
 * within it, and everything else in the process waits along: for milliseconds on a common drive, for tens
 * of them on a memory card. Here SQLite is told `NORMAL`, which keeps the database whole after a power
 * failure and leaves the wait to whoever has to be sure; nothing is acknowledged before it is over.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import { systemClock } from "../platform/mod.ts";
import type { Connection } from "./connection.ts";

/** A disk that usually answers within this is waited for in place: another thread takes longer to ask. */
const QUICK_MS = 0.4;
/** Waits that "usually" looks back on. */
const MEMORY = 16;

/** What a writer needs of the disk. */
export interface CommittedLog {
  /** Resolves when everything that was committed before the call is on disk; rejects with what failed. */
  sync(): Promise<void>;
  /** The same, waiting in place. */
  syncNow(): void;
}

/** The log of one connection; end it with {@linkcode WriteAheadLog.close}, before the connection. */
export class WriteAheadLog implements CommittedLog {
  readonly #connection: Connection;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #clock: Clock;
  #usualMs = QUICK_MS;
  #isDoubtful = false;

  private constructor(connection: Connection, path: string, file: Deno.FsFile, clock: Clock) {
    this.#connection = connection;
    this.#path = path;
    this.#file = file;
    this.#clock = clock;
  }

  /**
   * Takes the wait for the disk over from SQLite.
   *
   * @returns `undefined` where the database has no such log, or its log cannot be synced from here, as
   * on some network drives; every commit waits for the disk there.
   */
  static takeOver(connection: Connection, clock = systemClock): WriteAheadLog | undefined {
    const { journal_mode: mode } = connection.get<{ journal_mode: string }>(
      "PRAGMA journal_mode",
    ) ?? {};
    if (mode !== "wal") return undefined;
    const path = logPath(connection);
    const file = openSyncable(path);
    if (file === undefined) return undefined;
    connection.execute("PRAGMA synchronous = NORMAL");
    return new WriteAheadLog(connection, path, file, clock);
  }

  /** Whether the disk usually answers at once. */
  get isQuick(): boolean {
    return this.#usualMs < QUICK_MS;
  }

  async sync(): Promise<void> {
    if (this.#isDoubtful) return this.#beginAnew();
    const since = this.#clock.monotonic();
    try {
      if (this.isQuick) this.#file.syncDataSync();
      else await this.#file.syncData();
    } catch (error) {
      this.#isDoubtful = true;
      throw error;
    }
    this.#usualMs += (this.#clock.monotonic() - since - this.#usualMs) / MEMORY;
  }

  /** Through a handle of its own: one that another thread waits at may be refused as busy. */
  syncNow(): void {
    if (this.#isDoubtful) return this.#beginAnew();
    const file = Deno.openSync(this.#path, { read: true, write: true });
    try {
      file.syncDataSync();
    } finally {
      file.close();
    }
  }

  close(): void {
    this.#file.close();
  }

  /**
   * Moves everything into the database and empties the log. What a disk has refused once it may take
   * for written the next time, and no commit can be read behind one that is lost.
   */
  #beginAnew(): void {
    const { busy } = this.#connection.get<{ busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)") ??
      {};
    if (busy !== 0) throw new Error("the write-ahead log is in use and cannot be emptied");
    this.#isDoubtful = false;
  }
}

/** Beside the file that SQLite has opened, which need not be beside a link to it. */
function logPath(connection: Connection): string {
  const files = connection.all<{ name: string; file: string }>("PRAGMA database_list");
  return `${files.find(({ name }) => name === "main")?.file ?? connection.path}-wal`;
}

/** The log is there once the database was looked at, and stays the same file while it is open. */
function openSyncable(path: string): Deno.FsFile | undefined {
  let file: Deno.FsFile | undefined;
  try {
    file = Deno.openSync(path, { read: true, write: true });
    file.syncDataSync();
    return file;
  } catch {
    // Nothing is lost: SQLite goes on waiting for the disk itself.
    file?.close();
    return undefined;
  }
}

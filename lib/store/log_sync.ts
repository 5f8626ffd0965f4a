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
  readonly #clock: Clock;
  #file: Deno.FsFile | undefined;
  #usualMs = QUICK_MS;

  private constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#path = `${connection.path}-wal`;
    this.#clock = clock;
  }

  /**
   * Takes the wait for the disk over from SQLite.
   *
   * @returns `undefined` where the database has no such log, as on some network drives; every commit
   * waits for the disk there.
   */
  static takeOver(connection: Connection, clock = systemClock): WriteAheadLog | undefined {
    const { journal_mode: mode } = connection.get<{ journal_mode: string }>(
      "PRAGMA journal_mode",
    ) ?? {};
    if (mode !== "wal") return undefined;
    connection.execute("PRAGMA synchronous = NORMAL");
    return new WriteAheadLog(connection, clock);
  }

  /** Whether the disk usually answers at once. */
  get isQuick(): boolean {
    return this.#usualMs < QUICK_MS;
  }

  async sync(): Promise<void> {
    const since = this.#clock.monotonic();
    try {
      const file = this.#open();
      if (this.isQuick) file.syncDataSync();
      else await file.syncData();
      this.#usualMs += (this.#clock.monotonic() - since - this.#usualMs) / MEMORY;
    } catch (error) {
      this.#giveBack();
      throw error;
    }
  }

  syncNow(): void {
    try {
      this.#open().syncDataSync();
    } catch (error) {
      this.#giveBack();
      throw error;
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** The log is there from the first commit on, and stays the same file while the connection is open. */
  #open(): Deno.FsFile {
    this.#file ??= Deno.openSync(this.#path, { read: true, write: true });
    return this.#file;
  }

  /** After a failure nobody knows what is on disk; SQLite is to say so itself from then on. */
  #giveBack(): void {
    this.#connection.execute("PRAGMA synchronous = FULL");
  }
}

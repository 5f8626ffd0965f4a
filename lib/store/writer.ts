/**
 * Group commit: many writes, one transaction, one wait for the disk.
 *
 * A commit that must reach the disk costs more than the statements in it, so everything that was
 * asked for while the event loop was busy shares one. Nothing is acknowledged before its commit.
 *
 * @module
 */
import type { Connection } from "./connection.ts";
import { closedError, storeFailure, syncError, writeError } from "./errors.ts";
import type { CommittedLog } from "./log_sync.ts";

/** Writes in one transaction at most, so that one commit cannot hold up the event loop for long. */
const MAX_BATCH_WRITES = 128;

interface Job {
  run(): unknown;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

/** Writes whose transaction is over, and what came of each. */
interface Committed {
  readonly batch: readonly Job[];
  readonly outcomes: readonly Outcome[];
}

/** Collects synchronous writes and commits them together. */
export class GroupWriter {
  readonly #connection: Connection;
  readonly #log: CommittedLog | undefined;
  #waiting: Job[] = [];
  #committed: Committed[] = [];
  #unanswered = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  #isScheduled = false;
  #isSyncing = false;
  #isClosed = false;
  #commits = 0;
  #writes = 0;
  #failedCommits = 0;

  /** @param log Brings commits to disk; absent when SQLite does so itself. */
  constructor(connection: Connection, log?: CommittedLog) {
    this.#connection = connection;
    this.#log = log;
  }

  /** Writes that are not acknowledged yet. */
  get pending(): number {
    return this.#unanswered;
  }

  /** What was done since the start. */
  get counters(): { commits: number; writes: number; failedCommits: number } {
    return { commits: this.#commits, writes: this.#writes, failedCommits: this.#failedCommits };
  }

  /**
   * Runs `write` inside the next transaction.
   *
   * @param write Synchronous; reads see what earlier writes of the same transaction did. When it
   * throws, what it wrote is undone and the other writes stay.
   * @returns Its value, once it is on disk; reads see it a moment earlier.
   * @throws {AppError} `STORE_WRITE_FAILED` (nothing was written, or a disk that fails does not say
   * whether; the store stays usable), `STORE_CORRUPT`, or what `write` threw.
   */
  transact<T>(write: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(closedError(this.#connection.path));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run: write, resolve: (value) => resolve(value as T), reject });
      this.#unanswered++;
      this.#schedule();
    });
  }

  /** Resolves when no write waits for its answer. */
  async idle(): Promise<void> {
    if (this.#unanswered === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** Commits what waits and takes nothing more. */
  close(): void {
    this.#isClosed = true;
    while (this.#waiting.length > 0) this.#commitNext();
    if (this.#log !== undefined && this.#committed.length > 0) {
      const log = this.#log;
      this.#settle(this.#committed.splice(0), attempt(() => log.syncNow()));
    }
  }

  /** After the events at hand, so that writes they ask for come along. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#commitNext();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commitNext(): void {
    const batch = this.#waiting.splice(0, MAX_BATCH_WRITES);
    if (batch.length === 0) return;
    let outcomes: Outcome[];
    try {
      outcomes = this.#commit(batch);
    } catch (error) {
      this.#failedCommits++;
      this.#rollback();
      if (storeFailure(error) === "full") this.#shrinkLog();
      const reason = writeError(this.#connection.path, error);
      for (const job of batch) job.reject(reason);
      this.#answered(batch.length);
      return;
    }
    this.#commits++;
    this.#writes += batch.length;
    this.#committed.push({ batch, outcomes });
    if (this.#log === undefined) this.#settle(this.#committed.splice(0));
    else void this.#bringToDisk(this.#log);
  }

  /** One wait for the disk at a time; what is committed meanwhile shares the next one. */
  async #bringToDisk(log: CommittedLog): Promise<void> {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    while (this.#committed.length > 0) {
      const committed = this.#committed.splice(0);
      this.#settle(committed, await log.sync().catch((error: unknown) => ({ error })));
    }
    this.#isSyncing = false;
  }

  /** @param failure What the disk answered instead of keeping it. */
  #settle(committed: readonly Committed[], failure?: { error: unknown } | void): void {
    const reason = failure && syncError(this.#connection.path, failure.error);
    if (failure) this.#failedCommits += committed.length;
    for (const { batch, outcomes } of committed) {
      batch.forEach((job, index) => {
        const outcome = outcomes[index]!;
        if (reason) job.reject(reason);
        else if (outcome.ok) job.resolve(outcome.value);
        else job.reject(outcome.error);
      });
      this.#answered(batch.length);
    }
  }

  #answered(count: number): void {
    this.#unanswered -= count;
    if (this.#unanswered > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** @throws What SQLite threw when the transaction as a whole is lost. */
  #commit(batch: readonly Job[]): Outcome[] {
    this.#connection.run("BEGIN IMMEDIATE");
    const outcomes = batch.map((job) => this.#runInSavepoint(job));
    this.#connection.run("COMMIT");
    return outcomes;
  }

  #runInSavepoint(job: Job): Outcome {
    const connection = this.#connection;
    connection.run("SAVEPOINT one_write");
    try {
      const value = job.run();
      connection.run("RELEASE one_write");
      return { ok: true, value };
    } catch (error) {
      // After some failures SQLite has undone the whole transaction by itself.
      if (!connection.isInTransaction) throw error;
      connection.run("ROLLBACK TO one_write");
      connection.run("RELEASE one_write");
      return { ok: false, error: writeError(connection.path, error) };
    }
  }

  /** The log holds pages many times over; without it the next write may fit. */
  #shrinkLog(): void {
    try {
      this.#connection.get("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The database had to grow and could not; the log keeps everything that was acknowledged.
    }
  }

  #rollback(): void {
    try {
      if (this.#connection.isInTransaction) this.#connection.run("ROLLBACK");
    } catch {
      // Nothing is lost: the next BEGIN reports what is wrong, and nothing was acknowledged.
    }
  }
}

function attempt(work: () => void): { error: unknown } | void {
  try {
    work();
  } catch (error) {
    return { error };
  }
}

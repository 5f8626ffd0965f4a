/**
 * All jobs with their timetables: in memory for looking things up, on disk before anything counts.
 *
 * Knows nothing of timers and of runs under way.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import type { CronJob, CronRunEntry } from "../protocol/mod.ts";
import { jobNotFound } from "./errors.ts";
import { MAX_SLEEP_MS } from "./limits.ts";
import { JobTable } from "./job_table.ts";
import { catchUpTimes, interruptedRun } from "./recovery.ts";
import { RunTable } from "./run_table.ts";
import { createTimetable, type Timetable } from "./timetable.ts";
import type { CronDeps } from "./types.ts";

/** A job and when it runs. */
export interface BookEntry {
  readonly job: CronJob;
  readonly timetable: Timetable;
}

/** The jobs of a gateway. */
export class JobBook {
  readonly runs: RunTable;
  readonly #deps: CronDeps;
  readonly #jobs: JobTable;
  readonly #entries = new Map<string, BookEntry>();

  private constructor(deps: CronDeps) {
    this.#deps = deps;
    this.#jobs = new JobTable(deps.store.connection);
    this.runs = new RunTable(deps.store.connection);
  }

  /** Reads all jobs. */
  static async open(deps: CronDeps): Promise<JobBook> {
    const book = new JobBook(deps);
    for (const job of book.#jobs.all()) {
      book.#entries.set(job.id, { job, timetable: await book.timetableOf(job) });
    }
    return book;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): BookEntry | undefined {
    return this.#entries.get(id);
  }

  /** @throws {AppError} `CRON_JOB_NOT_FOUND` */
  require(id: string): BookEntry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw jobNotFound(id);
    return entry;
  }

  /** All jobs as they are now. */
  entries(): BookEntry[] {
    return [...this.#entries.values()];
  }

  /**
   * Reads the schedule of a job. One that cannot be read never comes, unless the caller wants to know.
   *
   * @throws {AppError} `CRON_JOB_INVALID` when `isStrict`.
   */
  async timetableOf(job: CronJob, isStrict = false): Promise<Timetable> {
    const { timeZone } = this.#deps.settings();
    const context = { jobId: job.id, timeZone };
    if (isStrict) return await createTimetable(job.schedule, context);
    try {
      const timetable = await createTimetable(job.schedule, { ...context, isLazy: true });
      return { next: (ms) => this.#nextOrNever(job, () => timetable.next(ms)) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { next: this.#never(job, error) };
    }
  }

  /** The next time; never, with a line in the log, when the schedule turns out to be none. */
  #nextOrNever(job: CronJob, next: () => number | undefined): number | undefined {
    try {
      return next();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return this.#never(job, error)();
    }
  }

  #never(job: CronJob, { message }: AppError): () => undefined {
    this.#deps.log.warn(`cron job "${job.name}" (${job.id}) never runs: ${message}`);
    return () => undefined;
  }

  /** Reads all schedules again, for another time zone. */
  async rereadSchedules(): Promise<void> {
    for (const { job } of this.entries()) {
      const timetable = await this.timetableOf(job);
      const now = this.#entries.get(job.id);
      if (now !== undefined) this.#entries.set(job.id, { job: now.job, timetable });
    }
  }

  /** Adds a job or replaces it; on disk when this resolves. */
  async save(job: CronJob, timetable: Timetable): Promise<void> {
    await this.#deps.store.transact(() => this.#jobs.save(job));
    this.#entries.set(job.id, { job, timetable });
  }

  /** A job whose run the disk does not take must not begin again at once. */
  keepOutOfTheWay(id: string, now: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { runningAtMs: _over, ...state } = entry.job.state;
    const next = entry.timetable.next(now + MAX_SLEEP_MS);
    this.#entries.set(id, { ...entry, job: withNext({ ...entry.job, state }, next) });
  }

  /** Removes a job. */
  async delete(id: string): Promise<void> {
    await this.#deps.store.transact(() => this.#jobs.delete(id));
    this.#entries.delete(id);
  }

  /** Adds a finished run to the log, together with what becomes of its job. */
  async finish(entry: CronRunEntry, { job, timetable }: BookEntry, isGone: boolean): Promise<void> {
    await this.#deps.store.transact(() => {
      if (isGone) this.#jobs.delete(job.id);
      else this.#jobs.save(job);
      this.runs.add(entry, job.name, this.#deps.settings());
    });
    if (isGone) this.#entries.delete(job.id);
    else this.#entries.set(job.id, { job, timetable });
  }

  /** Records what a dead process left unfinished, and plans what was missed meanwhile. */
  async recover(): Promise<void> {
    const now = this.#deps.clock.now();
    const finished: [CronRunEntry, name: string][] = [];
    const changed: BookEntry[] = [];
    const missed: BookEntry[] = [];
    for (const entry of this.#entries.values()) {
      const { job, timetable } = entry;
      if (job.state.runningAtMs !== undefined) {
        const after = interruptedRun(job, timetable, now);
        finished.push([after.entry, job.name]);
        changed.push({ job: after.job, timetable });
      } else if (isDue(job, now)) missed.push(entry);
      else if (job.enabled && job.state.nextRunAtMs === undefined) {
        changed.push({ job: withNext(job, firstTime(job, timetable, now)), timetable });
      }
    }
    const times = catchUpTimes(missed.map(({ job }) => job), now);
    for (const { job, timetable } of missed) {
      const next = times.get(job.id) ?? timetable.next(now);
      changed.push({ job: withNext(job, next), timetable });
    }
    await this.#saveAll(changed, finished);
  }

  /** The clock was put back: times that were worked out with the old one may be far away. */
  async rescheduleAll(now: number): Promise<void> {
    const moved = this.entries()
      .filter(({ job }) => job.enabled && job.schedule.kind !== "at")
      .map(({ job, timetable }) => ({ job: withNext(job, timetable.next(now)), timetable }));
    await this.#saveAll(moved, []);
  }

  async #saveAll(
    entries: readonly BookEntry[],
    finished: readonly [CronRunEntry, name: string][],
  ): Promise<void> {
    if (entries.length === 0) return;
    await this.#deps.store.transact(() => {
      for (const { job } of entries) this.#jobs.save(job);
      for (const [entry, name] of finished) this.runs.add(entry, name, this.#deps.settings());
    });
    for (const entry of entries) this.#entries.set(entry.job.id, entry);
  }
}

/** When a job runs that has no time yet. A one-shot job whose moment has just gone by runs at once. */
function firstTime(job: CronJob, timetable: Timetable, now: number): number | undefined {
  const next = timetable.next(now);
  if (next !== undefined || job.schedule.kind !== "at") return next;
  return job.state.lastRunAtMs === undefined ? now : undefined;
}

/** A job with another next time; without one when it is absent. */
export function withNext(job: CronJob, next: number | undefined): CronJob {
  const { nextRunAtMs: _old, ...state } = job.state;
  return { ...job, state: next === undefined ? state : { ...state, nextRunAtMs: next } };
}

/** Whether the time of a job has come. */
export function isDue({ enabled, state }: CronJob, now: number): boolean {
  return enabled && state.nextRunAtMs !== undefined && state.nextRunAtMs <= now;
}

/** A job with its first time; without one when it is disabled. */
export function planned(job: CronJob, timetable: Timetable, now: number): CronJob {
  return withNext(job, job.enabled ? firstTime(job, timetable, now) : undefined);
}

/** The next time of a job, as events carry it. */
export function nextOf({ state }: CronJob): { nextRunAtMs?: number } {
  return state.nextRunAtMs === undefined ? {} : { nextRunAtMs: state.nextRunAtMs };
}

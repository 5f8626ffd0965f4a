/**
 * The scheduler: runs jobs at their times, and remembers what came of it.
 *
 * Every change is on disk before it is told to anybody. One timer serves all jobs.
 *
 * @module
 */
import { errorMessage, KeyedQueue, randomId } from "../base/mod.ts";
import type {
  CronEventPayload,
  CronFailureAlert,
  CronJob,
  CronRunEntry,
  CronRunResult,
  CronStatusResult,
} from "../protocol/mod.ts";
import { Alarm } from "./alarm.ts";
import { afterRun, type FinishedRun, runEntry } from "./after_run.ts";
import { dueAlert } from "./failure_alert.ts";
import { isDue, JobBook, nextOf, planned } from "./job_book.ts";
import { type JobQuery, listJobs } from "./job_list.ts";
import { createJob, type JobPatch, type NewJob, patchJob } from "./job_spec.ts";
import { CLOCK_JUMP_MS, MAX_SLEEP_MS } from "./limits.ts";
import type { RunQuery } from "./run_table.ts";
import { outcomeWithin } from "./outcome.ts";
import type { CronDeps } from "./types.ts";

/** All jobs of a gateway; end it with {@linkcode CronService.close}. */
export class CronService {
  readonly #deps: CronDeps;
  readonly #book: JobBook;
  readonly #changes = new KeyedQueue();
  /** Ids of the jobs that are being run. */
  readonly #running = new Set<string>();
  /** What {@linkcode CronService.close} waits for. */
  readonly #underWay = new Set<Promise<void>>();
  readonly #alarm: Alarm;
  #lastLookAt: number;
  #manualRuns = 0;
  #isStarted = false;
  #isClosing = false;

  private constructor(deps: CronDeps, book: JobBook) {
    this.#deps = deps;
    this.#book = book;
    this.#lastLookAt = deps.clock.now();
    this.#alarm = new Alarm(() => this.#ring(), deps.later);
  }

  /** Reads the jobs; nothing runs before {@linkcode CronService.start}. */
  static async open(deps: CronDeps): Promise<CronService> {
    return new CronService(deps, await JobBook.open(deps));
  }

  /** Records what the last process left unfinished, sees what was missed, and begins to wait. */
  async start(): Promise<void> {
    await this.#book.recover();
    this.#isStarted = true;
    this.#arm();
  }

  /** Begins no further runs and waits for those under way, which somebody else ends. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#alarm.clear();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Takes a changed configuration into account. */
  async reload(): Promise<void> {
    await this.#book.rereadSchedules();
    this.#arm();
  }

  /** Whether a job is being run now. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Number of jobs that are being run now. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** @throws {AppError} `CRON_JOB_NOT_FOUND` */
  get(id: string): CronJob {
    return this.#book.require(id).job;
  }

  /** A page of the jobs that match. */
  list(query: JobQuery, defaultAgentId: string) {
    return listJobs(this.#book.entries().map(({ job }) => job), query, defaultAgentId);
  }

  /** A page of the finished runs that match. */
  runs(query: RunQuery) {
    return this.#book.runs.list(query);
  }

  /** Whether jobs run, how many there are, and when the next one does. */
  status(): CronStatusResult {
    const { isEnabled } = this.#deps.settings();
    return {
      enabled: isEnabled,
      storePath: this.#deps.store.path,
      jobs: this.#book.size,
      nextWakeAtMs: isEnabled ? this.#nextTime() ?? null : null,
    };
  }

  /** Adds a job. @throws {AppError} `CRON_JOB_INVALID`, `STORE_WRITE_FAILED` */
  async add(given: NewJob): Promise<CronJob> {
    const now = this.#deps.clock.now();
    const draft = createJob(given, randomId(), now);
    const timetable = await this.#book.timetableOf(draft, true);
    const job = planned(draft, timetable, now);
    await this.#book.save(job, timetable);
    this.#tell({ jobId: job.id, action: "added", job, ...nextOf(job) });
    return job;
  }

  /** Changes a job. @throws {AppError} `CRON_JOB_NOT_FOUND`, `CRON_JOB_INVALID`, `STORE_WRITE_FAILED` */
  update(id: string, patch: JobPatch): Promise<CronJob> {
    return this.#changes.run(id, async () => {
      const old = this.#book.require(id);
      const now = this.#deps.clock.now();
      const draft = patchJob(old.job, patch, now);
      const isMoved = patch.schedule !== undefined || patch.enabled !== undefined;
      const timetable = isMoved ? await this.#book.timetableOf(draft, true) : old.timetable;
      const job = isMoved ? planned(draft, timetable, now) : draft;
      await this.#book.save(job, timetable);
      this.#tell({ jobId: id, action: "updated", job, ...nextOf(job) });
      return job;
    });
  }

  /** Removes a job; a run under way goes on. Answers whether there was one. */
  remove(id: string): Promise<boolean> {
    return this.#changes.run(id, async () => {
      const entry = this.#book.get(id);
      if (entry === undefined) return false;
      await this.#book.delete(id);
      this.#tell({ jobId: id, action: "removed", job: entry.job });
      return true;
    });
  }

  /**
   * Runs a job now. It is marked as running on disk when this answers; the run goes on by itself.
   *
   * @param mode `due` runs it only if its time has come.
   * @throws {AppError} `CRON_JOB_NOT_FOUND`, `STORE_WRITE_FAILED`
   */
  async runNow(id: string, mode: "due" | "force"): Promise<CronRunResult> {
    const { job } = this.#book.require(id);
    const now = this.#deps.clock.now();
    if (this.#running.has(id)) return { ok: true, ran: false, reason: "already-running" };
    if (mode === "due" && !isDue(job, now)) return { ok: true, ran: false, reason: "not-due" };
    const runId = `manual:${id}:${now}:${++this.#manualRuns}`;
    await this.#begin(id, runId);
    return { ok: true, enqueued: true, runId };
  }

  #tell(event: CronEventPayload): void {
    this.#deps.emit(event);
    this.#arm();
  }

  /** Sleeps until the next job. */
  #arm(): void {
    this.#alarm.clear();
    if (!this.#isStarted || this.#isClosing || !this.#deps.settings().isEnabled) return;
    const next = this.#nextTime();
    if (next !== undefined && !this.#isFull()) this.#alarm.set(next - this.#deps.clock.now());
  }

  #ring(): void {
    this.#look().catch((error) => {
      this.#deps.log.error(`cannot begin what is due: ${errorMessage(error)}`);
      if (!this.#isClosing) this.#alarm.set(MAX_SLEEP_MS);
    });
  }

  /** The next time of a job that is not under way. */
  #nextTime(): number | undefined {
    const times = this.#book.entries()
      .filter(({ job }) => job.enabled && !this.#running.has(job.id))
      .flatMap(({ job }) => job.state.nextRunAtMs ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #isFull(): boolean {
    return this.#running.size >= this.#deps.settings().maxConcurrentRuns;
  }

  /** Begins what is due, as much as may run at once. */
  async #look(): Promise<void> {
    const now = this.#deps.clock.now();
    if (now < this.#lastLookAt - CLOCK_JUMP_MS) {
      this.#deps.log.warn("the clock went back, all times are worked out again");
      await this.#book.rescheduleAll(now);
    }
    this.#lastLookAt = now;
    const due = this.#book.entries().filter(({ job }) => isDue(job, now))
      .sort((a, b) => (a.job.state.nextRunAtMs ?? 0) - (b.job.state.nextRunAtMs ?? 0));
    for (const { job: { id } } of due) {
      if (this.#isFull() || this.#isClosing) break;
      if (!this.#isStillDue(id, now)) continue;
      await this.#begin(id, `cron:${id}:${now}`, (job) => isDue(job, now));
    }
    this.#arm();
  }

  /** Whether a job is there, is due, and is not being run. */
  #isStillDue(id: string, now: number): boolean {
    const entry = this.#book.get(id);
    return entry !== undefined && isDue(entry.job, now) && !this.#running.has(id);
  }

  /**
   * Marks a job as running, on disk; the run then goes on by itself.
   *
   * @param isWanted Asked at the last moment: the job may have been changed, or removed, meanwhile.
   */
  async #begin(
    id: string,
    runId: string,
    isWanted: ((job: CronJob) => boolean) | undefined = undefined,
  ): Promise<void> {
    this.#running.add(id);
    try {
      const job = await this.#changes.run(id, async () => {
        const entry = isWanted === undefined ? this.#book.require(id) : this.#book.get(id);
        if (entry === undefined || isWanted?.(entry.job) === false) return undefined;
        const { job: old, timetable } = entry;
        const state = { ...old.state, runningAtMs: this.#deps.clock.now() };
        const running = { ...old, state };
        await this.#book.save(running, timetable);
        return running;
      });
      if (job === undefined) return void this.#running.delete(id);
      const { runningAtMs } = job.state;
      this.#deps.emit({ jobId: id, action: "started", job, runAtMs: runningAtMs, runId });
      const work = this.#carryOut(job, runId, runningAtMs)
        .finally(() => void this.#underWay.delete(work));
      this.#underWay.add(work);
    } catch (error) {
      this.#running.delete(id);
      throw error;
    }
  }

  async #carryOut(job: CronJob, runId: string, startedAt: number): Promise<void> {
    const outcome = await outcomeWithin(
      this.#deps.execute,
      { job, runId, startedAt },
      () => this.#isClosing,
    );
    // What the gateway's own stop cut off is recorded by the next start.
    if (this.#isClosing && outcome.isCutOff) return;
    const endedAt = this.#deps.clock.now();
    const run: FinishedRun = { runId, outcome, schedule: job.schedule, startedAt, endedAt };
    try {
      const alert = await this.#changes.run(job.id, () => this.#record(job, run));
      this.#arm();
      await alert?.();
    } catch (error) {
      this.#deps.log.error(`cannot record a run of job "${job.name}": ${errorMessage(error)}`);
      this.#arm();
    }
  }

  /** Writes down how a run went, and tells of it. What it answers tells of failures, if need be. */
  async #record(started: CronJob, run: FinishedRun): Promise<(() => Promise<void>) | undefined> {
    const { settings, emit } = this.#deps;
    const current = this.#book.get(started.id);
    const timetable = current?.timetable ?? { next: () => undefined };
    const { job, isDone } = afterRun(current?.job ?? started, run, timetable, settings().retry);
    const alert = dueAlert(job, settings().failureAlert, run.endedAt);
    if (alert !== undefined) job.state.lastFailureAlertAtMs = run.endedAt;
    const entry = runEntry(job, run);
    const isGone = current === undefined || isDone;
    try {
      await this.#book.finish(entry, { job, timetable }, isGone);
    } catch (error) {
      this.#book.keepOutOfTheWay(started.id, run.endedAt);
      throw error;
    } finally {
      // Whoever hears of the end may begin the next run at once.
      this.#running.delete(started.id);
    }
    const { ts: _ts, ...event } = entry;
    emit({ ...event, job });
    if (current !== undefined && isGone) emit({ jobId: job.id, action: "removed", job });
    return alert === undefined || isGone ? undefined : () => this.#alert(job, alert, entry);
  }

  async #alert(job: CronJob, alert: CronFailureAlert, entry: CronRunEntry): Promise<void> {
    if (await this.#deps.alert(job, alert, entry)) return;
    await this.#forgetAlert(job.id, entry.ts);
  }

  /** Nobody was told: the next failure tries again. */
  #forgetAlert(id: string, at: number): Promise<void> {
    return this.#changes.run(id, async () => {
      const entry = this.#book.get(id);
      if (entry?.job.state.lastFailureAlertAtMs !== at) return;
      const { lastFailureAlertAtMs: _untold, ...state } = entry.job.state;
      await this.#book.save({ ...entry.job, state }, entry.timetable);
    });
  }
}

/**
 * The table of scheduled jobs.
 *
 * @module
 */
import type { CronJob, CronJobState } from "../protocol/mod.ts";
import type { Connection } from "../store/mod.ts";

interface Columns {
  job: string;
  state: string;
}

/** Reads and writes rows of `cron_jobs`; every writing method belongs inside a transaction. */
export class JobTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** All jobs, oldest first. */
  all(): CronJob[] {
    const sql = "SELECT job, state FROM cron_jobs ORDER BY created_at, id";
    return this.#connection.all<Columns>(sql).map(({ job, state }) => ({
      ...JSON.parse(job) as Omit<CronJob, "state">,
      state: JSON.parse(state) as CronJobState,
    }));
  }

  /** Whether there is a job of that id. */
  has(id: string): boolean {
    return this.#connection.get("SELECT 1 FROM cron_jobs WHERE id = ?", id) !== undefined;
  }

  /** Adds a job or replaces it. */
  save({ state, ...job }: CronJob): void {
    this.#connection.run(
      `INSERT INTO cron_jobs (id, job, state, created_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET job = excluded.job, state = excluded.state`,
      job.id,
      JSON.stringify(job),
      JSON.stringify(state),
      job.createdAtMs,
    );
  }

  /** Removes a job; what it did stays known. */
  delete(id: string): void {
    this.#connection.run("DELETE FROM cron_jobs WHERE id = ?", id);
  }
}

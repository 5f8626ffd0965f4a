/**
 * The table of finished runs.
 *
 * @module
 */
import { type CronRunEntry, type CronRunsResult, MAX_CRON_ROWS } from "../protocol/mod.ts";
import type { Connection, SqlValue } from "../store/mod.ts";
import { DEFAULT_RUN_ROWS, REMOVED_JOB_RUNS_MS } from "./limits.ts";
import { pageOf } from "./page.ts";

/** Runs between two looks for those of removed jobs. */
const PRUNE_EVERY = 256;

/** Which runs to list. */
export interface RunQuery {
  /** Runs of all jobs when absent. */
  jobId?: string | undefined;
  statuses?: readonly string[] | undefined;
  deliveryStatuses?: readonly string[] | undefined;
  /** Part of summary, error or name, in any case. */
  query?: string | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
  sortDir?: "asc" | "desc" | undefined;
}

/** How much is kept of each job. */
export interface RunLogLimits {
  readonly keepRuns: number;
  readonly keepBytes: number;
}

/** Reads and writes rows of `cron_runs`; every writing method belongs inside a transaction. */
export class RunTable {
  readonly #connection: Connection;
  #untilPrune = 1;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds a run, and forgets the oldest of its job beyond the limits. */
  add(entry: CronRunEntry, jobName: string, { keepRuns, keepBytes }: RunLogLimits): void {
    this.#connection.run(
      `INSERT INTO cron_runs (job_id, ts, status, delivery_status, job_name, entry)
        VALUES (?, ?, ?, ?, ?, ?)`,
      entry.jobId,
      entry.ts,
      entry.status,
      entry.deliveryStatus ?? null,
      jobName,
      JSON.stringify(entry),
    );
    this.#connection.run(
      `DELETE FROM cron_runs WHERE job_id = ? AND row <= (SELECT max(row) FROM (
        SELECT row, row_number() OVER newest AS place, sum(octet_length(entry)) OVER newest AS bytes
          FROM cron_runs WHERE job_id = ? WINDOW newest AS (ORDER BY row DESC))
        WHERE place > ? OR (bytes > ? AND place > 1))`,
      entry.jobId,
      entry.jobId,
      keepRuns,
      keepBytes,
    );
    if (--this.#untilPrune > 0) return;
    this.#untilPrune = PRUNE_EVERY;
    this.#pruneRemoved(entry.ts - REMOVED_JOB_RUNS_MS);
  }

  /** Forgets old runs of jobs that are not there any more: nothing else bounds their number. */
  #pruneRemoved(before: number): void {
    this.#connection.run(
      `DELETE FROM cron_runs WHERE row IN (SELECT row FROM cron_runs AS run WHERE ts < ?
        AND NOT EXISTS (SELECT 1 FROM cron_jobs AS job WHERE job.id = run.job_id) LIMIT ?)`,
      before,
      2 * PRUNE_EVERY,
    );
  }

  /** A page of the runs that match, newest first unless told otherwise. */
  list(query: RunQuery): CronRunsResult {
    const { where, values } = conditions(query);
    const limit = Math.min(query.limit ?? DEFAULT_RUN_ROWS, MAX_CRON_ROWS);
    const offset = query.offset ?? 0;
    const direction = query.sortDir === "asc" ? "ASC" : "DESC";
    const total = this.#connection.number(`SELECT count(*) FROM cron_runs${where}`, ...values);
    const rows = this.#connection.all<{ entry: string; name: string | null }>(
      `SELECT entry, job_name AS name FROM cron_runs${where}
        ORDER BY ts ${direction}, row ${direction} LIMIT ? OFFSET ?`,
      ...values,
      limit,
      offset,
    );
    const entries = rows.map(({ entry, name }): CronRunEntry => ({
      ...JSON.parse(entry) as CronRunEntry,
      ...(query.jobId === undefined && name !== null ? { jobName: name } : {}),
    }));
    return { entries, ...pageOf(total, offset, limit) };
  }
}

function conditions(query: RunQuery): { where: string; values: SqlValue[] } {
  const parts: string[] = [];
  const values: SqlValue[] = [];
  if (query.jobId !== undefined) {
    parts.push("job_id = ?");
    values.push(query.jobId);
  }
  const among = (column: string, wanted: readonly string[] | undefined) => {
    if (wanted === undefined || wanted.length === 0) return;
    parts.push(`${column} IN (SELECT value FROM json_each(?))`);
    values.push(JSON.stringify(wanted));
  };
  among("status", query.statuses);
  among("delivery_status", query.deliveryStatuses);
  const text = query.query?.trim();
  if (text) {
    const [written, pattern] = [JSON.stringify(text).slice(1, -1), text].map((part) =>
      `%${part.replace(/[\\%_]/g, "\\$&")}%`
    ) as [string, string];
    // The entry as a whole first: taking all of them apart would take five times as long.
    parts.push(
      `(job_name LIKE ? ESCAPE '\\' OR job_id LIKE ? ESCAPE '\\' OR entry LIKE ? ESCAPE '\\'
      AND (entry ->> '$.summary' LIKE ? ESCAPE '\\' OR entry ->> '$.error' LIKE ? ESCAPE '\\'))`,
    );
    values.push(pattern, pattern, written, pattern, pattern);
  }
  return { where: parts.length === 0 ? "" : ` WHERE ${parts.join(" AND ")}`, values };
}

/**
 * Which jobs a list shows, and in which order.
 *
 * @module
 */
import { type CronJob, MAX_CRON_ROWS } from "../protocol/mod.ts";
import { invalidJob } from "./errors.ts";
import { pageOf } from "./page.ts";

/** What a list may be asked for; all of it optional. */
export interface JobQuery {
  includeDisabled?: boolean | undefined;
  enabled?: "all" | "enabled" | "disabled" | undefined;
  query?: string | undefined;
  agentId?: string | undefined;
  sortBy?: string | undefined;
  sortDir?: "asc" | "desc" | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

const SORT_KEYS: Readonly<Record<string, (job: CronJob) => string | number>> = {
  // A job without a next time comes last.
  nextRunAtMs: ({ state }) => state.nextRunAtMs ?? Number.MAX_SAFE_INTEGER,
  updatedAtMs: ({ updatedAtMs }) => updatedAtMs,
  createdAtMs: ({ createdAtMs }) => createdAtMs,
  name: ({ name }) => name.toLowerCase(),
};

/**
 * A page of the jobs that match, the next one to run first unless told otherwise.
 *
 * @param defaultAgentId The agent of jobs that name none.
 * @throws {AppError} `CRON_JOB_INVALID` for an order that is not known.
 */
export function listJobs(jobs: Iterable<CronJob>, query: JobQuery, defaultAgentId: string) {
  const sortBy = query.sortBy ?? "nextRunAtMs";
  const keyOf = Object.hasOwn(SORT_KEYS, sortBy) ? SORT_KEYS[sortBy] : undefined;
  if (keyOf === undefined) {
    const known = Object.keys(SORT_KEYS).join(", ");
    throw invalidJob(`invalid cron.list params: at /sortBy: must be one of: ${known}`);
  }
  const wanted = query.enabled ?? (query.includeDisabled ? "all" : "enabled");
  const text = query.query?.trim().toLowerCase() ?? "";
  const found = [...jobs].filter((job) =>
    (wanted === "all" || job.enabled === (wanted === "enabled")) &&
    (!query.agentId || (job.agentId ?? defaultAgentId) === query.agentId.toLowerCase()) &&
    (text === "" || textsOf(job).some((each) => each.toLowerCase().includes(text)))
  );
  const direction = query.sortDir === "desc" ? -1 : 1;
  found.sort((a, b) => direction * compare(keyOf(a), keyOf(b)) || compare(a.id, b.id));
  const limit = Math.min(query.limit ?? MAX_CRON_ROWS, MAX_CRON_ROWS);
  const offset = query.offset ?? 0;
  return { jobs: found.slice(offset, offset + limit), ...pageOf(found.length, offset, limit) };
}

function textsOf({ id, name, description = "", agentId = "", payload }: CronJob): string[] {
  const said = payload.kind === "systemEvent" ? payload.text : payload.message;
  return [id, name, description, agentId, said];
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

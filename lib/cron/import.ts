/**
 * Takes over the jobs of an earlier gateway, once; its files stay as they are.
 *
 * `jobs.json` has the jobs, `jobs-state.json` what has become of them, `runs/<id>.jsonl` their log.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { type Clock, errorMessage, isObject, parseJsonOrUndefined } from "../base/mod.ts";
import { readTextFileIfExists } from "../platform/mod.ts";
import type { CronJob, CronJobState, CronRunEntry } from "../protocol/mod.ts";
import { validateParams } from "../protocol/methods/mod.ts";
import type { Writing } from "../store/mod.ts";
import { createJob } from "./job_spec.ts";
import { JobTable } from "./job_table.ts";
import { IMPORTED_KEY } from "./presence.ts";
import { type RunLogLimits, RunTable } from "./run_table.ts";

/** What was taken over. */
export interface CronImport {
  jobs: number;
  runs: number;
  /** What could not be used, with the reason. */
  unusable: { what: string; reason: string }[];
}

interface Found {
  job: CronJob;
  runs: CronRunEntry[];
}

const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/**
 * Imports a job file and what lies beside it. Jobs that the store knows already are not touched. A
 * file that is no JSON is tried again at the next start; a job that cannot be used is left out.
 *
 * @param options With `isRepeat`, files are looked at though they were taken over, and are not marked.
 * @throws {AppError} `PERMISSION_DENIED`, `IO_ERROR`, `STORE_WRITE_FAILED`
 */
export async function importCronFiles(
  jobFile: string,
  store: Writing,
  clock: Clock,
  limits: RunLogLimits,
  { isRepeat = false }: { isRepeat?: boolean } = {},
): Promise<CronImport> {
  const result: CronImport = { jobs: 0, runs: 0, unusable: [] };
  const { connection } = store;
  const isDone = connection.get("SELECT 1 FROM meta WHERE key = ?", IMPORTED_KEY) !== undefined;
  if (isDone && !isRepeat) return result;
  const text = await readTextFileIfExists(jobFile);
  if (text === undefined) return result;
  const file = parseJsonOrUndefined(text);
  const jobs = isObject(file) ? file.jobs : file;
  if (!Array.isArray(jobs)) {
    return { ...result, unusable: [{ what: jobFile, reason: "it holds no list of jobs" }] };
  }
  const states = await readStates(jobFile);
  const found: Found[] = [];
  for (const given of jobs) {
    const job = readJob(given, states, clock.now());
    if (typeof job === "string") result.unusable.push({ what: nameOf(given), reason: job });
    else found.push({ job, runs: await readRuns(jobFile, job.id, limits.keepRuns) });
  }
  const table = new JobTable(connection);
  const log = new RunTable(connection);
  return await store.transact(() => {
    for (const { job, runs } of found.filter(({ job }) => !table.has(job.id))) {
      table.save(job);
      for (const entry of runs) log.add(entry, job.name, limits);
      result.jobs++;
      result.runs += runs.length;
    }
    if (isRepeat) return result;
    connection.run(
      "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
      IMPORTED_KEY,
      String(clock.now()),
    );
    return result;
  });
}

/** A job as it stands in the file, with its state; a text says why it cannot be used. */
function readJob(given: unknown, states: Map<string, CronJobState>, now: number): CronJob | string {
  if (!isObject(given)) return "it is not an object";
  const { id, state, createdAtMs, updatedAtMs, ...fields } = given;
  if (typeof id !== "string" || !JOB_ID.test(id)) return "its id is missing or malformed";
  const known = Object.fromEntries(Object.entries(fields).filter(([name]) => FIELDS.has(name)));
  const valid = validateParams("cron.add", known);
  if (!valid.ok) return valid.error.message.replace(/^invalid cron\.add params: /, "");
  const created = moment(createdAtMs) ?? now;
  try {
    // Seen from its creation: that its moment has gone by is no reason to refuse it.
    const job = createJob(valid.params, id, created);
    return {
      ...job,
      updatedAtMs: moment(updatedAtMs) ?? created,
      state: states.get(id) ?? stateOf(state),
    };
  } catch (error) {
    return errorMessage(error);
  }
}

const FIELDS = new Set([
  "name",
  "agentId",
  "sessionKey",
  "description",
  "enabled",
  "deleteAfterRun",
  "schedule",
  "sessionTarget",
  "wakeMode",
  "payload",
  "delivery",
  "failureAlert",
]);

async function readStates(jobFile: string): Promise<Map<string, CronJobState>> {
  const path = jobFile.replace(/(\.json)?$/, "-state.json");
  const text = await readTextFileIfExists(path);
  const file = text === undefined ? undefined : parseJsonOrUndefined(text);
  const jobs = isObject(file) && isObject(file.jobs) ? file.jobs : {};
  return new Map(
    Object.entries(jobs).map(([id, row]) => [id, stateOf(isObject(row) ? row.state : undefined)]),
  );
}

const STATE_NUMBERS = [
  "nextRunAtMs",
  "runningAtMs",
  "lastRunAtMs",
  "lastDurationMs",
  "consecutiveErrors",
  "consecutiveSkipped",
  "lastFailureAlertAtMs",
] as const;

/** The parts of a state that are understood. */
function stateOf(value: unknown): CronJobState {
  const given = isObject(value) ? value : {};
  const state: CronJobState = {};
  for (const name of STATE_NUMBERS) {
    const number = moment(given[name]);
    if (number !== undefined) state[name] = number;
  }
  const status = given.lastRunStatus ?? given.lastStatus;
  if (status === "ok" || status === "error" || status === "skipped") {
    state.lastRunStatus = status;
    state.lastStatus = status;
  }
  if (typeof given.lastError === "string") state.lastError = given.lastError;
  return state;
}

async function readRuns(jobFile: string, id: string, keep: number): Promise<CronRunEntry[]> {
  const text = await readTextFileIfExists(join(dirname(jobFile), "runs", `${id}.jsonl`));
  const lines = text?.split("\n").filter((line) => line.trim() !== "").slice(-keep) ?? [];
  return lines.flatMap((line) => {
    const entry = parseJsonOrUndefined(line);
    const isRun = isObject(entry) && entry.jobId === id && moment(entry.ts) !== undefined &&
      typeof entry.status === "string";
    // The lines were written by the program whose format this is.
    return isRun ? [entry as unknown as CronRunEntry] : [];
  });
}

function nameOf(given: unknown): string {
  const id = isObject(given) ? given.id ?? given.name : undefined;
  return typeof id === "string" ? `job "${id}"` : "a job without id";
}

function moment(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

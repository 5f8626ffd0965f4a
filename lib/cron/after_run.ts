/**
 * What becomes of a job after a run: its state, its next time, whether it stays. Pure.
 *
 * @module
 */
import type { CronJob, CronJobState, CronRunEntry, CronSchedule } from "../protocol/mod.ts";
import { MIN_REFIRE_MS, RECURRING_BACKOFF_MS } from "./limits.ts";
import type { Timetable } from "./timetable.ts";
import type { CronOutcome, CronSettings } from "./types.ts";

/** A run that is over. */
export interface FinishedRun {
  runId: string;
  outcome: CronOutcome;
  /** The schedule that it was begun for; the job may have another one meanwhile. */
  schedule?: CronSchedule;
  /** Milliseconds since the epoch. */
  startedAt: number;
  endedAt: number;
}

/** A job after a run. */
export interface AfterRun {
  job: CronJob;
  /** Whether it has done what it was there for. */
  isDone: boolean;
}

/**
 * A job with the outcome of a run and the time of its next one.
 *
 * A failed one-shot job is tried again where trying again may help, and is disabled otherwise. A failed
 * recurring job waits longer with each failure in a row.
 */
export function afterRun(
  job: CronJob,
  run: FinishedRun,
  timetable: Timetable,
  retry: CronSettings["retry"],
): AfterRun {
  const state = stateAfter(job.state, run);
  const after: CronJob = { ...job, updatedAtMs: run.endedAt, state };
  const failures = state.consecutiveErrors ?? 0;
  const { status, errorKind } = run.outcome;
  if (job.schedule.kind === "at") {
    const upcoming = timetable.next(run.endedAt);
    const isMoved = JSON.stringify(job.schedule) !== JSON.stringify(run.schedule ?? job.schedule);
    // It ran before its time, or has got another one: that one still comes.
    if (upcoming !== undefined && job.enabled && (isMoved || status !== "ok")) {
      state.nextRunAtMs = upcoming;
      return { job: after, isDone: false };
    }
    const mayRetry = status === "error" && errorKind !== undefined &&
      retry.retryOn.includes(errorKind) && failures <= retry.maxAttempts;
    if (mayRetry && job.enabled) {
      state.nextRunAtMs = run.endedAt + pause(retry.backoffMs, failures);
      return { job: after, isDone: false };
    }
    delete state.nextRunAtMs;
    after.enabled = false;
    return { job: after, isDone: status === "ok" && job.deleteAfterRun === true };
  }
  const next = timetable.next(Math.max(run.endedAt, run.startedAt + MIN_REFIRE_MS - 1));
  delete state.nextRunAtMs;
  if (next === undefined) after.enabled = false;
  else if (after.enabled) {
    const earliest = status === "error" ? run.endedAt + pause(RECURRING_BACKOFF_MS, failures) : 0;
    state.nextRunAtMs = Math.max(next, earliest);
  }
  return { job: after, isDone: false };
}

/** The line of the run log. */
export function runEntry(job: CronJob, { runId, outcome, startedAt, endedAt }: FinishedRun) {
  const { status, summary, error, deliveryStatus, deliveryError } = outcome;
  const { nextRunAtMs, lastDiagnostics } = job.state;
  const entry: CronRunEntry = {
    ts: endedAt,
    jobId: job.id,
    action: "finished",
    status,
    runId,
    runAtMs: startedAt,
    durationMs: Math.max(0, endedAt - startedAt),
    deliveryStatus: deliveryStatus ?? "unknown",
    delivered: deliveryStatus === "delivered",
  };
  const more = {
    summary,
    error,
    deliveryError,
    nextRunAtMs,
    diagnostics: lastDiagnostics,
    delivery: outcome.delivery,
    sessionId: outcome.sessionId,
    sessionKey: outcome.sessionKey,
    model: outcome.model,
    provider: outcome.provider,
    usage: outcome.usage,
  };
  return Object.assign(entry, withoutAbsent(more));
}

function stateAfter(old: CronJobState, run: FinishedRun): CronJobState {
  const { outcome, startedAt, endedAt } = run;
  const { status, error, deliveryStatus, deliveryError } = outcome;
  const state: CronJobState = {
    ...old,
    lastRunAtMs: startedAt,
    lastRunStatus: status,
    lastStatus: status,
    lastDurationMs: Math.max(0, endedAt - startedAt),
    lastDeliveryStatus: deliveryStatus ?? "unknown",
    consecutiveErrors: status === "error" ? (old.consecutiveErrors ?? 0) + 1 : 0,
    consecutiveSkipped: status === "skipped" ? (old.consecutiveSkipped ?? 0) + 1 : 0,
  };
  for (
    const name of [
      "runningAtMs",
      "lastError",
      "lastDeliveryError",
      "lastDiagnostics",
      "lastDiagnosticSummary",
    ] as const
  ) delete state[name];
  if (deliveryError !== undefined) state.lastDeliveryError = deliveryError;
  if (error !== undefined) state.lastError = error;
  const message = error ?? deliveryError;
  if (message !== undefined) {
    const source = error === undefined ? "delivery" : "agent-run";
    const severity = error === undefined ? "warn" : "error";
    state.lastDiagnosticSummary = message;
    state.lastDiagnostics = {
      summary: message,
      entries: [{ ts: endedAt, source, severity, message }],
    };
  }
  return state;
}

/** The pause after the `count`-th failure in a row; the last one of the list goes on. */
function pause(pauses: readonly number[], count: number): number {
  return pauses[Math.min(count, pauses.length) - 1] ?? 0;
}

type Present<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function withoutAbsent<T extends object>(fields: T): Present<T> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Present<T>;
}

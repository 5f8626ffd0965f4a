/**
 * What a start finds: runs that the last process did not finish, and times that went by without one.
 * Pure.
 *
 * @module
 */
import type { CronJob } from "../protocol/mod.ts";
import { type FinishedRun, runEntry } from "./after_run.ts";
import { MAX_MISSED_JOBS, MISSED_JOB_GAP_MS, MISSED_TURN_DELAY_MS } from "./limits.ts";
import type { Timetable } from "./timetable.ts";

/** Why a run has no other outcome. */
export const INTERRUPTED = "cron: job interrupted by gateway restart";

/** A job whose run was cut off, with the outcome it gets; a one-shot job is not tried again. */
export function interruptedRun(job: CronJob, timetable: Timetable, now: number) {
  const startedAt = job.state.runningAtMs ?? now;
  const { runningAtMs: _cut, nextRunAtMs: _old, ...state } = job.state;
  const isOneShot = job.schedule.kind === "at";
  const next = isOneShot || !job.enabled ? undefined : timetable.next(now);
  const message = INTERRUPTED;
  const after: CronJob = {
    ...job,
    updatedAtMs: now,
    enabled: job.enabled && next !== undefined,
    state: {
      ...state,
      ...(next === undefined ? {} : { nextRunAtMs: next }),
      lastRunAtMs: startedAt,
      lastRunStatus: "error",
      lastStatus: "error",
      lastError: message,
      lastDurationMs: Math.max(0, now - startedAt),
      lastDeliveryStatus: "unknown",
      lastDiagnosticSummary: message,
      lastDiagnostics: {
        summary: message,
        entries: [{ ts: now, source: "scheduler", severity: "error", message }],
      },
      consecutiveErrors: (job.state.consecutiveErrors ?? 0) + 1,
      consecutiveSkipped: 0,
    },
  };
  const run: FinishedRun = {
    runId: `interrupted:${job.id}:${startedAt}`,
    outcome: { status: "error", error: message },
    startedAt,
    endedAt: now,
  };
  return { job: after, entry: runEntry(after, run) };
}

/**
 * The times at which missed jobs are caught up with, by job id.
 *
 * One-shot jobs are always caught up with: nothing else would ever run them. Of recurring ones a few
 * are, those that have waited longest; for the others nothing is answered.
 */
export function catchUpTimes(missed: readonly CronJob[], now: number): Map<string, number> {
  const byTime = [...missed].sort((a, b) =>
    (a.state.nextRunAtMs ?? 0) - (b.state.nextRunAtMs ?? 0)
  );
  const times = new Map<string, number>();
  let recurring = 0;
  for (const { id, schedule, payload } of byTime) {
    if (schedule.kind !== "at" && ++recurring > MAX_MISSED_JOBS) continue;
    const delay = payload.kind === "agentTurn" ? MISSED_TURN_DELAY_MS : 0;
    times.set(id, now + delay + times.size * MISSED_JOB_GAP_MS);
  }
  return times;
}

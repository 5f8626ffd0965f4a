/**
 * The outcome of a job's work, whatever it does: it fails, it hangs, it is cut off.
 *
 * @module
 */
import { errorMessage, withTimeout } from "../base/mod.ts";
import { timeoutOf } from "./job_spec.ts";
import { MAX_TIMER_MS, TIMEOUT_GRACE_MS } from "./limits.ts";
import type { CronDeps, CronExecution, CronOutcome } from "./types.ts";

/**
 * Carries a job out, and gives it up when it does not end by itself in time.
 *
 * @param isClosing Whether the gateway's stop is to blame for a failure.
 */
export async function outcomeWithin(
  execute: CronDeps["execute"],
  execution: Omit<CronExecution, "timeoutMs">,
  isClosing: () => boolean,
): Promise<CronOutcome> {
  const timeoutMs = timeoutOf(execution.job);
  const limit = Math.min(timeoutMs + TIMEOUT_GRACE_MS, MAX_TIMER_MS);
  const late = (): CronOutcome => ({
    status: "error",
    error: "cron: job execution timed out",
    errorKind: "timeout",
  });
  try {
    return await withTimeout(execute({ ...execution, timeoutMs }), limit, late);
  } catch (error) {
    return { status: "error", error: errorMessage(error), isCutOff: isClosing() };
  }
}

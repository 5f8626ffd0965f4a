/**
 * When a job that keeps failing is told about. Pure.
 *
 * @module
 */
import type { CronFailureAlert, CronJob } from "../protocol/mod.ts";
import { ALERT_AFTER, ALERT_COOLDOWN_MS } from "./limits.ts";

/**
 * How the failures of a job are to be told now; nothing while they are few, or were told lately.
 *
 * @param common What the configuration says for jobs that say nothing.
 */
export function dueAlert(
  job: CronJob,
  common: CronFailureAlert | undefined,
  now: number,
): CronFailureAlert | undefined {
  const { failureAlert, state } = job;
  if (failureAlert === false || state.lastRunStatus === "ok") return undefined;
  const alert = failureAlert === undefined ? common : { ...common, ...failureAlert };
  if (alert === undefined) return undefined;
  const failures = (state.consecutiveErrors ?? 0) +
    (alert.includeSkipped ? state.consecutiveSkipped ?? 0 : 0);
  if (failures < (alert.after ?? ALERT_AFTER)) return undefined;
  const cooldownMs = alert.cooldownMs ?? ALERT_COOLDOWN_MS;
  const told = state.lastFailureAlertAtMs;
  return told !== undefined && now - told < cooldownMs ? undefined : alert;
}

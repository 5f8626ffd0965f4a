/**
 * Whether this process belongs to a job, so that the job's end is its own.
 *
 * @module
 */
import type { Env } from "../../base/mod.ts";

/** Set by launchd; the first that is there names the job. */
const JOB_VARIABLES: readonly string[] = [
  "LAUNCH_JOB_LABEL",
  "LAUNCH_JOB_NAME",
  "XPC_SERVICE_NAME",
];

/** Whether the process with this environment was started by the job `label`, or by its children. */
export function isInsideJob(env: Env, label: string): boolean {
  const named = JOB_VARIABLES.map((name) => env.get(name)).find(Boolean);
  if (named !== undefined) return named === label;
  // A definition of ours says it too, for children whose environment launchd's names were taken from.
  return Boolean(env.get("OPENCLAW_SERVICE_MARKER")) &&
    env.get("OPENCLAW_LAUNCHD_LABEL") === label;
}

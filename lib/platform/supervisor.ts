/**
 * Who looks after this process: a service manager that starts it again, or nobody.
 *
 * @module
 */
import type { Env } from "../base/mod.ts";
import type { OsName } from "./os.ts";

/** The service manager behind a process. */
export type Supervisor = "launchd" | "systemd" | "schtasks";

/**
 * Which manager started this process; `undefined` in the foreground.
 *
 * Shells hand the managers' own variables on to what they start (`INVOCATION_ID` below any unit,
 * `XPC_SERVICE_NAME` in a terminal of macOS), so those alone prove nothing: a definition of ours sets
 * a marker, and under systemd the manager names the process it means.
 *
 * @param pid Of this process.
 */
export function detectSupervisor(env: Env, os: OsName, pid: number): Supervisor | undefined {
  const isMarked = env.get("OPENCLAW_SERVICE_MARKER") === "openclaw";
  switch (os) {
    case "linux":
      return isUnitProcess(env, pid) || isMarked && has(env, "INVOCATION_ID")
        ? "systemd"
        : undefined;
    case "darwin":
      return isMarked || isNamedJob(env) ? "launchd" : undefined;
    case "windows":
      return isMarked && env.get("OPENCLAW_SERVICE_KIND") === "gateway" ? "schtasks" : undefined;
  }
}

/** systemd 248 and later say which process they have started; a child has another pid. */
function isUnitProcess(env: Env, pid: number): boolean {
  return has(env, "INVOCATION_ID") && env.get("SYSTEMD_EXEC_PID") === String(pid);
}

/** The label of a job of ours; a terminal's own jobs are called otherwise. */
function isNamedJob(env: Env): boolean {
  const label = env.get("LAUNCH_JOB_LABEL") ?? env.get("LAUNCH_JOB_NAME") ??
    env.get("XPC_SERVICE_NAME");
  return label !== undefined && label === env.get("OPENCLAW_LAUNCHD_LABEL");
}

function has(env: Env, name: string): boolean {
  return Boolean(env.get(name));
}

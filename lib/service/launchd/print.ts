/**
 * What `launchctl print` says about a job, read into the one shape of all managers.
 *
 * The output is meant for people and differs between versions of macOS; only its outermost level is
 * looked at, since blocks below it have states of their own.
 *
 * @module
 */
import { EXIT } from "../../base/mod.ts";
import { signalName } from "../signals.ts";
import type { ServiceRuntime, ServiceState } from "../types.ts";

/** Starts since the job was loaded from which on a failing one counts as looping. */
const LOOP_RUNS = 3;

/** The values of a job by their names in lower case. */
export type PrintedJob = Readonly<Record<string, string>>;

/** Reads the `key = value` lines of the outermost level. */
export function parsePrint(output: string): PrintedJob {
  const values: [string, string][] = [];
  let level: string | undefined;
  for (const line of output.split(/\r?\n/)) {
    const [, indent, key, value] = /^(\s*)([^=\s][^=]*?) = (.*)$/.exec(line) ?? [];
    if (indent === undefined || value === "{") continue;
    level ??= indent;
    if (indent === level) values.push([key!.toLowerCase(), value!.trim()]);
  }
  // Of lines with the same name the first is meant.
  return Object.fromEntries(values.reverse());
}

/** Whether a job runs, as far as launchd knows. */
export function isRunning(job: PrintedJob): boolean {
  return job.state === "running" || pidOf(job) !== undefined;
}

/** How often a job was started since it was loaded; older versions do not tell. */
export function runsOf(job: PrintedJob): number | undefined {
  return whole(job.runs);
}

/**
 * What a job is doing.
 *
 * @param runsBefore Its starts when it was last asked to start; what it did before is no failure of
 * that start. Absent when nobody has asked.
 */
export function runtimeOf(job: PrintedJob, runsBefore?: number): ServiceRuntime {
  const exit = lastExit(job);
  const runs = runsOf(job);
  const state = stateOf(job, exit.status, runsBefore);
  const pid = pidOf(job);
  const reason = job["last exit reason"];
  const detail = detailOf(state, job, exit.status);
  return {
    state,
    ...(job.state === undefined ? {} : { managerState: job.state }),
    ...(pid === undefined ? {} : { pid }),
    ...(exit.status === undefined ? {} : { lastExitStatus: exit.status }),
    ...(exit.signal === undefined ? {} : { lastExitSignal: exit.signal }),
    ...(reason === undefined ? {} : { lastExitReason: reason }),
    ...(runs === undefined ? {} : { restarts: Math.max(0, runs - 1) }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function stateOf(
  job: PrintedJob,
  exitStatus: number | undefined,
  runsBefore: number | undefined,
): ServiceState {
  if (isRunning(job)) return "running";
  const runs = runsOf(job);
  const isPending = runsBefore !== undefined && runs !== undefined && runs <= runsBefore;
  if (isPending) return "starting";
  if (job["job state"] === "spawn failed") return "failed";
  const hasFailed = exitStatus !== undefined && exitStatus !== 0;
  if (hasFailed && (runs ?? 0) - (runsBefore ?? 0) >= LOOP_RUNS) return "crash_looping";
  if (/^(?:spawn|xpcproxy|starting)/.test(job.state ?? "")) return "starting";
  // Older versions call it that between a crash and the next start.
  if (hasFailed && job.state === "waiting") return "starting";
  if (hasFailed) return "failed";
  // It was asked to start, and has ended by itself.
  return runsBefore !== undefined && exitStatus === 0 ? "failed" : "stopped";
}

function detailOf(
  state: ServiceState,
  job: PrintedJob,
  exitStatus: number | undefined,
): string | undefined {
  if (state === "running" || state === "starting") return undefined;
  if (/CODESIGNING/.test(job["last exit reason"] ?? "")) {
    return "macOS refuses the signature of the program, install it again";
  }
  if (job["job state"] === "spawn failed") return "launchd cannot start the program";
  if (exitStatus === EXIT.CONFIG) return "the configuration refuses the start (exit 78)";
  if (state === "crash_looping") return `it was started ${job.runs} times and ended each time`;
  if (exitStatus === 0) return "it has ended by itself with success, so it is not started again";
  return undefined;
}

/** How it last ended; a signal counts as 128 and its number, as everywhere. */
function lastExit(job: PrintedJob): { status?: number; signal?: string } {
  // Such as `Killed: 9`; versions that have it leave the exit code out after a signal.
  const signal = Number(/(\d+)\s*$/.exec(job["last terminating signal"] ?? "")?.[1]);
  if (signal > 0) return { status: 128 + signal, signal: signalName(signal) };
  // Such as `0`, `78: EX_CONFIG` or `(never exited)`.
  const code = job["last exit code"] ?? job["last exit status"];
  const status = /^(-?\d+)(?::|\s|$)/.exec(code ?? "")?.[1];
  return status === undefined ? {} : { status: Number(status) };
}

function pidOf(job: PrintedJob): number | undefined {
  return whole(job.pid) || undefined;
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

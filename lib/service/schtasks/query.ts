/**
 * What `schtasks /Query /V /FO LIST` says, in whatever language.
 *
 * Labels and states are translated, their order is not: a record is read by position, its state by the
 * number of its last result.
 *
 * @module
 */
import { EXIT } from "../../base/mod.ts";
import type { ServiceRuntime } from "../types.ts";

/** Numbers of the Task Scheduler that stand for a state instead of an exit status. */
export const TASK_RUNNING = 0x41301;
/** The task was never started since it was created. */
export const TASK_HAS_NOT_RUN = 0x41303;

/** One task. */
export interface TaskRecord {
  /** With its folder, such as `\OpenClaw Gateway`. */
  readonly name: string;
  readonly command: string;
  /** As the system writes times. */
  readonly lastRunTime: string;
  /** Last result as a number from 0 to 2^32-1; `undefined` when it is none. */
  readonly result: number | undefined;
}

/** Places in a record, the first is the name of the machine. */
const NAME = 1;
const LAST_RUN_TIME = 5;
const LAST_RESULT = 6;
const COMMAND = 8;

/** Reads the records; a task with several triggers has one for each. */
export function parseTaskList(output: string): TaskRecord[] {
  return output.replaceAll("\0", "").split(/\r?\n\s*\r?\n/).flatMap((block): TaskRecord[] => {
    const values = block.split(/\r?\n/).filter((line) => line.includes(":"))
      .map((line) => line.slice(line.indexOf(":") + 1).trim());
    // The folder stands above its first task.
    if (values[0]?.startsWith("\\")) values.shift();
    const name = values[NAME];
    if (name === undefined || !name.startsWith("\\")) return [];
    return [{
      name,
      command: values[COMMAND] ?? "",
      lastRunTime: values[LAST_RUN_TIME] ?? "",
      result: parseResult(values[LAST_RESULT] ?? ""),
    }];
  });
}

function parseResult(text: string): number | undefined {
  if (!/^(?:-?\d+|0x[0-9a-f]+)$/i.test(text)) return undefined;
  return Number(text) >>> 0;
}

/** What the runner has written down about failures. */
export interface RunnerFailures {
  /** Since the task was started. */
  readonly count: number;
  /** Exit status of the last one; negative after a crash of the process. */
  readonly status: number;
}

/** Reads the runner's note. */
export function parseFailures(text: string | undefined): RunnerFailures | undefined {
  const [, count, status] = /^\s*(\d+) (-?\d+)\s*$/.exec(text ?? "") ?? [];
  return count === undefined ? undefined : { count: Number(count), status: Number(status) };
}

/** Failures in a row from which on a service counts as looping. */
const LOOP_FAILURES = 3;

/** What is known about a service. */
export interface TaskFacts {
  /** How it is registered. */
  readonly by: "task" | "login item" | "nothing";
  /** Whether the gateway's script is there. */
  readonly hasScript: boolean;
  readonly record: TaskRecord | undefined;
  /** Whether the task may be started. */
  readonly isEnabled: boolean;
  /** Of the gateway that listens on the port, when there is one. */
  readonly pid: number | undefined;
  readonly port: number;
  readonly failures: RunnerFailures | undefined;
}

/** What the service is doing. */
export function taskRuntime(facts: TaskFacts): ServiceRuntime {
  const { by, record, pid, failures } = facts;
  const base = {
    ...(record?.result === undefined ? {} : { lastRunResult: hex(record.result) }),
    ...(record?.lastRunTime ? { lastRunTime: record.lastRunTime } : {}),
    ...(failures === undefined
      ? {}
      : { lastExitStatus: failures.status, restarts: failures.count }),
  };
  if (pid !== undefined) {
    const detail = by === "login item" ? loginItemDetail(facts) : undefined;
    return { ...base, state: "running", pid, ...(detail === undefined ? {} : { detail }) };
  }
  if (by === "nothing") {
    return facts.hasScript
      ? { ...base, state: "stopped", isMissingSupervision: true }
      : { ...base, state: "not_installed" };
  }
  if (failures?.status === EXIT.CONFIG) {
    const detail = "the configuration refuses the start or its port is taken (exit 78), so it is " +
      "not started again";
    return { ...base, state: "failed", detail };
  }
  return { ...base, ...idleState(facts) };
}

/** Nothing listens, and nothing says why. */
function idleState(facts: TaskFacts): Pick<ServiceRuntime, "state" | "detail"> {
  const { by, record, failures, isEnabled } = facts;
  const isUnderWay = by === "login item" ? failures !== undefined : record?.result === TASK_RUNNING;
  if (isUnderWay && (failures?.count ?? 0) >= LOOP_FAILURES) {
    const detail = `it ended ${failures!.count} times and was started again`;
    return { state: "crash_looping", detail };
  }
  if (isUnderWay) return { state: "starting" };
  if (by === "login item") return { state: "stopped", detail: loginItemDetail(facts) };
  if (!isEnabled) return { state: "stopped", detail: "the task is disabled" };
  if (record?.result === undefined) return { state: "unknown", detail: "the task tells no result" };
  const detail = record.result === TASK_HAS_NOT_RUN
    ? "the task has not run yet"
    : `Task Last Run Result=${hex(record.result)}; treating as not running.`;
  return { state: "stopped", detail };
}

function loginItemDetail({ pid, port }: TaskFacts): string {
  const seen = pid === undefined ? "no listener" : "listener";
  return `Startup-folder login item installed; ${seen} detected on port ${port}.`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

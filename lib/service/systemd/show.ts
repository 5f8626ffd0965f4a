/**
 * What `systemctl show` says about a unit, read into the one shape of all managers.
 *
 * @see org.freedesktop.systemd1(5)
 * @module
 */
import { EXIT } from "../../base/mod.ts";
import { signalName } from "../signals.ts";
import type { ServiceRuntime, ServiceState } from "../types.ts";

/** The properties that are asked for. */
export const SHOWN_PROPERTIES: readonly string[] = [
  "LoadState",
  "ActiveState",
  "SubState",
  "Result",
  "MainPID",
  "ExecMainStatus",
  "ExecMainCode",
  "NRestarts",
  "UnitFileState",
];

/** Starts after a failure, without one that lasted, from which on a service counts as looping. */
const LOOP_RESTARTS = 3;
/** `ExecMainCode` of a process that a signal ended, and of one that dumped core besides. */
const KILLED_CODES = new Set([2, 3]);

/** Reads the `key=value` lines. */
export function parseShow(output: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of output.split("\n")) {
    const at = line.indexOf("=");
    if (at > 0) values[line.slice(0, at)] = line.slice(at + 1).trim();
  }
  return values;
}

/** What a unit is doing. */
export function runtimeOf(values: Readonly<Record<string, string>>): ServiceRuntime {
  const { ActiveState: active = "", SubState: sub = "", Result: result = "" } = values;
  const restarts = number(values.NRestarts) ?? 0;
  const status = number(values.ExecMainStatus);
  const isKilled = KILLED_CODES.has(number(values.ExecMainCode) ?? 0);
  const pid = number(values.MainPID) || undefined;
  const state = stateOf({ load: values.LoadState ?? "", active, sub, result, restarts });
  const detail = detailOf(state, result, status, restarts);
  return {
    state,
    managerState: active,
    subState: sub,
    restarts,
    ...(pid === undefined ? {} : { pid }),
    ...(status === undefined ? {} : { lastExitStatus: isKilled ? 128 + status : status }),
    ...(isKilled && status !== undefined ? { lastExitSignal: signalName(status) } : {}),
    ...(result === "" ? {} : { lastExitReason: result }),
    ...(detail === undefined ? {} : { detail }),
  };
}

interface UnitFacts {
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly result: string;
  readonly restarts: number;
}

function stateOf({ load, active, sub, result, restarts }: UnitFacts): ServiceState {
  if (load === "not-found") return "not_installed";
  const isLooping = restarts >= LOOP_RESTARTS;
  switch (active) {
    case "active":
    case "reloading":
      return "running";
    case "activating":
      return isLooping ? "crash_looping" : "starting";
    case "failed":
      return result === "start-limit-hit" || isLooping ? "crash_looping" : "failed";
    case "inactive":
    case "deactivating":
      return sub === "auto-restart" ? "starting" : "stopped";
    default:
      return "unknown";
  }
}

function detailOf(
  state: ServiceState,
  result: string,
  status: number | undefined,
  restarts: number,
): string | undefined {
  if (status === EXIT.CONFIG && state !== "running") {
    return "it refused to start and is not started again (exit 78: the configuration, or a port or " +
      "state folder that another gateway holds)";
  }
  if (state === "crash_looping") return `it ended ${restarts} times and was started again`;
  return result === "watchdog" ? "it answered no longer and was killed by the watchdog" : undefined;
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

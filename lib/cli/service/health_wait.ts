/**
 * Waits until a service that was started serves, or says why it does not.
 *
 * @module
 */
import { AppError, type Clock, delay } from "../../base/mod.ts";
import { askLocally } from "./local_question.ts";
import type { ServiceManager, ServiceRuntime } from "../../service/mod.ts";

/** How long a gateway may take, in milliseconds. */
export const HEALTH_BUDGET_MS = 60_000;
const POLL_MS = 200;
/** A manager that is about to start a process calls it stopped for a moment. */
const STOPPED_GRACE_MS = 10_000;
const PROBE_TIMEOUT_MS = 2000;

/** What the wait looks at. */
export interface HealthWait {
  readonly manager: Pick<ServiceManager, "readRuntime" | "logHint">;
  /** Port that the service was installed with. */
  readonly port: number;
  readonly clock: Clock;
  /** What was asked for, for the message; `start` unless given. */
  readonly verb?: "start" | "restart" | "install";
  readonly budgetMs?: number;
  /** Whether the gateway on the port answers; asks its probe unless given. */
  readonly isServing?: (port: number) => Promise<boolean>;
}

/**
 * Waits for a running process and an answer on its port.
 *
 * @returns What the manager says about it then.
 * @throws {AppError} `SERVICE_NOT_HEALTHY` as soon as the manager has given up, or when the time is
 * over.
 */
export async function waitForHealth(wait: HealthWait): Promise<ServiceRuntime> {
  const { manager, port, clock, budgetMs = HEALTH_BUDGET_MS, isServing = askProbe } = wait;
  const begun = clock.monotonic();
  while (true) {
    const runtime = await manager.readRuntime();
    if (runtime.state === "running" && await isServing(port)) return runtime;
    const waitedMs = clock.monotonic() - begun;
    const seconds = Math.round(waitedMs / 1000);
    if (hasGivenUp(runtime, waitedMs)) {
      throw notHealthy(
        wait,
        runtime,
        `failed after ${seconds}s: it ${endOf(runtime)} and health checks never came up`,
      );
    }
    if (waitedMs >= budgetMs) {
      throw notHealthy(
        wait,
        runtime,
        `timed out after ${seconds}s waiting for health checks: it ${
          endOf(runtime)
        }, and nothing ` +
          `healthy answers on port ${port}`,
      );
    }
    await delay(POLL_MS);
  }
}

function hasGivenUp({ state }: ServiceRuntime, waitedMs: number): boolean {
  if (state === "failed" || state === "crash_looping" || state === "not_installed") return true;
  return state === "stopped" && waitedMs >= STOPPED_GRACE_MS;
}

function endOf({ state, lastExitStatus, detail }: ServiceRuntime): string {
  const status = lastExitStatus === undefined ? "" : `, last exit ${lastExitStatus}`;
  const why = detail === undefined ? "" : `: ${detail}`;
  return `is ${state.replace("_", " ")}${status}${why}`;
}

function notHealthy(
  { manager, verb = "start" }: HealthWait,
  runtime: ServiceRuntime,
  outcome: string,
): AppError {
  return new AppError("SERVICE_NOT_HEALTHY", `Gateway ${verb} ${outcome}`, {
    hint: `openclaw gateway status --deep\n${manager.logHint()}`,
    details: { state: runtime.state },
  });
}

/** Whether the gateway on a port of this machine answers its probe. */
export async function askProbe(port: number): Promise<boolean> {
  return (await askLocally(port, "/healthz", PROBE_TIMEOUT_MS))?.status === 200;
}

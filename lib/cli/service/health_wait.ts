/**
 * Waits until a service that was started serves, or says why it does not.
 *
 * @module
 */
import { AppError, type Clock, delay } from "../../base/mod.ts";
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
    if (hasGivenUp(runtime, waitedMs)) {
      throw notHealthy(wait, runtime, `it ${endOf(runtime)}`);
    }
    if (waitedMs >= budgetMs) {
      const seconds = Math.round(budgetMs / 1000);
      throw notHealthy(wait, runtime, `it does not answer on port ${port} after ${seconds}s`);
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

function notHealthy({ manager }: HealthWait, runtime: ServiceRuntime, why: string): AppError {
  return new AppError("SERVICE_NOT_HEALTHY", `The gateway was started, but ${why}`, {
    hint: `openclaw gateway status --deep\n${manager.logHint()}`,
    details: { state: runtime.state },
  });
}

async function askProbe(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

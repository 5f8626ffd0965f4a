/**
 * A start that finds the port or the config taken, under a service manager: the holder may be a healthy
 * gateway, or one that is about to end.
 *
 * @module
 */
import { AppError, type Clock, delay } from "../../base/mod.ts";
import type { Supervisor } from "../../platform/mod.ts";

const RETRY_EVERY_MS = 5000;
const RETRY_BUDGET_MS = 30_000;
const PROBE_TIMEOUT_MS = 2000;
const HELD_CODES: ReadonlySet<string> = new Set(["PORT_IN_USE", "GATEWAY_LOCKED"]);

/** What a supervised start is retried with. */
export interface ConflictOptions {
  readonly supervisor: Supervisor | undefined;
  readonly clock: Clock;
  /** Where the outcome is told. */
  note(text: string): void;
  /** Whether something on the port of this machine answers like a gateway. */
  readonly isHealthy?: (port: number) => Promise<boolean>;
  /** Waits between two attempts. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Whether a start failed because somebody else has the port or the config. */
export function isHeld(error: unknown): error is AppError {
  return error instanceof AppError && HELD_CODES.has(error.code);
}

/**
 * Runs a gateway; under a service manager a conflict is waited out for half a minute, unless the holder
 * is a healthy gateway.
 *
 * systemd is told not to try again by the exit status of the error, which is passed on; for the others
 * leaving a healthy gateway in control is a success.
 *
 * @returns The exit status of the process.
 * @throws {AppError} What the last attempt failed with.
 */
export async function runThroughConflicts(
  run: () => Promise<number>,
  { supervisor, clock, note, isHealthy = answersLive, wait = delay }: ConflictOptions,
): Promise<number> {
  const deadline = clock.monotonic() + RETRY_BUDGET_MS;
  while (true) {
    try {
      return await run();
    } catch (error) {
      if (supervisor === undefined || !isHeld(error)) throw error;
      if (await isHealthy(Number(error.details?.port))) {
        note("existing gateway is healthy, leaving it in control");
        if (supervisor === "systemd") throw error;
        return 0;
      }
      if (clock.monotonic() + RETRY_EVERY_MS > deadline) throw error;
      note(`${error.message}; trying again in ${RETRY_EVERY_MS / 1000}s`);
      await wait(RETRY_EVERY_MS);
    }
  }
}

async function answersLive(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    // Silent, or no HTTP: not healthy.
    return false;
  }
}

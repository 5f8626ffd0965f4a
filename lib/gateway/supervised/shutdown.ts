/**
 * The end of a gateway within its time.
 *
 * @module
 */
import { type Clock, errorMessage, type Logger, withTimeout } from "../../base/mod.ts";
import type { Gateway } from "../gateway.ts";

const SHUTDOWN_BUDGET_MS = 25_000;

/** How a gateway is ended. */
export interface ShutdownOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Whether clients are told that it comes back. */
  readonly willRestart: boolean;
  /** Called when the time is over; what has not ended by then is cut off. */
  readonly onTimeout: () => void;
}

/** Ends a gateway within the budget; answers the exit status. */
export async function shutDown(
  gateway: Pick<Gateway, "close">,
  { log, clock, willRestart, onTimeout }: ShutdownOptions,
): Promise<number> {
  const startedAt = clock.monotonic();
  log.info(`[shutdown] started: gateway ${willRestart ? "restarting" : "stopping"}`);
  const closed = gateway.close(willRestart).then(() => true, (error) => {
    log.error(`[shutdown] failed: ${errorMessage(error)}`);
    return false;
  });
  let isTimeout = false;
  const isClean = await withTimeout(closed, SHUTDOWN_BUDGET_MS, () => {
    isTimeout = true;
    return false;
  });
  if (isTimeout) {
    log.error("shutdown timed out; exiting without full cleanup");
    onTimeout();
  }
  if (!isClean) return 1;
  log.info(`[shutdown] completed cleanly in ${Math.round(clock.monotonic() - startedAt)}ms`);
  return 0;
}

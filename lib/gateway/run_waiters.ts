/**
 * Those who wait for the end of a run, which may not have begun yet.
 *
 * However many wait, a run has one follower for all of them, and who is gone waits no longer.
 *
 * @module
 */
import type { RunManager, RunOutcome } from "../agents/mod.ts";
import type { Client } from "./client.ts";

/** Timers fire at once when told to wait longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Everybody who waits. */
export class RunWaiters {
  readonly #runs: RunManager;
  readonly #waiting = new Map<string, Set<(outcome: RunOutcome) => void>>();

  constructor(runs: RunManager) {
    this.#runs = runs;
    runs.follow((event, { runId }) => {
      if (event.type === "end") this.#settle(runId, event.outcome);
    });
  }

  /** Number of those who wait. */
  get size(): number {
    return [...this.#waiting.values()].reduce((sum, each) => sum + each.size, 0);
  }

  /** The outcome of a run; `undefined` when the time is over, or the client is gone. */
  wait(runId: string, client: Client, timeoutMs: number): Promise<RunOutcome | undefined> {
    const { promise, resolve } = Promise.withResolvers<RunOutcome | undefined>();
    const waiting = this.#waiting.get(runId) ?? new Set();
    this.#waiting.set(runId, waiting.add(resolve));
    const giveUp = () => resolve(undefined);
    const timer = setTimeout(giveUp, Math.min(timeoutMs, MAX_TIMER_MS));
    const forget = client.whenGone(giveUp);
    // One that is refused has no end that followers hear of.
    this.#runs.get(runId)?.done.then(resolve);
    return promise.finally(() => {
      clearTimeout(timer);
      forget();
      waiting.delete(resolve);
      if (waiting.size === 0 && this.#waiting.get(runId) === waiting) this.#waiting.delete(runId);
    });
  }

  #settle(runId: string, outcome: RunOutcome): void {
    for (const resolve of this.#waiting.get(runId) ?? []) resolve(outcome);
  }
}

/**
 * One timer that rings once, and never sleeps longer than a minute.
 *
 * @module
 */
import { MAX_SLEEP_MS } from "./limits.ts";

/** Calls a function after a time; the returned function prevents it. */
export type Later = (ms: number, run: () => void) => () => void;

/** A timer; setting it again replaces the time it was set to. */
export class Alarm {
  readonly #later: Later;
  readonly #ring: () => void;
  #cancel: (() => void) | undefined;

  /** @param later The runtime's timers unless a test says otherwise. */
  constructor(ring: () => void, later: Later = runtimeTimer) {
    this.#ring = ring;
    this.#later = later;
  }

  /** Rings after `ms` milliseconds, or after a minute: then the clock is to be looked at again. */
  set(ms: number): void {
    this.clear();
    this.#cancel = this.#later(Math.min(Math.max(ms, 1), MAX_SLEEP_MS), () => {
      this.#cancel = undefined;
      this.#ring();
    });
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

function runtimeTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

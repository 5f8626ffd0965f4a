/**
 * How late the event loop runs: the first sign of a gateway in trouble.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";

const INTERVAL_MS = 1000;
const SAMPLES = 60;
/** A loop this late at the 99th percentile counts as degraded. */
const DEGRADED_DELAY_MS = 500;

/** Delays over the last minute. */
export interface EventLoopFigures {
  degraded: boolean;
  reasons: string[];
  intervalMs: number;
  delayP99Ms: number;
  delayMaxMs: number;
}

/** Samples how late a one-second timer fires. */
export class EventLoopMonitor {
  readonly #clock: Clock;
  readonly #delays: number[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins sampling; ended by {@linkcode EventLoopMonitor.stop}. */
  start(): void {
    let last = this.#clock.monotonic();
    this.#timer = setInterval(() => {
      const now = this.#clock.monotonic();
      this.#delays.push(Math.max(0, now - last - INTERVAL_MS));
      if (this.#delays.length > SAMPLES) this.#delays.shift();
      last = now;
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Figures of the last minute; zeros before the first sample. */
  figures(): EventLoopFigures {
    const sorted = this.#delays.toSorted((a, b) => a - b);
    const p99 = sorted[Math.floor((sorted.length - 1) * 0.99)] ?? 0;
    const degraded = p99 > DEGRADED_DELAY_MS;
    return {
      degraded,
      reasons: degraded ? ["delay"] : [],
      intervalMs: INTERVAL_MS,
      delayP99Ms: Math.round(p99),
      delayMaxMs: Math.round(sorted.at(-1) ?? 0),
    };
  }
}

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
  /** Share of one core that the process used over the last interval. */
  cpuCoreRatio: number;
  /** The same, at most 1: how busy the loop can have been. */
  utilization: number;
}

/** Samples how late a one-second timer fires. */
export class EventLoopMonitor {
  readonly #clock: Clock;
  readonly #delays: number[] = [];
  readonly #cpuMicroseconds: () => number;
  #cpuRatio = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param cpuMicroseconds Processor time of the process so far. */
  constructor(clock: Clock, cpuMicroseconds: () => number) {
    this.#clock = clock;
    this.#cpuMicroseconds = cpuMicroseconds;
  }

  /** Begins sampling; ended by {@linkcode EventLoopMonitor.stop}. */
  start(): void {
    let last = this.#clock.monotonic();
    let lastCpu = this.#cpuMicroseconds();
    this.#timer = setInterval(() => {
      const now = this.#clock.monotonic();
      this.#delays.push(Math.max(0, now - last - INTERVAL_MS));
      if (this.#delays.length > SAMPLES) this.#delays.shift();
      const cpu = this.#cpuMicroseconds();
      this.#cpuRatio = now > last ? (cpu - lastCpu) / 1000 / (now - last) : 0;
      [last, lastCpu] = [now, cpu];
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
      cpuCoreRatio: Math.round(this.#cpuRatio * 1000) / 1000,
      utilization: Math.min(1, Math.round(this.#cpuRatio * 1000) / 1000),
    };
  }
}

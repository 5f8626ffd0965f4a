/**
 * Notices a gateway that has gone silent.
 *
 * @module
 */
import type { Alarms, CancelAlarm } from "./alarms.ts";

/** Whole intervals without a frame before the connection counts as dead. */
const MAX_SILENT_INTERVALS = 2;

/** Counts tick intervals without traffic; works by intervals, so that a frame costs no timer. */
export class TickWatchdog {
  readonly #tickIntervalMs: number;
  readonly #alarms: Alarms;
  readonly #onSilence: () => void;
  #cancel: CancelAlarm = () => {};
  #sawTraffic = true;
  #silentIntervals = 0;
  #isStopped = false;

  /**
   * @param tickIntervalMs As announced by the gateway; none is watched unless > 0.
   * @param onSilence Called after more than two intervals of silence, and again each interval.
   */
  constructor(tickIntervalMs: number, alarms: Alarms, onSilence: () => void) {
    this.#tickIntervalMs = tickIntervalMs;
    this.#alarms = alarms;
    this.#onSilence = onSilence;
    if (tickIntervalMs > 0) this.#arm();
  }

  /** Notes that a frame came. */
  sawTraffic(): void {
    this.#sawTraffic = true;
  }

  /** Ends the watch; may be called more than once. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #arm(): void {
    this.#cancel = this.#alarms.set(this.#tickIntervalMs, () => this.#check());
  }

  #check(): void {
    this.#silentIntervals = this.#sawTraffic ? 0 : this.#silentIntervals + 1;
    this.#sawTraffic = false;
    if (this.#silentIntervals >= MAX_SILENT_INTERVALS) this.#onSilence();
    if (!this.#isStopped) this.#arm();
  }
}

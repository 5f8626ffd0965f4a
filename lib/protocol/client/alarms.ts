/**
 * Timers that cost little when only a few are set.
 *
 * The first `setTimeout` of a process loads the runtime's timer module, 7 ms here, which is more than
 * a whole one-shot call takes. `AbortSignal.timeout` has no such cost, but it cannot be taken back
 * before its time, so a connection that lives longer uses the ordinary kind.
 *
 * @module
 */

/** Alarms of one connection that avoid the timer module. */
const MAX_LIGHT_ALARMS = 8;
/** Timers take at most this; a longer one would ring at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Takes an alarm back; without effect once it rang. */
export type CancelAlarm = () => void;

/** Sets the alarms of one connection. */
export class Alarms {
  #count = 0;

  /** Calls `ring` once, after `ms` milliseconds. */
  set(ms: number, ring: () => void): CancelAlarm {
    const waitMs = Math.min(ms, MAX_TIMER_MS);
    return ++this.#count <= MAX_LIGHT_ALARMS ? lightAlarm(waitMs, ring) : alarm(waitMs, ring);
  }
}

function lightAlarm(ms: number, ring: () => void): CancelAlarm {
  const signal = AbortSignal.timeout(ms);
  const onTime = () => ring();
  signal.addEventListener("abort", onTime, { once: true });
  return () => signal.removeEventListener("abort", onTime);
}

function alarm(ms: number, ring: () => void): CancelAlarm {
  const timer = setTimeout(ring, ms);
  return () => clearTimeout(timer);
}

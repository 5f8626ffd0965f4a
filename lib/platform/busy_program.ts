/**
 * Programs that have just been written.
 *
 * @module
 */

/** How often a start is tried, and how long the pause is: together longer than the moment ever takes. */
const TRIES = 40;
const PAUSE_MS = 5;

/**
 * Starts a program that may have been written a moment ago. While another thread of this process starts
 * something else, its child holds every open file for a moment, that of a writer included, and the
 * system refuses to run what is open for writing.
 *
 * @param start Starts it; tests give their own.
 * @param pause Waits without letting anything else happen, so that callers stay synchronous.
 * @throws What `start` throws, unless trying again has helped.
 */
export function startWhenWritten<T>(start: () => T, pause: (ms: number) => void = sleep): T {
  for (let left = TRIES;; left--) {
    try {
      return start();
    } catch (error) {
      if (left <= 1 || !isBusy(error)) throw error;
      pause(PAUSE_MS);
    }
  }
}

/** ETXTBSY, for which the runtime has no class and no code. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && /Text file busy|\(os error 26\)/.test(error.message);
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * Waiting, bounded and abortable.
 *
 * @module
 */

/**
 * Resolves after `ms` milliseconds.
 *
 * @param signal Ends the wait early by rejecting with the signal's reason.
 */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Waits for `promise`, at most `ms` milliseconds.
 *
 * @returns The value, or the result of `onTimeout` (which may throw) when the time is over first.
 */
export async function withTimeout<T>(
  promise: Promise<T>,
  ms: number,
  onTimeout: () => T,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<symbol>((resolve) => {
    timer = setTimeout(() => resolve(TIMED_OUT), ms);
  });
  try {
    const winner = await Promise.race([promise, timeout]);
    return winner === TIMED_OUT ? onTimeout() : winner as T;
  } finally {
    clearTimeout(timer);
  }
}

const TIMED_OUT = Symbol("timed out");

/**
 * Runs tasks of the same key one after another and tasks of different keys side by side.
 *
 * A failed task does not stop the ones behind it; a key that is idle takes no memory.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** The number of keys with work under way or waiting. */
  get busyKeys(): number {
    return this.#tails.size;
  }

  /** Whether a task of `key` is running or waiting. */
  isBusy(key: string): boolean {
    return this.#tails.has(key);
  }

  /** Runs `task` after all earlier tasks of `key` have ended, and answers with its result. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const previous = this.#tails.get(key) ?? Promise.resolve();
    const result = previous.then(task, task);
    const tail = result.then(() => {}, () => {}).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
    return result;
  }
}

/**
 * Resolves in a later task, when what was written before is on its way; in about 20 microseconds.
 * `setImmediate` comes back before sockets are looked at, and timers only after a millisecond.
 */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      port2.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * What the tests of all rooms share.
 *
 * @module
 */
import type { Clock } from "./clock.ts";

/** An arbitrary moment that tests count from, in milliseconds since the epoch. */
export const START = 1_750_000_000_000;

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  ms = START;

  now(): number {
    return this.ms;
  }

  monotonic(): number {
    return this.ms;
  }

  /** Moves the time ahead and answers with the new one. */
  advance(ms: number): number {
    return this.ms += ms;
  }
}

/** A new temporary folder that has room for sockets, also where the user's own has a long path. */
export async function shortTempDir(prefix: string): Promise<string> {
  const hasShortOne = await Deno.stat("/tmp").then(() => true, () => false);
  return await Deno.makeTempDir({ prefix, ...(hasShortOne ? { dir: "/tmp" } : {}) });
}

/**
 * Holds back the timers of one length until a test lets them go, so that what a time limit does is seen
 * without waiting for it and never comes too early. Use a length that nothing else has.
 */
export class HeldTimers implements Disposable {
  readonly #real = globalThis.setTimeout;
  readonly #held: (() => void)[] = [];

  constructor(lengthMs: number) {
    globalThis.setTimeout = ((run: () => void, ms?: number, ...rest: unknown[]) => {
      if (ms === lengthMs) this.#held.push(run);
      return this.#real(run, ms, ...rest as []);
    }) as typeof setTimeout;
  }

  /** How many are held. */
  get count(): number {
    return this.#held.length;
  }

  /** Lets all go that are held. */
  fire(): void {
    for (const run of this.#held.splice(0)) run();
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#real;
  }
}

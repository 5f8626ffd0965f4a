/**
 * A bound on how much runs at the same time.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";

/** Places for tasks; tasks beyond them wait in order, up to a bound of their own. */
export class Places {
  #free: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number, maxWaiting: number) {
    this.#free = places;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Runs a task when there is a place for it.
   *
   * @throws {AppError} `UNAVAILABLE` when too many wait already; what the task throws.
   */
  async use<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await this.#wait();
    else this.#free--;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      // The place goes from hand to hand, so that nobody gets in between.
      if (next === undefined) this.#free++;
      else next();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new AppError("UNAVAILABLE", "node is busy: too many invokes wait already", {
        retryable: true,
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

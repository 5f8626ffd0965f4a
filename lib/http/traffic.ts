/**
 * Requests under way, and their end when the gateway ends.
 *
 * @module
 */
import { withTimeout } from "../base/mod.ts";

/** Counts requests from their arrival to the end of their answers, streams included. */
export class HttpTraffic {
  readonly #stopping = new AbortController();
  #active = 0;
  #onIdle: (() => void) | undefined;

  /** Requests whose answers are not complete. */
  get active(): number {
    return this.#active;
  }

  /**
   * Aborted as soon as the gateway begins to end: an answer that would never end by itself, such as one
   * that follows a session, ends then.
   */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Counts a request; what it answers with is called once, at the end of the answer. */
  begin(): () => void {
    this.#active++;
    return () => {
      this.#active--;
      if (this.#active === 0) this.#onIdle?.();
    };
  }

  /** Refuses requests from now on, but for probes. */
  stop(): void {
    this.#stopping.abort();
  }

  /**
   * Waits until no request is under way.
   *
   * @returns Whether that came about within `graceMs` milliseconds.
   */
  async idle(graceMs: number): Promise<boolean> {
    if (this.#active === 0) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#onIdle = () => resolve(true);
    return await withTimeout(promise, graceMs, () => false);
  }
}

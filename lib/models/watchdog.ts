/**
 * Ends an exchange that its caller gave up or that fell silent.
 *
 * @module
 */
import { silentFault } from "./errors.ts";

/** Guards the waits of one exchange; must be closed. */
export class Watchdog {
  readonly #caller: AbortSignal;
  readonly #controller = new AbortController();
  #idleMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSilent = false;

  /**
   * @param caller Ends the exchange with its own reason.
   * @param idleMs Longest single wait in milliseconds.
   */
  constructor(caller: AbortSignal, idleMs: number) {
    this.#caller = caller;
    this.#idleMs = idleMs;
    caller.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Aborts when the caller gives up or a wait is too long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether a wait was too long. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Shortens the longest wait to `ms`. */
  limitWait(ms: number): void {
    this.#idleMs = Math.min(this.#idleMs, ms);
  }

  /**
   * Waits for `promise`, as long as the other side is not silent too long.
   *
   * @throws The caller's abort reason, or a `StreamFault` of kind `timeout`.
   */
  async guard<T>(promise: Promise<T>): Promise<T> {
    this.#timer = setTimeout(() => {
      this.#isSilent = true;
      this.#controller.abort();
    }, this.#idleMs);
    try {
      const value = await promise;
      this.#check();
      return value;
    } catch (thrown) {
      this.#check();
      throw thrown;
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** Lets go of the caller's signal. */
  close(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener("abort", this.#onAbort);
  }

  #check(): void {
    this.#caller.throwIfAborted();
    if (this.#isSilent) throw silentFault(this.#idleMs);
  }

  readonly #onAbort = () => this.#controller.abort(this.#caller.reason);
}

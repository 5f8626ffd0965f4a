/**
 * One run as a dialect consumes it: events one by one, tied to the client's connection.
 *
 * @module
 */
import { withTimeout } from "../base/mod.ts";
import { internalError } from "./errors.ts";
import type { HttpDeps, HttpRunEvent, HttpRunRequest } from "./types.ts";

/** What ends a run. */
export type FinalRunEvent = HttpRunEvent & { type: "end" | "error" };

/** Whether an event is a run's last. */
export function isFinal(event: HttpRunEvent): event is FinalRunEvent {
  return event.type === "end" || event.type === "error";
}

/** How a run ends whose client went away; 499 is what proxies log for it, nobody else reads it. */
export const CLIENT_CLOSED: HttpRunEvent & { type: "error" } = {
  type: "error",
  code: "CLIENT_CLOSED",
  message: "Request aborted by the client",
  status: 499,
};

/**
 * The events of a run that ends with its client.
 *
 * Whoever creates one calls {@linkcode RunStream.close} when it is no longer read. Exactly one final
 * event is seen, also when the run throws or ends without one.
 */
export class RunStream {
  readonly #deps: HttpDeps;
  readonly #client: AbortSignal;
  readonly #controller = new AbortController();
  readonly #events: AsyncIterator<HttpRunEvent>;
  readonly #onGone = () => this.#controller.abort(this.#client.reason);
  #first: Promise<HttpRunEvent> | undefined;
  #isOver = false;

  /** Starts the run. */
  constructor(deps: HttpDeps, request: Omit<HttpRunRequest, "signal">, client: AbortSignal) {
    this.#deps = deps;
    this.#client = client;
    if (client.aborted) this.#controller.abort(client.reason);
    const signal = this.#controller.signal;
    this.#events = deps.run({ ...request, signal })[Symbol.asyncIterator]();
    client.addEventListener("abort", this.#onGone, { once: true });
  }

  /** Whether the client went away or {@linkcode RunStream.close} cut the run short. */
  get isAborted(): boolean {
    return this.#controller.signal.aborted;
  }

  /**
   * Waits a while for the first event; it stays to be read by {@linkcode RunStream.next}.
   *
   * @returns The event, or `undefined` when `ms` milliseconds passed without one.
   */
  peek(ms: number): Promise<HttpRunEvent | undefined> {
    this.#first ??= this.#read();
    return withTimeout<HttpRunEvent | undefined>(this.#first, ms, () => undefined);
  }

  /** The next event; not to be called again after a final one. */
  async next(): Promise<HttpRunEvent> {
    const pending = this.#first ?? this.#read();
    this.#first = undefined;
    const event = await pending;
    if (isFinal(event)) this.#finish();
    return event;
  }

  /**
   * Leaves the connection alone from now on: once an answer is on its way, the end of its body says
   * when the client is gone, and the request's signal may fire on success as well.
   */
  detach(): void {
    this.#client.removeEventListener("abort", this.#onGone);
  }

  /** Ends the run if it is still under way. */
  close(reason?: unknown): void {
    if (this.#isOver) return;
    this.#controller.abort(reason);
    this.#finish();
  }

  #finish(): void {
    this.#isOver = true;
    this.detach();
    // A failure while the run cleans up can reach nobody but the log.
    this.#events.return?.().catch((error) => this.#deps.reportError("run", error));
  }

  async #read(): Promise<HttpRunEvent> {
    try {
      const step = await this.#events.next();
      if (!step.done) return step.value;
      throw new Error("Run ended without a final event");
    } catch (error) {
      if (this.isAborted) return CLIENT_CLOSED;
      this.#deps.reportError("run", error);
      const { code, message, status, hint } = internalError(error);
      return { type: "error", code, message, status, hint };
    }
  }
}

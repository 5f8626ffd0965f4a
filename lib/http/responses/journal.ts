/**
 * The events of a response that is made in the background, for any number of readers.
 *
 * @module
 */
import type { HttpResponseJournal } from "../response_types.ts";
import type { ResponseEvent } from "./item_events.ts";

/** Most events that a reader is handed at a time. */
const BATCH_EVENTS = 256;

/** Keeps what happened until its response has ended; a reader that is slow finds it all. */
export class EventJournal implements HttpResponseJournal {
  readonly #events: ResponseEvent[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #isClosed = false;
  #news = Promise.withResolvers<void>();

  /** Adds events; readers that wait are told. */
  add(events: readonly ResponseEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) this.#events.push(event);
    this.#wake();
  }

  /** Says that nothing comes any more. */
  close(): void {
    this.#isClosed = true;
    this.#ended.resolve();
    this.#wake();
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async read(from: number): Promise<readonly ResponseEvent[] | undefined> {
    while (from >= this.#events.length) {
      if (this.#isClosed) return undefined;
      await this.#news.promise;
    }
    return this.#events.slice(from, from + BATCH_EVENTS);
  }

  #wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

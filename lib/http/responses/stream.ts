/**
 * A response as an event stream.
 *
 * @module
 */
import { HttpError, internalError } from "../errors.ts";
import type { RunStreamWriter } from "../run_answer.ts";
import { isFinal } from "../run_stream.ts";
import { DONE_FRAME } from "../sse_stream.ts";
import type { HttpRunEvent } from "../types.ts";
import type { ResponseMaker } from "./maker.ts";
import type { ResponseEvent } from "./item_events.ts";

/** Numbers and words the events of one response. */
export class ResponseStreamWriter implements RunStreamWriter {
  readonly #maker: ResponseMaker;
  readonly #keep: (event: HttpRunEvent) => Promise<void>;
  #sequence = 0;

  /** @param keep Waited for between the end of the run and the frame that tells of it. */
  constructor(maker: ResponseMaker, keep: (event: HttpRunEvent) => Promise<void>) {
    this.#maker = maker;
    this.#keep = keep;
  }

  open(): string {
    return this.#frames(this.#maker.open());
  }

  write(event: HttpRunEvent): string | Promise<string> {
    const events = this.#maker.take(event);
    if (!isFinal(event)) return this.#frames(events);
    return this.#last(event, events);
  }

  async #last(event: HttpRunEvent, events: ResponseEvent[]): Promise<string> {
    try {
      await this.#keep(event);
    } catch (error) {
      events.splice(-1, 1, unkept(this.#maker, error));
    }
    return this.#frames(events) + DONE_FRAME;
  }

  #frames(events: readonly ResponseEvent[]): string {
    return events.map((event) => eventFrame(event, this.#sequence++)).join("");
  }
}

/** An event as a frame of a stream. */
export function eventFrame({ type, ...fields }: ResponseEvent, number: number): string {
  const data = JSON.stringify({ type, sequence_number: number, ...fields });
  return `event: ${type}\ndata: ${data}\n\n`;
}

/** What was not kept was not answered: the end of a response that could not be. */
export function unkept(maker: ResponseMaker, error: unknown): ResponseEvent {
  return maker.refuse(error instanceof HttpError ? error : internalError(error));
}

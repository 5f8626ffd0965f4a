/**
 * One response from its run: events in, the events of its stream and its object out.
 *
 * @module
 */
import { HttpError, runError } from "../errors.ts";
import { NO_REPLY_TEXT } from "../run_answer.ts";
import type { HttpRunEvent } from "../types.ts";
import type { ResponseEvent } from "./item_events.ts";
import { OutputBuilder } from "./output.ts";
import { openingEvents, pieceLength } from "./replay.ts";
import type { ResponsesRequest } from "./request.ts";
import {
  type ResponseHead,
  type ResponseObject,
  type ResponseState,
  toResponseObject,
} from "./response_object.ts";

/** Follows one run to its end. */
export class ResponseMaker {
  readonly #head: ResponseHead;
  readonly #request: ResponsesRequest;
  readonly #now: () => number;
  readonly #output: OutputBuilder;
  /** Lengths of the pieces that its stream came in, in order. */
  readonly pieces: number[] = [];
  #final: ResponseState | undefined;

  /** @param now Milliseconds since the epoch. */
  constructor(head: ResponseHead, request: ResponsesRequest, now: () => number) {
    this.#head = head;
    this.#request = request;
    this.#now = now;
    this.#output = new OutputBuilder(head.id);
  }

  /** The response as it is now; while it is under way, without the output so far. */
  get response(): ResponseObject {
    return toResponseObject(this.#head, this.#request, this.#final ?? { status: "in_progress" });
  }

  /** The events that open its stream. */
  open(): ResponseEvent[] {
    return openingEvents(this.response);
  }

  /** Takes an event of the run; the last one ends the response. */
  take(event: HttpRunEvent): ResponseEvent[] {
    const events = this.#eventsOf(event);
    for (const each of events) {
      const length = pieceLength(each);
      if (length !== undefined) this.pieces.push(length);
    }
    return events;
  }

  /** Ends the response otherwise than its run ended; what was said of items before stays true. */
  refuse(error: HttpError): ResponseEvent {
    return this.#finish({ status: "failed", error });
  }

  /** Ends the response as one that nobody wants any more. */
  cancel(): ResponseEvent[] {
    const events = this.#output.close("incomplete", "commentary");
    return [...events, this.#finish({ status: "cancelled" })];
  }

  #eventsOf(event: HttpRunEvent): ResponseEvent[] {
    switch (event.type) {
      case "text":
        return this.#output.text(event.delta);
      case "thinking":
        return this.#output.thinking(event.delta);
      case "toolCallDelta":
        return this.#output.callPiece(event);
      case "toolCall":
        return this.#output.toolCall(event);
      case "end":
        return this.#end(event);
      case "error":
        return this.#fail(runError(event));
    }
  }

  #end({ text, stopReason, usage }: HttpRunEvent & { type: "end" }): ResponseEvent[] {
    if (stopReason === "aborted") return this.#fail(cutShort());
    const isWhole = stopReason !== "length";
    const { items } = this.#output;
    const events: ResponseEvent[] = [];
    const isSilent = items.every(({ type }) => type === "reasoning") && !this.#output.isSpeaking;
    if (isSilent) events.push(...this.#output.text(text || (isWhole ? NO_REPLY_TEXT : "")));
    events.push(...this.#output.close(isWhole ? "completed" : "incomplete", "final_answer"));
    const status = isWhole ? "completed" : "incomplete";
    const completedAt = isWhole ? { completedAt: Math.floor(this.#now() / 1000) } : {};
    return [...events, this.#finish({ status, usage, ...completedAt })];
  }

  #fail(error: HttpError): ResponseEvent[] {
    const events = this.#output.close("incomplete", "commentary");
    return [...events, this.#finish({ status: "failed", error })];
  }

  #finish(state: ResponseState): ResponseEvent {
    this.#final = { ...state, output: this.#output.items };
    return { type: `response.${state.status}`, response: this.response };
  }
}

function cutShort(): HttpError {
  return new HttpError(503, "RUN_ABORTED", "The run was aborted", { retryable: true });
}

/**
 * The chat dialect's answer as a stream: events of a run in, chunks out. Pure translation.
 *
 * @module
 */
import { splitText } from "../../base/mod.ts";
import { errorBody, runError } from "../errors.ts";
import { TOOL_ARGUMENT_FRAGMENT_CHARS } from "../limits.ts";
import { DONE_FRAME } from "../sse_stream.ts";
import type { HttpRunEvent } from "../types.ts";
import {
  type CompletionHead,
  type EndEvent,
  finishReason,
  replyText,
  type ToolCallEvent,
  usageOf,
} from "./wording.ts";

/** What a client wants of the form of its stream. */
export interface ChatStreamForm {
  /** Whether the stream ends with a usage chunk; the others then say that they are none. */
  includesUsage: boolean;
  /** Whether calls are told as it was done before there were tools. */
  usesFunctions?: boolean;
}

/** A call whose name is told already. */
interface BegunCall {
  readonly index: number;
  /** How much of its arguments is told. */
  sentChars: number;
}

/** Writes the frames of one streamed completion. */
export class ChatStreamWriter {
  readonly #head: string;
  readonly #tail: string;
  readonly #includesUsage: boolean;
  readonly #usesFunctions: boolean;
  #hasText = false;
  /** Calls that have begun, by their ids. */
  readonly #calls = new Map<string, BegunCall>();
  #wholeCalls = 0;

  constructor(head: CompletionHead, { includesUsage, usesFunctions = false }: ChatStreamForm) {
    const { id, created, model } = head;
    const start = JSON.stringify({ id, object: "chat.completion.chunk", created, model });
    this.#head = `data: ${start.slice(0, -1)},"choices":[`;
    this.#tail = includesUsage ? `],"usage":null}\n\n` : "]}\n\n";
    this.#includesUsage = includesUsage;
    this.#usesFunctions = usesFunctions;
  }

  /** The frame that opens every stream. */
  open(): string {
    return this.#delta('{"role":"assistant"}');
  }

  /** The frames of an event. */
  write(event: HttpRunEvent): string {
    switch (event.type) {
      case "text":
        return this.#text(event.delta);
      case "thinking":
        return event.delta === ""
          ? ""
          : this.#delta(`{"reasoning_content":${JSON.stringify(event.delta)}}`);
      case "toolCallDelta":
        return this.#callPieces(event, event.delta);
      case "toolCall":
        return this.#toolCall(event);
      case "end":
        return this.#end(event);
      case "error":
        return this.#error(event);
    }
  }

  #text(delta: string): string {
    if (delta === "") return "";
    this.#hasText = true;
    return this.#delta(`{"content":${JSON.stringify(delta)}}`);
  }

  #callPieces({ id, name }: { id: string; name: string }, text: string): string {
    let frames = "";
    let call = this.#calls.get(id);
    if (call === undefined) {
      call = { index: this.#calls.size, sentChars: 0 };
      this.#calls.set(id, call);
      const opening = { name, arguments: "" };
      frames = this.#callDelta(opening, { index: call.index, id, type: "function" });
    }
    call.sentChars += text.length;
    for (const piece of splitText(text, TOOL_ARGUMENT_FRAGMENT_CHARS)) {
      frames += this.#callDelta({ arguments: piece }, { index: call.index });
    }
    return frames;
  }

  /** A call, or what is left of one that has begun. */
  #toolCall(call: ToolCallEvent): string {
    this.#wholeCalls++;
    const sentChars = this.#calls.get(call.id)?.sentChars ?? 0;
    return this.#callPieces(call, call.arguments.slice(sentChars));
  }

  #callDelta(declared: Record<string, string>, call: Record<string, unknown>): string {
    const delta = this.#usesFunctions
      ? { function_call: declared }
      : { tool_calls: [{ ...call, function: declared }] };
    return this.#delta(JSON.stringify(delta));
  }

  #end(event: EndEvent): string {
    const hasToolCalls = this.#wholeCalls > 0;
    const missing = this.#hasText ? "" : replyText(event, hasToolCalls);
    const reason = finishReason(event, hasToolCalls, this.#usesFunctions);
    let frames = this.#text(missing) +
      `${this.#head}{"index":0,"delta":{},"finish_reason":"${reason}"}${this.#tail}`;
    if (this.#includesUsage) {
      frames += `${this.#head}],"usage":${JSON.stringify(usageOf(event))}}\n\n`;
    }
    return frames + DONE_FRAME;
  }

  /** An object with `error` is what the official clients raise on in the middle of a stream. */
  #error(event: HttpRunEvent & { type: "error" }): string {
    return `data: ${JSON.stringify({ error: errorBody(runError(event)) })}\n\n${DONE_FRAME}`;
  }

  #delta(delta: string): string {
    return `${this.#head}{"index":0,"delta":${delta},"finish_reason":null}${this.#tail}`;
  }
}

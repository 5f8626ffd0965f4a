/**
 * The chat dialect's answer as a stream: events of a run in, chunks out. Pure translation.
 *
 * @module
 */
import { errorBody, runError } from "../errors.ts";
import { TOOL_ARGUMENT_FRAGMENT_CHARS } from "../limits.ts";
import { splitText } from "../split_text.ts";
import type { HttpRunEvent } from "../types.ts";
import {
  type CompletionHead,
  type EndEvent,
  finishReason,
  replyText,
  type ToolCallEvent,
  usageOf,
} from "./wording.ts";

/** The last frame of every stream. */
const DONE_FRAME = "data: [DONE]\n\n";

/** What a client wants of the form of its stream. */
export interface ChatStreamForm {
  /** Whether the stream ends with a usage chunk; the others then say that they are none. */
  includesUsage: boolean;
  /** Whether calls are told as it was done before there were tools. */
  usesFunctions?: boolean;
}

/** Writes the frames of one streamed completion. */
export class ChatStreamWriter {
  readonly #head: string;
  readonly #tail: string;
  readonly #includesUsage: boolean;
  readonly #usesFunctions: boolean;
  #hasText = false;
  #toolCalls = 0;

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

  #toolCall({ id, name, arguments: text }: ToolCallEvent): string {
    const index = this.#toolCalls++;
    const opening = { name, arguments: "" };
    let frames = this.#callDelta(opening, { index, id, type: "function" });
    for (const fragment of splitText(text, TOOL_ARGUMENT_FRAGMENT_CHARS)) {
      frames += this.#callDelta({ arguments: fragment }, { index });
    }
    return frames;
  }

  #callDelta(declared: Record<string, string>, call: Record<string, unknown>): string {
    const delta = this.#usesFunctions
      ? { function_call: declared }
      : { tool_calls: [{ ...call, function: declared }] };
    return this.#delta(JSON.stringify(delta));
  }

  #end(event: EndEvent): string {
    const hasToolCalls = this.#toolCalls > 0;
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

/**
 * The chat dialect's answer in one piece: events of a run in, one completion out. Pure translation.
 *
 * @module
 */
import { type FinalRunEvent, isFinal } from "../run_stream.ts";
import type { HttpRunEvent } from "../types.ts";
import {
  type CompletionHead,
  type EndEvent,
  finishReason,
  replyText,
  type ToolCallEvent,
  usageOf,
} from "./wording.ts";

/** Gathers a run into one completion. */
export class ChatCompletionBuilder {
  readonly #head: CompletionHead;
  readonly #usesFunctions: boolean;
  readonly #toolCalls: ToolCallEvent[] = [];
  #thinking = "";

  constructor(head: CompletionHead, usesFunctions = false) {
    this.#head = head;
    this.#usesFunctions = usesFunctions;
  }

  /** Takes an event; answers with the final one when it comes. */
  add(event: HttpRunEvent): FinalRunEvent | undefined {
    if (event.type === "toolCall") this.#toolCalls.push(event);
    if (event.type === "thinking") this.#thinking += event.delta;
    return isFinal(event) ? event : undefined;
  }

  /** The completion, ready for `JSON.stringify()`. */
  build(event: EndEvent): unknown {
    const hasToolCalls = this.#toolCalls.length > 0;
    return {
      id: this.#head.id,
      object: "chat.completion",
      created: this.#head.created,
      model: this.#head.model,
      choices: [{
        index: 0,
        message: this.#message(replyText(event, hasToolCalls)),
        logprobs: null,
        finish_reason: finishReason(event, hasToolCalls, this.#usesFunctions),
      }],
      usage: usageOf(event),
    };
  }

  #message(text: string) {
    const [first] = this.#toolCalls;
    return {
      role: "assistant",
      content: text === "" && first !== undefined ? null : text,
      refusal: null,
      annotations: [],
      ...(this.#thinking === "" ? {} : { reasoning_content: this.#thinking }),
      ...(first === undefined ? {} : this.#calls(first)),
    };
  }

  #calls(first: ToolCallEvent) {
    if (this.#usesFunctions) {
      return { function_call: { name: first.name, arguments: first.arguments } };
    }
    const calls = this.#toolCalls.map(({ id, name, arguments: text }) => (
      { id, type: "function", function: { name, arguments: text } }
    ));
    return { tool_calls: calls };
  }
}

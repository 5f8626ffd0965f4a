/**
 * The chat dialect's answers: events of a run in, chunks or one completion out. Pure translation.
 *
 * @module
 */
import { splitText } from "../../base/mod.ts";
import { errorBody, runError } from "../errors.ts";
import { TOOL_ARGUMENT_FRAGMENT_CHARS } from "../limits.ts";
import { NO_REPLY_TEXT } from "../run_answer.ts";
import { type FinalRunEvent, isFinal } from "../run_stream.ts";
import { DONE_FRAME } from "../sse_stream.ts";
import type { HttpRunEvent } from "../types.ts";

/** What identifies one completion. */
export interface CompletionHead {
  id: string;
  /** Seconds since the epoch. */
  created: number;
  /** Echo of the request's `model`. */
  model: string;
}

type EndEvent = HttpRunEvent & { type: "end" };
type ToolCallEvent = HttpRunEvent & { type: "toolCall" };

/** Writes the frames of one streamed completion. */
export class ChatStreamWriter {
  readonly #head: string;
  readonly #includesUsage: boolean;
  #hasText = false;
  #toolCalls = 0;

  constructor(head: CompletionHead, includesUsage: boolean) {
    const { id, created, model } = head;
    const start = JSON.stringify({ id, object: "chat.completion.chunk", created, model });
    this.#head = `data: ${start.slice(0, -1)},"choices":[`;
    this.#includesUsage = includesUsage;
  }

  /** The frame that opens every stream. */
  open(): string {
    return this.#delta('{"role":"assistant"}');
  }

  /** The frames of an event; `""` for what a chat client does not see. */
  write(event: HttpRunEvent): string {
    if (event.type === "text") return this.#text(event.delta);
    if (event.type === "toolCall") return this.#toolCall(event);
    if (event.type === "end") return this.#end(event);
    return event.type === "error" ? this.#error(event) : "";
  }

  #text(delta: string): string {
    if (delta === "") return "";
    this.#hasText = true;
    return this.#delta(`{"content":${JSON.stringify(delta)}}`);
  }

  #toolCall({ id, name, arguments: text }: ToolCallEvent): string {
    const index = this.#toolCalls++;
    const opening = { index, id, type: "function", function: { name, arguments: "" } };
    let frames = this.#delta(JSON.stringify({ tool_calls: [opening] }));
    for (const fragment of splitText(text, TOOL_ARGUMENT_FRAGMENT_CHARS)) {
      const call = { index, function: { arguments: fragment } };
      frames += this.#delta(JSON.stringify({ tool_calls: [call] }));
    }
    return frames;
  }

  #end(event: EndEvent): string {
    const hasToolCalls = this.#toolCalls > 0;
    const missing = this.#hasText ? "" : replyText(event, hasToolCalls);
    const reason = finishReason(event, hasToolCalls);
    let frames = this.#text(missing);
    frames += `${this.#head}{"index":0,"delta":{},"finish_reason":"${reason}"}]}\n\n`;
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
    return `${this.#head}{"index":0,"delta":${delta},"finish_reason":null}]}\n\n`;
  }
}

/** Gathers a run into one completion. */
export class ChatCompletionBuilder {
  readonly #head: CompletionHead;
  readonly #toolCalls: ToolCallEvent[] = [];

  constructor(head: CompletionHead) {
    this.#head = head;
  }

  /** Takes an event; answers with the final one when it comes. */
  add(event: HttpRunEvent): FinalRunEvent | undefined {
    if (event.type === "toolCall") this.#toolCalls.push(event);
    return isFinal(event) ? event : undefined;
  }

  /** The completion, ready for `JSON.stringify()`. */
  build(event: EndEvent): unknown {
    const calls = this.#toolCalls.map(({ id, name, arguments: text }) => (
      { id, type: "function", function: { name, arguments: text } }
    ));
    const content = replyText(event, calls.length > 0);
    const message = { role: "assistant", content };
    return {
      id: this.#head.id,
      object: "chat.completion",
      created: this.#head.created,
      model: this.#head.model,
      choices: [{
        index: 0,
        message: calls.length > 0 ? { ...message, tool_calls: calls } : message,
        finish_reason: finishReason(event, calls.length > 0),
      }],
      usage: usageOf(event),
    };
  }
}

/** The whole reply; an agent that said and called nothing is quoted with a fixed text. */
function replyText(event: EndEvent, hasToolCalls: boolean): string {
  if (event.text !== "" || hasToolCalls || event.stopReason === "aborted") return event.text;
  return NO_REPLY_TEXT;
}

function finishReason(event: EndEvent, hasToolCalls: boolean): "stop" | "length" | "tool_calls" {
  if (event.stopReason === "length") return "length";
  return event.stopReason === "toolUse" && hasToolCalls ? "tool_calls" : "stop";
}

/** Cached tokens are part of the prompt, as OpenAI counts them. */
function usageOf({ usage }: EndEvent) {
  const prompt = usage.input + usage.cacheRead;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
  };
}

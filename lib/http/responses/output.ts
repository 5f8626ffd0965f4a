/**
 * The output of a response as a run makes it: items that open, grow and close, and the events that
 * tell a stream's reader of it. Pure translation.
 *
 * @module
 */
import { splitText } from "../../base/mod.ts";
import { TOOL_ARGUMENT_FRAGMENT_CHARS } from "../limits.ts";
import type { HttpRunEvent } from "../types.ts";
import type { OutputItem } from "./response_object.ts";

/** An event of a response's stream, without its number. */
export type ResponseEvent = Record<string, unknown> & { type: string };

/** How an item ended. */
type ItemStatus = "completed" | "incomplete";

/** An item that is being made; only the newest one ever is. */
interface OpenItem {
  kind: "message" | "reasoning";
  id: string;
  index: number;
  text: string;
}

/** Gathers the output of one response. Every method answers with the events of what it did. */
export class OutputBuilder {
  /** What is there, closed items as clients keep them. */
  readonly items: OutputItem[] = [];
  readonly #idBase: string;
  #open: OpenItem | undefined;

  /** @param responseId Items get ids made of it, by which they are found again. */
  constructor(responseId: string) {
    this.#idBase = responseId.slice("resp_".length);
  }

  /** Whether a message is open. */
  get isSpeaking(): boolean {
    return this.#open?.kind === "message";
  }

  /** Adds a piece of the reply. */
  text(delta: string): ResponseEvent[] {
    if (delta === "") return [];
    const { events, item } = this.#ensure("message");
    item.text += delta;
    events.push({
      type: "response.output_text.delta",
      ...placeOf(item),
      content_index: 0,
      delta,
      logprobs: [],
    });
    return events;
  }

  /** Adds a piece of what the model thought. */
  thinking(delta: string): ResponseEvent[] {
    if (delta === "") return [];
    const { events, item } = this.#ensure("reasoning");
    item.text += delta;
    events.push({
      type: "response.reasoning_summary_text.delta",
      ...placeOf(item),
      summary_index: 0,
      delta,
    });
    return events;
  }

  /** Adds a call of a client's function. */
  toolCall(call: HttpRunEvent & { type: "toolCall" }): ResponseEvent[] {
    const events = this.close("completed", "commentary");
    const index = this.items.length;
    const id = this.#newId("fc");
    const place = { item_id: id, output_index: index };
    const done = {
      type: "function_call",
      id,
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
      status: "completed",
    };
    this.items.push(done);
    const item = { ...done, arguments: "", status: "in_progress" };
    events.push({ type: "response.output_item.added", output_index: index, item });
    for (const delta of splitText(call.arguments, TOOL_ARGUMENT_FRAGMENT_CHARS)) {
      events.push({ type: "response.function_call_arguments.delta", ...place, delta });
    }
    events.push({
      type: "response.function_call_arguments.done",
      ...place,
      name: call.name,
      arguments: call.arguments,
    });
    events.push({ type: "response.output_item.done", output_index: index, item: done });
    return events;
  }

  /** Ends the item that is open, if one is. */
  close(status: ItemStatus, phase: "commentary" | "final_answer"): ResponseEvent[] {
    const item = this.#open;
    if (item === undefined) return [];
    this.#open = undefined;
    const isMessage = item.kind === "message";
    const done = isMessage ? messageItem(item, status, phase) : reasoningItem(item, status);
    this.items.push(done);
    return [
      ...(isMessage ? messageEnd(item) : reasoningEnd(item)),
      { type: "response.output_item.done", output_index: item.index, item: done },
    ];
  }

  /** The open item, of this kind; another one is closed before. */
  #ensure(kind: OpenItem["kind"]): { events: ResponseEvent[]; item: OpenItem } {
    if (this.#open?.kind === kind) return { events: [], item: this.#open };
    const events = this.close("completed", "commentary");
    const id = this.#newId(kind === "message" ? "msg" : "rs");
    const item: OpenItem = { kind, id, index: this.items.length, text: "" };
    this.#open = item;
    events.push(...(kind === "message" ? messageStart(item) : reasoningStart(item)));
    return { events, item };
  }

  #newId(prefix: string): string {
    return `${prefix}_${this.#idBase}_${this.items.length}`;
  }
}

function placeOf({ id, index }: OpenItem) {
  return { item_id: id, output_index: index };
}

function textPart(text: string) {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function messageItem(
  { id, text }: OpenItem,
  status: ItemStatus,
  phase: "commentary" | "final_answer",
): OutputItem {
  return { type: "message", id, role: "assistant", content: [textPart(text)], phase, status };
}

function messageStart(item: OpenItem): ResponseEvent[] {
  const { id, index } = item;
  return [
    {
      type: "response.output_item.added",
      output_index: index,
      item: { type: "message", id, role: "assistant", content: [], status: "in_progress" },
    },
    {
      type: "response.content_part.added",
      ...placeOf(item),
      content_index: 0,
      part: textPart(""),
    },
  ];
}

function messageEnd(item: OpenItem): ResponseEvent[] {
  const place = { ...placeOf(item), content_index: 0 };
  return [
    { type: "response.output_text.done", ...place, text: item.text, logprobs: [] },
    { type: "response.content_part.done", ...place, part: textPart(item.text) },
  ];
}

function summaryPart(text: string) {
  return { type: "summary_text", text };
}

function reasoningItem({ id, text }: OpenItem, status: ItemStatus): OutputItem {
  return { type: "reasoning", id, summary: [summaryPart(text)], status };
}

function reasoningStart(item: OpenItem): ResponseEvent[] {
  const { id, index } = item;
  return [
    {
      type: "response.output_item.added",
      output_index: index,
      item: { type: "reasoning", id, summary: [], status: "in_progress" },
    },
    {
      type: "response.reasoning_summary_part.added",
      ...placeOf(item),
      summary_index: 0,
      part: summaryPart(""),
    },
  ];
}

function reasoningEnd(item: OpenItem): ResponseEvent[] {
  const place = { ...placeOf(item), summary_index: 0 };
  return [
    { type: "response.reasoning_summary_text.done", ...place, text: item.text },
    { type: "response.reasoning_summary_part.done", ...place, part: summaryPart(item.text) },
  ];
}

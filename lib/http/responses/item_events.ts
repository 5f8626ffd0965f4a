/**
 * The events that tell of one item of a response: how it opens, grows and closes. Pure wording.
 *
 * @module
 */
import type { OutputItem } from "./response_object.ts";

/** An event of a response's stream, without its number. */
export type ResponseEvent = Record<string, unknown> & { type: string };

/** How an item ended. */
export type ItemStatus = "completed" | "incomplete";

/** What a message is in a reply. */
export type MessagePhase = "commentary" | "final_answer";

/** An item that is being made. */
export interface OpenItem {
  readonly kind: "message" | "reasoning" | "function_call";
  readonly id: string;
  /** Its place in the output. */
  readonly index: number;
  /** Of a function call only. */
  readonly call?: { readonly id: string; readonly name: string };
  /** What was said, thought or given as arguments so far. */
  text: string;
}

/** The events of its beginning. */
export function startEvents(item: OpenItem): ResponseEvent[] {
  const { id, index, kind } = item;
  const begun = kind === "function_call"
    ? callItem(item, "in_progress")
    : kind === "message"
    ? { type: kind, id, role: "assistant", content: [], status: "in_progress" }
    : { type: kind, id, summary: [], status: "in_progress" };
  const added = { type: "response.output_item.added", output_index: index, item: begun };
  if (kind === "function_call") return [added];
  const part = kind === "message" ? textPart("") : summaryPart("");
  return [added, { type: `response.${PARTS[kind]}.added`, ...partPlace(item), part }];
}

/** The event of a piece of it; the item is not changed. */
export function pieceEvent(item: OpenItem, delta: string): ResponseEvent {
  switch (item.kind) {
    case "message":
      return { type: "response.output_text.delta", ...partPlace(item), delta, logprobs: [] };
    case "reasoning":
      return { type: "response.reasoning_summary_text.delta", ...partPlace(item), delta };
    case "function_call":
      return { type: "response.function_call_arguments.delta", ...placeOf(item), delta };
  }
}

/** The item as clients keep it. */
export function closedItem(item: OpenItem, status: ItemStatus, phase: MessagePhase): OutputItem {
  const { id, kind, text } = item;
  if (kind === "function_call") return { ...callItem(item, status), arguments: text };
  return kind === "message"
    ? { type: kind, id, role: "assistant", content: [textPart(text)], phase, status }
    : { type: kind, id, summary: [summaryPart(text)], status };
}

/** The events of its end. Arguments that were cut short are never said to be done. */
export function endEvents(item: OpenItem, done: OutputItem): ResponseEvent[] {
  const last = { type: "response.output_item.done", output_index: item.index, item: done };
  if (item.kind === "function_call") {
    return done.status === "incomplete" ? [last] : [argumentsDone(item), last];
  }
  const part = item.kind === "message" ? textPart(item.text) : summaryPart(item.text);
  const place = partPlace(item);
  const textDone = item.kind === "message"
    ? { type: "response.output_text.done", ...place, text: item.text, logprobs: [] }
    : { type: "response.reasoning_summary_text.done", ...place, text: item.text };
  return [textDone, { type: `response.${PARTS[item.kind]}.done`, ...place, part }, last];
}

const PARTS = { message: "content_part", reasoning: "reasoning_summary_part" } as const;

function argumentsDone(item: OpenItem): ResponseEvent {
  return {
    type: "response.function_call_arguments.done",
    ...placeOf(item),
    name: item.call!.name,
    arguments: item.text,
  };
}

function callItem({ id, call }: OpenItem, status: "in_progress" | ItemStatus) {
  const { id: call_id, name } = call!;
  return { type: "function_call", id, call_id, name, arguments: "", status };
}

function placeOf({ id, index }: OpenItem) {
  return { item_id: id, output_index: index };
}

/** Messages and summaries have one part each. */
function partPlace(item: OpenItem) {
  const place = placeOf(item);
  return item.kind === "message" ? { ...place, content_index: 0 } : { ...place, summary_index: 0 };
}

function textPart(text: string) {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function summaryPart(text: string) {
  return { type: "summary_text", text };
}

/**
 * The stream of a response that has ended, made again from the response and the lengths of the pieces
 * it came in: the same events with the same numbers.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import {
  endEvents,
  type OpenItem,
  pieceEvent,
  type ResponseEvent,
  startEvents,
} from "./item_events.ts";
import type { OutputItem } from "./response_object.ts";

/** The events that open the stream of a response. */
export function openingEvents(response: Record<string, unknown>): ResponseEvent[] {
  return [
    { type: "response.created", response },
    { type: "response.in_progress", response },
  ];
}

/** The length of an event's piece, where it is one. */
export function pieceLength({ delta }: ResponseEvent): number | undefined {
  return typeof delta === "string" ? delta.length : undefined;
}

/**
 * All events of a response that has ended, in order.
 *
 * @param pieces Lengths of all pieces of all items; where they end, the rest of an item is one piece.
 */
export function* replay(
  response: Record<string, unknown>,
  pieces: readonly number[] = [],
): Generator<ResponseEvent, void, void> {
  yield* openingEvents(asBegun(response));
  const lengths = pieces.values();
  const output = Array.isArray(response.output) ? response.output as OutputItem[] : [];
  for (const [index, done] of output.entries()) {
    const whole = openItem(done, index);
    yield* startEvents({ ...whole, text: "" });
    for (let start = 0; start < whole.text.length;) {
      const end = start + (lengths.next().value ?? whole.text.length);
      yield pieceEvent(whole, whole.text.slice(start, end));
      start = end;
    }
    yield* endEvents(whole, done);
  }
  yield { type: `response.${response.status}`, response };
}

/** The response as it was when its stream began. */
function asBegun(response: Record<string, unknown>): Record<string, unknown> {
  const nothing = { completed_at: null, error: null, incomplete_details: null, usage: null };
  return { ...response, status: "in_progress", output: [], ...nothing };
}

/** A closed item as it was before its end. */
function openItem(done: OutputItem, index: number): OpenItem {
  const { id, type } = done;
  if (type === "function_call") {
    const call = { id: String(done.call_id), name: String(done.name) };
    return { kind: type, id, index, call, text: String(done.arguments) };
  }
  const kind = type === "reasoning" ? type : "message";
  const parts = kind === "message" ? done.content : done.summary;
  return { kind, id, index, text: textOf(Array.isArray(parts) ? parts : []) };
}

function textOf(parts: readonly unknown[]): string {
  return parts.filter(isObject).map(({ text }: JsonObject) => String(text)).join("");
}

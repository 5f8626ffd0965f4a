/**
 * A strict reader of Anthropic's event streams, for tests: whatever is out of order fails.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { isObject, type JsonObject } from "../../base/mod.ts";

/** A message put together from its events. */
export interface ReadMessage {
  message: JsonObject;
  blocks: JsonObject[];
  stopReason: unknown;
  usage: JsonObject;
  /** Types of the events in their order, repeated deltas once. */
  order: string[];
  /** The event that ended the stream early. */
  error?: JsonObject;
}

/** Reads the frames of a stream; comments are dropped. */
export function readFrames(text: string): JsonObject[] {
  assert(text.endsWith("\n\n"), "the last frame is whole");
  const frames = text.split("\n\n").slice(0, -1).filter((frame) => !frame.startsWith(":"));
  return frames.map((frame) => {
    const match = /^event: ([a-z_]+)\ndata: ([^\n]+)$/.exec(frame);
    assert(match, `not an event with a name and one line of data: ${frame}`);
    const data = JSON.parse(match[2]!);
    assertEquals(data.type, match[1], "name and type agree");
    return data;
  });
}

/** Puts a message together, and fails where Anthropic's clients would. */
export function readStream(text: string): ReadMessage {
  const frames = readFrames(text);
  const reader = new StreamReader();
  for (const frame of frames) reader.take(frame);
  return reader.end();
}

const DELTAS: Readonly<Record<string, [block: string, field: string, from: string]>> = {
  text_delta: ["text", "text", "text"],
  thinking_delta: ["thinking", "thinking", "thinking"],
  signature_delta: ["thinking", "signature", "signature"],
  input_json_delta: ["tool_use", "json", "partial_json"],
};

class StreamReader {
  readonly #order: string[] = [];
  readonly #blocks: JsonObject[] = [];
  #message: JsonObject | undefined;
  #open: JsonObject | undefined;
  #delta: JsonObject | undefined;
  #isStopped = false;
  #error: JsonObject | undefined;

  take(frame: JsonObject): void {
    assert(!this.#isStopped && !this.#error, `nothing follows the end, not ${frame.type}`);
    const type = String(frame.type);
    if (this.#order.at(-1) !== type) this.#order.push(type);
    if (type === "error") {
      assert(isObject(frame.error) && typeof frame.request_id === "string");
      this.#error = frame;
      return;
    }
    if (type !== "message_start") assert(this.#message, "message_start comes first");
    this.#handlers[type]?.(frame);
    assert(type === "ping" || Object.hasOwn(this.#handlers, type), `unknown event ${type}`);
  }

  end(): ReadMessage {
    assert(this.#isStopped || this.#error, "the stream has an end");
    return {
      message: this.#message ?? {},
      blocks: this.#blocks,
      stopReason: (this.#delta?.delta as JsonObject | undefined)?.stop_reason,
      usage: (this.#delta?.usage ?? {}) as JsonObject,
      order: this.#order,
      ...(this.#error ? { error: this.#error } : {}),
    };
  }

  readonly #handlers: Record<string, (frame: JsonObject) => void> = {
    message_start: ({ message }) => {
      assert(!this.#message, "one message_start");
      assert(isObject(message) && isObject(message.usage));
      assertEquals([message.type, message.role, message.content, message.stop_reason], [
        "message",
        "assistant",
        [],
        null,
      ]);
      this.#message = message;
    },
    content_block_start: ({ index, content_block: block }) => {
      assert(!this.#open && !this.#delta, "no block begins within another or after message_delta");
      assertEquals(index, this.#blocks.length, "blocks are numbered from 0 without gaps");
      assert(isObject(block));
      this.#open = { ...block, ...(block.type === "tool_use" ? { json: "" } : {}) };
      this.#blocks.push(this.#open);
    },
    content_block_delta: ({ index, delta }) => {
      assert(this.#open, "a delta belongs to an open block");
      assertEquals(index, this.#blocks.length - 1);
      assert(isObject(delta) && typeof delta.type === "string");
      const [block, field, from] = DELTAS[delta.type]!;
      assertEquals(this.#open.type, block, "delta and block fit");
      this.#open[field] = String(this.#open[field]) + delta[from];
    },
    content_block_stop: ({ index }) => {
      assert(this.#open, "what ends was open");
      assertEquals(index, this.#blocks.length - 1);
      if (this.#open.type === "tool_use") {
        this.#open.input = JSON.parse(String(this.#open.json) || "{}");
        delete this.#open.json;
      }
      this.#open = undefined;
    },
    message_delta: (frame) => {
      assert(!this.#open && !this.#delta, "one message_delta, after the last block");
      assert(isObject(frame.delta) && isObject(frame.usage));
      this.#delta = frame;
    },
    message_stop: () => {
      assert(this.#delta, "message_delta comes before message_stop");
      this.#isStopped = true;
    },
  };
}

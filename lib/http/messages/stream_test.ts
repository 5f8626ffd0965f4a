import { assertEquals } from "@std/assert";
import { endEvent, TEST_USAGE } from "../testing.ts";
import type { HttpRunEvent } from "../types.ts";
import { readFrames, readStream } from "./_testing.ts";
import { MessageBuilder, type MessageHead, MessageStreamWriter } from "./stream.ts";

const HEAD: MessageHead = {
  id: "msg_1",
  model: "openclaw",
  requestId: "req-1",
  showsThinking: true,
  stopSequences: [],
};

const CALLS: HttpRunEvent[] = [
  { type: "toolCall", id: "call_1", name: "weather", arguments: '{"city":"Oslo 🌧️"}' },
  { type: "toolCall", id: "call_2", name: "time", arguments: "" },
];

function write(events: readonly HttpRunEvent[], head: Partial<MessageHead> = {}): string {
  const writer = new MessageStreamWriter({ ...HEAD, ...head });
  return [writer.open(), ...events.map((event) => writer.write(event))].join("");
}

// deno-lint-ignore no-explicit-any -- what clients read is looked at field by field
function build(events: readonly HttpRunEvent[], head: Partial<MessageHead> = {}): any {
  const builder = new MessageBuilder({ ...HEAD, ...head });
  for (const event of events) {
    const final = builder.add(event);
    if (final?.type === "end") return builder.build(final);
  }
}

Deno.test("MessageStreamWriter opens, sends pieces, and ends in the documented order", () => {
  const { message, blocks, order, stopReason, usage } = readStream(write([
    { type: "text", delta: "Hel" },
    { type: "text", delta: "" },
    { type: "text", delta: "lo" },
    endEvent("Hello"),
  ]));
  assertEquals([message.id, message.model, message.stop_sequence], ["msg_1", "openclaw", null]);
  assertEquals(blocks, [{ type: "text", text: "Hello", citations: null }]);
  assertEquals(stopReason, "end_turn");
  assertEquals(usage, {
    input_tokens: TEST_USAGE.input,
    output_tokens: TEST_USAGE.output,
    cache_creation_input_tokens: TEST_USAGE.cacheWrite,
    cache_read_input_tokens: TEST_USAGE.cacheRead,
  });
  assertEquals(order, [
    "message_start",
    "ping",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
});

Deno.test("MessageStreamWriter numbers thoughts, text and calls one after the other", () => {
  const { blocks, stopReason } = readStream(write([
    { type: "thinking", delta: "Hm" },
    { type: "thinking", delta: "m" },
    { type: "text", delta: "Let me look." },
    ...CALLS,
    { type: "text", delta: "And" },
    endEvent("Let me look.And", "toolUse"),
  ]));
  assertEquals(blocks, [
    { type: "thinking", thinking: "Hmm", signature: "openclaw-unsigned" },
    { type: "text", text: "Let me look.", citations: null },
    { type: "tool_use", id: "call_1", name: "weather", input: { city: "Oslo 🌧️" } },
    { type: "tool_use", id: "call_2", name: "time", input: {} },
    { type: "text", text: "And", citations: null },
  ]);
  assertEquals(stopReason, "tool_use");
});

Deno.test("MessageStreamWriter cuts long arguments without splitting a character", () => {
  const text = JSON.stringify({ text: "🌧️".repeat(400) });
  const call: HttpRunEvent = { type: "toolCall", id: "c", name: "t", arguments: text };
  const stream = write([call, endEvent("", "toolUse")]);
  assertEquals(readStream(stream).blocks[0]!.input, JSON.parse(text));
  const deltas = readFrames(stream).filter(({ type }) => type === "content_block_delta");
  assertEquals(deltas.length > 3, true);
});

Deno.test("MessageStreamWriter keeps thoughts from clients that did not ask for them", () => {
  const events: HttpRunEvent[] = [{ type: "thinking", delta: "Hm" }, endEvent("Hello")];
  const { blocks } = readStream(write(events, { showsThinking: false }));
  assertEquals(blocks, [{ type: "text", text: "Hello", citations: null }]);
});

Deno.test("MessageStreamWriter sends a reply of no pieces, and none at all", () => {
  assertEquals(readStream(write([endEvent("Whole")])).blocks[0]!.text, "Whole");
  assertEquals(readStream(write([endEvent("")])).blocks, []);
});

Deno.test("MessageStreamWriter ends a failed stream with an error event", () => {
  const { blocks, error } = readStream(write([
    { type: "text", delta: "Hel" },
    {
      type: "error",
      code: "PROVIDER_OVERLOADED",
      message: "Too busy",
      status: 503,
      hint: "Wait",
    },
  ]));
  assertEquals(blocks[0]!.text, "Hel");
  assertEquals(error, {
    type: "error",
    error: {
      type: "overloaded_error",
      message: "Too busy",
      code: "PROVIDER_OVERLOADED",
      hint: "Wait",
    },
    request_id: "req-1",
  });
});

Deno.test("MessageStreamWriter and MessageBuilder give the same message", () => {
  const runs: HttpRunEvent[][] = [
    [endEvent("Hello")],
    [endEvent("")],
    [{ type: "text", delta: "a" }, { type: "text", delta: "b" }, endEvent("ab", "length")],
    [{ type: "thinking", delta: "t" }, ...CALLS, endEvent("", "toolUse")],
    [{ type: "text", delta: "a" }, ...CALLS, { type: "text", delta: "b" }, endEvent("ab")],
    [{ type: "text", delta: "a" }, endEvent("a", "aborted")],
  ];
  for (const events of runs) {
    const streamed = readStream(write(events));
    const built = build(events);
    assertEquals(built.content, streamed.blocks);
    assertEquals(built.stop_reason, streamed.stopReason);
    assertEquals(built.usage, streamed.usage);
  }
});

Deno.test("MessageStreamWriter tells no part of what did not begin as an object", () => {
  const text = '[{"a":1}]';
  const pieces = ["", "[", '{"a":', "1}]"].map((delta): HttpRunEvent => ({
    type: "toolCallDelta",
    id: "c",
    name: "t",
    delta,
  }));
  const call: HttpRunEvent = { type: "toolCall", id: "c", name: "t", arguments: text };
  const { blocks } = readStream(write([...pieces, call, endEvent("", "toolUse")]));
  assertEquals(blocks[0]!.input, { raw_arguments: text });
});

Deno.test("MessageBuilder says why a reply ended", () => {
  const reason = (events: HttpRunEvent[]) => build(events).stop_reason;
  assertEquals(reason([endEvent("a", "length")]), "max_tokens");
  assertEquals(reason([CALLS[0]!, endEvent("", "toolUse")]), "tool_use");
  // Tools of the agent's own were called, and the client has nothing to do.
  assertEquals(reason([endEvent("a", "toolUse")]), "end_turn");
});

Deno.test("MessageBuilder keeps arguments that are no JSON where they can be seen", () => {
  const call: HttpRunEvent = { type: "toolCall", id: "c", name: "t", arguments: '{"a":' };
  const built = build([call, endEvent("", "toolUse")]);
  assertEquals(built.content[0].input, { raw_arguments: '{"a":' });
});

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { delta } from "./_fake_provider.ts";
import { StreamFault } from "./faults.ts";
import { CompletionAssembler, MAX_ANSWER_CHARS, MAX_TOOL_CALLS } from "./openai_stream.ts";
import type { ModelEvent } from "./types.ts";

function assemble(...chunks: Record<string, unknown>[]): ModelEvent[] {
  const assembler = new CompletionAssembler(new Set(["f"]));
  const events = chunks.flatMap((chunk) => assembler.accept(JSON.stringify(chunk)));
  return [...events, ...assembler.end()];
}

function calls(...pieces: Record<string, unknown>[]): ModelEvent[] {
  return assemble(delta({ tool_calls: pieces }, "tool_calls"))
    .filter((event) => event.type === "toolCall");
}

function usageFor(usage: Record<string, unknown>) {
  const end = assemble(delta({}, "stop"), { choices: [], usage }).at(-1);
  return end?.type === "end" ? end.usage : undefined;
}

Deno.test("accept() reads content sent as parts and reasoning under either name", () => {
  const thinking = [{ type: "text", text: "hm" }];
  const content = [{ type: "thinking", thinking }, { type: "text", text: "yes" }];
  const events = assemble(delta({ content }), delta({ reasoning: "so" }, "stop"));
  assertEquals(events.slice(0, 3), [
    { type: "thinking", delta: "hm" },
    { type: "text", delta: "yes" },
    { type: "thinking", delta: "so" },
  ]);
});

Deno.test("accept() tells calls apart that share an index or have none", () => {
  const whole = (id: string, rest = {}) => ({
    id,
    function: { name: "f", arguments: `{"id":"${id}"}` },
    ...rest,
  });
  const both = [whole("a"), whole("b")].map(({ id }) => ({
    type: "toolCall" as const,
    call: { id, name: "f", arguments: { id } },
  }));
  assertEquals(calls(whole("a", { index: 0 }), whole("b", { index: 0 })), both);
  assertEquals(calls(whole("a"), whole("b")), both);
});

Deno.test("accept() takes arguments as an object and gives a missing id", () => {
  const [event] = calls({ index: 0, function: { name: "f", arguments: { a: 1 } } });
  assertEquals(event?.type === "toolCall" ? event.call.arguments : undefined, { a: 1 });
  assertMatch(event?.type === "toolCall" ? event.call.id : "", /^call[0-9a-f]{24}$/);
});

Deno.test("accept() refuses more calls than anyone could make", () => {
  const piece = (index: number) => ({ index, id: `c${index}`, function: { name: "f" } });
  const pieces = Array.from({ length: MAX_TOOL_CALLS }, (_, index) => piece(index));
  assertEquals(calls(...pieces).length, MAX_TOOL_CALLS);
  assertThrows(() => calls(...pieces, piece(MAX_TOOL_CALLS)), StreamFault, "at once");
});

Deno.test("accept() counts arguments that come as an object", () => {
  const args = { text: "x".repeat(MAX_ANSWER_CHARS / 4) };
  const piece = (index: number) => ({ index, function: { name: "f", arguments: args } });
  assertEquals(calls(piece(0), piece(1), piece(2)).length, 3);
  assertThrows(() => calls(piece(0), piece(1), piece(2), piece(3)), StreamFault, "characters");
});

Deno.test("end() keeps arguments as text that as JSON would read otherwise", () => {
  const call = (args: string) => calls({ id: "a", function: { name: "f", arguments: args } })[0];
  for (const argumentsText of ["{", "[]", "1"]) {
    assertEquals(call(argumentsText), {
      type: "toolCall",
      call: { id: "a", name: "f", arguments: {}, argumentsText },
    });
  }
  const big = '{"n":12345678901234567890}';
  const event = call(big);
  assertEquals(event?.type === "toolCall" && event.call.argumentsText, big);
});

Deno.test("end() refuses a call without a name", () => {
  assertThrows(() => calls({ id: "a", function: { arguments: "{}" } }), StreamFault);
});

Deno.test("end() gives half a call when the length ran out", () => {
  const piece = { id: "a", function: { name: "f", arguments: '{"a' } };
  const events = assemble(delta({ tool_calls: [piece] }, "length"));
  assertEquals(events.map((event) => event.type), ["toolCallDelta", "toolCall", "end"]);
  assertEquals(events[2]?.type === "end" && events[2].stopReason, "length");
});

Deno.test("end() tells arguments that the length cut off from none", () => {
  const piece = { id: "a", function: { name: "f", arguments: "" } };
  for (const [reason, text] of [["length", ""], ["tool_calls", undefined]] as const) {
    const call = assemble(delta({ tool_calls: [piece] }, reason)).find((event) =>
      event.type === "toolCall"
    );
    assertEquals(call?.type === "toolCall" && call.call.argumentsText, text);
  }
});

Deno.test("end() counts thinking apart where the provider tells", () => {
  const usage = usageFor({
    prompt_tokens: 3,
    completion_tokens: 9,
    completion_tokens_details: { reasoning_tokens: 7 },
  });
  assertEquals([usage?.output, usage?.reasoning], [9, 7]);
});

Deno.test("end() reports a held back answer as a refusal", () => {
  const fault = assertThrows(() => assemble(delta({}, "content_filter")), StreamFault);
  assertEquals(fault.kind, "refusal");
});

Deno.test("end() counts cached tokens apart, under any provider's name", () => {
  assertEquals(
    usageFor({ prompt_tokens: 10, completion_tokens: 2, prompt_cache_hit_tokens: 4 }),
    { input: 6, output: 2, cacheRead: 4, cacheWrite: 0 },
  );
  const prompt_tokens_details = { cached_tokens: 4, cache_write_tokens: 3 };
  assertEquals(usageFor({ prompt_tokens: 10, prompt_tokens_details }), {
    input: 3,
    output: 0,
    cacheRead: 4,
    cacheWrite: 3,
  });
  assertEquals(usageFor({ prompt_tokens: 1e308, completion_tokens: 2 ** 53 }), {
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
  });
  assertEquals(usageFor({ prompt_tokens: "x", completion_tokens: -1 }), {
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
  });
});

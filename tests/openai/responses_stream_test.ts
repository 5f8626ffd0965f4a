/**
 * The stream of `/v1/responses`, event by event, read by the strict validator.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import type { Piece } from "../harness/scripted_provider.ts";
import { eventsOf, validateResponse, validateStream } from "./responses_validator.ts";
import { type Json, ResponsesWorld } from "./responses_world.ts";

const STOP: Piece = { finish: "stop" };
const CALLS: Piece = { finish: "tool_calls" };

const MESSAGE_START = ["response.output_item.added", "response.content_part.added"];
const MESSAGE_END = [
  "response.output_text.done",
  "response.content_part.done",
  "response.output_item.done",
];
const TEXT = "response.output_text.delta";
const REASONING = [
  "response.output_item.added",
  "response.reasoning_summary_part.added",
  "response.reasoning_summary_text.delta",
  "response.reasoning_summary_text.done",
  "response.reasoning_summary_part.done",
  "response.output_item.done",
];
const CALL = [
  "response.output_item.added",
  "response.function_call_arguments.delta",
  "response.function_call_arguments.done",
  "response.output_item.done",
];

function call(id: string, text = '{"city":"Oslo"}'): Piece {
  return { call: { id, name: "get_weather", arguments: text } };
}

const TOOLS = [{
  type: "function",
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
}];

interface Scenario {
  what: string;
  script: Piece[];
  body?: Json;
  /** Types of the events between the first two and the last; deltas in a row count as one. */
  events: string[];
  end: "completed" | "incomplete" | "failed";
}

const SCENARIOS: Scenario[] = [
  {
    what: "a text in pieces",
    script: [{ text: "Hel" }, { text: "lo" }, STOP],
    events: [...MESSAGE_START, TEXT, ...MESSAGE_END],
    end: "completed",
  },
  {
    what: "thinking before a text",
    script: [{ thinking: "hm" }, { text: "Yes" }, STOP],
    events: [...REASONING, ...MESSAGE_START, TEXT, ...MESSAGE_END],
    end: "completed",
  },
  {
    what: "one call, without a message",
    script: [call("c1"), CALLS],
    body: { tools: TOOLS },
    events: CALL,
    end: "completed",
  },
  {
    what: "a text, then two calls",
    script: [{ text: "Looking" }, call("c1"), call("c2", '{"city":"Rome"}'), CALLS],
    body: { tools: TOOLS },
    events: [...MESSAGE_START, TEXT, ...MESSAGE_END, ...CALL, ...CALL],
    end: "completed",
  },
  {
    what: "thinking and a call",
    script: [{ thinking: "need it" }, call("c1"), CALLS],
    body: { tools: TOOLS },
    events: [...REASONING, ...CALL],
    end: "completed",
  },
  {
    what: "a text that reaches its limit",
    script: [{ text: "Once upon" }, { finish: "length" }],
    body: { max_output_tokens: 16 },
    events: [...MESSAGE_START, TEXT, ...MESSAGE_END],
    end: "incomplete",
  },
  {
    what: "a provider that breaks off",
    script: [{ text: "Half" }, { cut: true }],
    events: [...MESSAGE_START, TEXT, ...MESSAGE_END],
    end: "failed",
  },
  {
    what: "nothing at all",
    script: [STOP],
    events: [...MESSAGE_START, TEXT, ...MESSAGE_END],
    end: "completed",
  },
];

for (const { what, script, body = {}, events, end } of SCENARIOS) {
  Deno.test(`/v1/responses streams ${what}, and answers the same without a stream`, async () => {
    await using world = await ResponsesWorld.start(script);
    const seen = await world.stream({ input: "hi", ...body });
    assertEquals(collapse(seen.map(({ type }) => type)), [
      "response.created",
      "response.in_progress",
      ...events,
      `response.${end}`,
    ]);
    const { response } = seen.at(-1)!;
    const whole = await world.post({ input: "hi", ...body });
    const object = await whole.json();
    if (end === "failed") {
      assertEquals([whole.status, object.status, object.error.code], [
        502,
        "failed",
        "PROVIDER_CUT",
      ]);
      assertEquals(response.error.openclaw_code, "PROVIDER_CUT");
      return;
    }
    assertEquals(validateResponse(object), []);
    assertEquals(withoutIds(object.output), withoutIds(response.output));
    assertEquals(object.usage, response.usage);
  });
}

function collapse(types: string[]): string[] {
  return types.filter((type, index) => !type.endsWith(".delta") || type !== types[index - 1]);
}

function withoutIds(output: Json[]): Json[] {
  return output.map(({ id: _, call_id: __, ...item }) => item);
}

Deno.test("/v1/responses tells phases, usage and why a response is incomplete", async () => {
  await using world = await ResponsesWorld.start([{ text: "Looking" }, call("c1"), CALLS]);
  const called = await world.create({ input: "hi", tools: TOOLS });
  const [message, functionCall] = called.output;
  assertEquals([message.phase, functionCall.arguments], ["commentary", '{"city":"Oslo"}']);
  assertEquals(called.usage.input_tokens, 20);
  assertEquals(called.usage.input_tokens_details.cached_tokens, 8);
  assertEquals(called.usage.output_tokens, 9);

  world.provider.script = () => [{ text: "Once" }, { finish: "length" }];
  const short = await world.create({ input: "hi", max_output_tokens: 16 });
  assertEquals(short.incomplete_details, { reason: "max_output_tokens" });
  assertEquals([short.status, short.output[0].status], ["incomplete", "incomplete"]);
  assertEquals(
    world.provider.calls.at(-1)!.max_completion_tokens ?? world.provider.calls.at(-1)!.max_tokens,
    16,
  );
});

Deno.test("/v1/responses cuts long arguments of a call into pieces that add up", async () => {
  const text = JSON.stringify({ city: "ø".repeat(300) + "😀".repeat(300) });
  await using world = await ResponsesWorld.start([call("c1", text), CALLS]);
  const events = await world.stream({ input: "hi", tools: TOOLS });
  const pieces = events.filter(({ type }) => type.endsWith("arguments.delta"));
  assert(pieces.length > 2);
  assertEquals(pieces.map(({ delta }) => delta).join(""), text);
});

Deno.test("/v1/responses refuses before it streams when the run cannot begin", async () => {
  await using world = await ResponsesWorld.start([{ status: 400 }]);
  for (const stream of [false, true]) {
    const answer = await world.post({ input: "hi", stream });
    assertEquals(answer.headers.get("content-type"), "application/json; charset=utf-8");
    const { status, error, object } = await answer.json();
    assertEquals([answer.status, object, status, error.code], [
      400,
      "response",
      "failed",
      "PROVIDER_BAD_REQUEST",
    ]);
  }
});

Deno.test("/v1/responses ends its run when the client goes away", async () => {
  await using world = await ResponsesWorld.start([{ text: "wait" }, { hold: true }]);
  const controller = new AbortController();
  const answer = await world.fetch("", {
    method: "POST",
    body: JSON.stringify({ model: "openclaw", input: "hi", stream: true }),
    signal: controller.signal,
  });
  const reader = answer.body!.getReader();
  await reader.read();
  controller.abort();
  await reader.read().catch(() => {});
  await world.provider.abandonment;
});

Deno.test("/v1/responses streams what the demo model says", async () => {
  await using gateway = await TestGateway.start({});
  const answer = await fetch(`${gateway.httpUrl}/v1/responses`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ model: "openclaw/main", input: "hi", stream: true }),
  });
  const text = await answer.text();
  assertEquals(validateStream(text), []);
  const { response } = eventsOf(text).at(-1) as Json;
  assertMatch(response.output[0].content[0].text, /hi/);
  assertEquals(response.output[0].phase, "final_answer");
});

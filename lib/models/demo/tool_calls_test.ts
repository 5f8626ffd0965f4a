import { assertEquals, assertStringIncludes } from "@std/assert";
import { ask, textOf } from "../_fake_provider.ts";
import type { ModelEvent, ModelMessage, ModelRequest, ModelTool } from "../types.ts";
import { DemoModel } from "./demo.ts";

function tool(name: string, properties: Record<string, unknown> = {}): ModelTool {
  const parameters = { type: "object", properties, required: Object.keys(properties) };
  return { name, description: "", parameters };
}

const TOOLS = [
  tool("get_weather", { city: { type: "string" } }),
  tool("get_time", { zone: { type: "string" }, hours: { type: "integer" } }),
];

async function stream(text: string, rest: Partial<ModelRequest> = {}): Promise<ModelEvent[]> {
  return await Array.fromAsync(new DemoModel().stream(ask(text, { tools: TOOLS, ...rest })));
}

/** Calls in short: `name{arguments}`. */
function callsIn(events: readonly ModelEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "toolCall" ? [event.call.name + JSON.stringify(event.call.arguments)] : []
  );
}

/** The conversation after the demo called functions and they answered. */
function answered(messages: ModelMessage[], events: readonly ModelEvent[]): ModelMessage[] {
  const toolCalls = events.flatMap((event) => event.type === "toolCall" ? [event.call] : []);
  return [
    ...messages,
    { role: "assistant", text: "", toolCalls },
    ...toolCalls.map(({ id, name }): ModelMessage => ({
      role: "tool",
      toolCallId: id,
      toolName: name,
      text: `${name} said so`,
      isError: name === "get_time",
    })),
  ];
}

Deno.test("stream() of the demo calls the functions that the message names, with its words", async () => {
  const cases: [text: string, calls: string[]][] = [
    ["hello there", []],
    ["get_weathers and xget_time", []],
    ["use get_weather for Paris", ['get_weather{"city":"Paris"}']],
    ['get_time "Asia/Tokyo" in 3 hours', ['get_time{"zone":"Asia/Tokyo","hours":3}']],
    ["get_time and get_weather", [
      'get_time{"zone":"demo","hours":0}',
      'get_weather{"city":"demo"}',
    ]],
  ];
  for (const [text, calls] of cases) {
    const events = await stream(text);
    assertEquals(callsIn(events), calls, text);
    const end = events.at(-1);
    assertEquals(end?.type === "end" && end.stopReason, calls.length > 0 ? "toolUse" : "stop");
  }
});

Deno.test("stream() of the demo does what the choice of functions says", async () => {
  const both = "get_weather and get_time";
  const calls = async (rest: Partial<ModelRequest>, text = both) =>
    callsIn(await stream(text, rest)).map((call) => call.replace(/\{.*/, ""));
  assertEquals(await calls({ toolChoice: "none" }), []);
  assertEquals(await calls({ toolChoice: "required" }, "hello"), ["get_weather"]);
  assertEquals(await calls({ toolChoice: "required" }, "get_time"), ["get_time"]);
  assertEquals(await calls({ toolChoice: { name: "get_time" } }, "hello"), ["get_time"]);
  assertEquals(await calls({ parallelToolCalls: false }), ["get_weather"]);
  assertEquals(await calls({ tools: [] }), []);
});

Deno.test("stream() of the demo quotes what the functions answered", async () => {
  const { messages } = ask("get_weather and get_time");
  const first = await stream("", { messages });
  const text = textOf(await stream("", { messages: answered(messages, first) }));
  assertStringIncludes(text, "Offline demo");
  assertStringIncludes(text, "- get_weather: get_weather said so");
  assertStringIncludes(text, "- get_time (failed): get_time said so");
});

Deno.test('stream() of the demo calls what stands behind "then" in a second round', async () => {
  let { messages } = ask("get_weather of Rome, then get_time");
  const rounds: string[][] = [];
  for (let round = 0; round < 3; round++) {
    const events = await stream("", { messages });
    rounds.push(callsIn(events).map((call) => call.replace(/\{.*/, "")));
    messages = answered(messages, events);
  }
  assertEquals(rounds, [["get_weather"], ["get_time"], []]);
});

Deno.test("stream() of the demo answers in JSON when asked to", async () => {
  const json = textOf(await stream("hello", { responseFormat: { type: "json_object" } }));
  assertEquals(JSON.parse(json), { demo: true, said: "hello" });
  const schema = { type: "object", properties: { n: { const: 5 } }, required: ["n"] };
  const responseFormat = { type: "json_schema" as const, name: "s", schema };
  assertEquals(JSON.parse(textOf(await stream("hello", { responseFormat }))), { n: 5 });
  const calls = callsIn(await stream("get_weather", { responseFormat }));
  assertEquals(calls.length, 1);
});

Deno.test("stream() of the demo ends before a stop text", async () => {
  const sampling = { stop: ["never", "4"] };
  const model = new DemoModel(() => Promise.resolve());
  const events = await Array.fromAsync(model.stream(ask("count to 9", { sampling })));
  assertEquals(textOf(events), "Offline demo counting: 1 2 3 ");
  const end = events.at(-1);
  assertEquals(end?.type === "end" && [end.stopReason, end.stopSequence], ["stop", "4"]);
});

Deno.test("stream() of the demo writes the arguments of calls in pieces", async () => {
  const shownTools = new Set(TOOLS.map(({ name }) => name));
  const text = 'get_time "America/Argentina/Buenos_Aires" in 3 hours, get_weather';
  const events = await stream(text, { shownTools });
  const pieces = events.filter((event) => event.type === "toolCallDelta");
  const told = (index: number) =>
    pieces.filter((piece) => piece.index === index).map(({ delta }) => delta);
  const calls = events.flatMap((event) =>
    event.type === "toolCall" ? [JSON.stringify(event.call.arguments)] : []
  );
  assertEquals([told(0).length, told(1).length], [4, 3]);
  assertEquals([told(0).join(""), told(1).join("")], calls);
});

/**
 * Streams of responses that clients come back to: made in the background, running or ended.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import OpenAI from "openai";
import { TOKEN } from "../harness/gateway.ts";
import type { Piece } from "../harness/scripted_provider.ts";
import { eventsOf, validateResumed, validateStream } from "./responses_validator.ts";
import { type Json, ResponsesWorld } from "./responses_world.ts";

const TOOLS = [{ type: "function", name: "add", parameters: { type: "object" } }];
const BACKGROUND = { input: "one", background: true, stream: true };

async function textOf(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const text = await response.text();
  assertEquals(response.status, 200, text);
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  return text;
}

/** Reads a stream until it said something. */
async function readUntil(answer: Response, words: string) {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(words)) text += (await reader.read()).value!;
  return { reader, text };
}

const SCRIPTS: [what: string, script: Piece[], end: string][] = [
  ["a text", [{ text: "Hel" }, { text: "lo 😀" }, { finish: "stop" }], "completed"],
  [
    "thoughts, a text and calls",
    [
      { thinking: "hm" },
      { text: "Adding" },
      { call: { id: "c1", name: "add", arguments: '{"a":' } },
      { more: "1}" },
      { call: { id: "c2", name: "add", arguments: '{"a":2}' } },
      { finish: "tool_calls" },
    ],
    "completed",
  ],
  ["a limit", [{ text: "Once" }, { finish: "length" }], "incomplete"],
  [
    "a call that the limit cuts",
    [{ call: { id: "c1", name: "add", arguments: '{"a":' } }, { finish: "length" }],
    "incomplete",
  ],
  ["a failure", [{ text: "Half" }, { cut: true }], "failed"],
  ["nothing", [{ finish: "stop" }], "completed"],
];

for (const [what, script, end] of SCRIPTS) {
  for (const background of [true, false]) {
    const kind = background ? "background" : "plain";
    Deno.test(`the stream of a ${kind} response with ${what} is told again, from any event`, async () => {
      await using world = await ResponsesWorld.start(script);
      const body = { ...BACKGROUND, background, tools: TOOLS };
      const whole = await textOf(world.post(body));
      assertEquals(validateStream(whole), [], whole);
      const events = eventsOf(whole) as Json[];
      const { id, status } = events.at(-1)!.response;
      assertEquals([status, events[0]!.response.background], [end, background]);
      assertEquals(await textOf(world.fetch(`/${id}?stream=true`)), whole);
      for (const after of [0, 1, 3, events.length - 2, events.length - 1, events.length + 9]) {
        const rest = await textOf(world.fetch(`/${id}?stream=true&starting_after=${after}`));
        assertEquals(validateResumed(rest, whole, after), [], `after ${after}`);
      }
    });
  }
}

Deno.test("a running response is followed by several readers, who may leave and come back", async () => {
  const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
  await using world = await ResponsesWorld.start([
    { text: "Hel" },
    { until },
    { text: "lo" },
    { finish: "stop" },
  ]);
  const first = await readUntil(await world.post(BACKGROUND), '"delta":"Hel"');
  const id = eventsOf(first.text.split("\n\n")[0]! + "\n\n")[0]!.response as Json;
  await first.reader.cancel();
  const second = readUntil(await world.fetch(`/${id.id}?stream=true`), "[DONE]");
  const third = textOf(world.fetch(`/${id.id}?stream=true&starting_after=4`));
  goOn();
  const { text: whole } = await second;
  assertEquals(validateStream(whole), [], whole);
  assert(whole.includes("Hello"));
  assertEquals(validateResumed(await third, whole, 4), []);
  assertEquals(await textOf(world.fetch(`/${id.id}?stream=true`)), whole);
});

Deno.test("a cancelled response ends the streams of all who follow it", async () => {
  await using world = await ResponsesWorld.start([{ text: "Part" }, { hold: true }]);
  const { reader, text } = await readUntil(await world.post(BACKGROUND), '"delta":"Part"');
  const id = (eventsOf(text)[0]!.response as Json).id;
  const other = textOf(world.fetch(`/${id}?stream=true`));
  const answer = await world.fetch(`/${id}/cancel`, { method: "POST" });
  assertEquals((await answer.json()).status, "cancelled");
  let whole = text;
  for (let part = await reader.read(); !part.done; part = await reader.read()) whole += part.value;
  assertEquals(validateStream(whole), [], whole);
  assertEquals(eventsOf(whole).at(-1)!.type, "response.cancelled");
  assertEquals(await other, whole);
  assertEquals(await textOf(world.fetch(`/${id}?stream=true`)), whole);
});

Deno.test("a response that the gateway's end cut short tells its end to whoever comes back", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    let id: string;
    {
      await using world = await ResponsesWorld.start([{ text: "Part" }, { hold: true }], {
        stateDir,
      });
      const { reader, text } = await readUntil(await world.post(BACKGROUND), '"delta":"Part"');
      id = (eventsOf(text)[0]!.response as Json).id;
      await reader.cancel();
    }
    await using world = await ResponsesWorld.start([], { stateDir });
    const rest = await textOf(world.fetch(`/${id}?stream=true&starting_after=3`));
    const last = eventsOf(rest).at(-1) as Json;
    assertEquals([last.type, last.response.status], ["response.failed", "failed"]);
    assert(last.sequence_number > 3);
    assertMatch(rest, /data: \[DONE\]\n\n$/);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("a stream is not told of what is not there, nor from nowhere", async () => {
  await using world = await ResponsesWorld.start();
  const { id } = await world.create({ input: "one" });
  const cases: [path: string, status: number][] = [
    ["/resp_none?stream=true", 404],
    [`/${id}?stream=true&starting_after=x`, 400],
    [`/${id}?stream=true&starting_after=-1`, 400],
    [`/${id}?stream=true&starting_after=1.5`, 400],
    [`/${id}?starting_after=1`, 200],
    [`/${id}?stream=false`, 200],
  ];
  for (const [path, status] of cases) {
    const answer = await world.fetch(path);
    assertEquals(answer.status, status, path);
    assertEquals(answer.headers.get("content-type"), "application/json; charset=utf-8");
    await answer.body?.cancel();
  }
});

Deno.test("openai client streams a background response, leaves it and resumes it", async () => {
  const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
  await using world = await ResponsesWorld.start([
    { text: "Hel" },
    { until },
    { text: "lo" },
    { finish: "stop" },
  ]);
  const { responses } = new OpenAI({ baseURL: world.baseURL, apiKey: TOKEN, maxRetries: 0 });
  const first = await responses.create({
    model: "openclaw",
    input: "hi",
    background: true,
    stream: true,
  });
  let [id, seen, text] = ["", -1, ""];
  for await (const event of first) {
    if (event.type === "response.created") id = event.response.id;
    seen = event.sequence_number;
    if (event.type === "response.output_text.delta") {
      text += event.delta;
      break;
    }
  }
  goOn();
  const numbers: number[] = [];
  let end = "";
  for await (const event of await responses.retrieve(id, { stream: true, starting_after: seen })) {
    numbers.push(event.sequence_number);
    if (event.type === "response.output_text.delta") text += event.delta;
    end = event.type;
  }
  assertEquals([text, end], ["Hello", "response.completed"]);
  assertEquals(numbers, numbers.map((_, index) => seen + 1 + index));
  const again = responses.stream({ response_id: id });
  assertEquals((await again.finalResponse()).output_text, "Hello");
});

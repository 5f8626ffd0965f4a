/**
 * The validator itself: every way in which a good stream is spoilt is found.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { eventsOf, validateResponse, validateStream } from "./responses_validator.ts";
import { type Json, ResponsesWorld } from "./responses_world.ts";

const TOOLS = [{ type: "function", name: "look" }];

async function goodStream(): Promise<Json[]> {
  await using world = await ResponsesWorld.start([
    { thinking: "hm" },
    { text: "Looking" },
    { call: { id: "c1", name: "look", arguments: "{}" } },
    { finish: "tool_calls" },
  ]);
  return await world.stream({ input: "hi", tools: TOOLS });
}

function textOf(events: readonly Json[]): string {
  const frames = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return `${frames.join("")}data: [DONE]\n\n`;
}

function renumbered(events: readonly Json[]): Json[] {
  return events.map((event, index) => ({ ...event, sequence_number: index }));
}

Deno.test("the validator finds every event that is missing, doubled or out of its place", async () => {
  const good = await goodStream();
  assertEquals(validateStream(textOf(good)), []);
  assertEquals(eventsOf(textOf(good)), good);
  for (const [index, { type }] of good.entries()) {
    const without = renumbered(good.toSpliced(index, 1));
    assert(validateStream(textOf(without)).length > 0, `without ${index} ${type}`);
    const doubled = renumbered(good.toSpliced(index, 0, good[index]!));
    assert(validateStream(textOf(doubled)).length > 0, `twice ${index} ${type}`);
    if (index === 0) continue;
    const swapped = renumbered(good.toSpliced(index - 1, 2, good[index]!, good[index - 1]!));
    assert(validateStream(textOf(swapped)).length > 0, `${index} ${type} too early`);
  }
});

Deno.test("the validator finds every field that is missing or of another kind", async () => {
  const good = await goodStream();
  for (const [index, event] of good.entries()) {
    for (const name of Object.keys(event)) {
      const { [name]: _, ...rest } = event;
      const spoilt = good.with(index, rest);
      assert(validateStream(textOf(spoilt)).length > 0, `${event.type} without ${name}`);
      const other = good.with(index, { ...event, [name]: false });
      assert(validateStream(textOf(other)).length > 0, `${event.type} with false ${name}`);
    }
  }
  const { response } = good.at(-1) as Json;
  for (const name of Object.keys(response)) {
    const { [name]: _, ...rest } = response;
    assert(validateResponse(rest).length > 0, `response without ${name}`);
  }
});

Deno.test("the validator finds streams that do not end as they should", async () => {
  const text = textOf(await goodStream());
  const bodies: [what: string, text: string][] = [
    ["no [DONE]", text.replace("data: [DONE]\n\n", "")],
    ["twice [DONE]", `${text}data: [DONE]\n\n`],
    ["more behind it", `${text}event: x\ndata: {}\n\n`],
    ["no last line end", text.trimEnd()],
    ["another event line", text.replace("event: response.created", "event: response.begun")],
    ["nothing", ""],
  ];
  for (const [what, body] of bodies) assert(validateStream(body).length > 0, what);
});

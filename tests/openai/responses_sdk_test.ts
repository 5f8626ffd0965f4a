/**
 * The official OpenAI client on `/v1/responses`: what it does besides making one.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import OpenAI from "openai";
import { TOKEN } from "../harness/gateway.ts";
import { ResponsesWorld } from "./responses_world.ts";

async function withClient(
  test: (client: OpenAI, world: ResponsesWorld) => Promise<void>,
): Promise<void> {
  await using world = await ResponsesWorld.start();
  await test(new OpenAI({ baseURL: world.baseURL, apiKey: TOKEN, maxRetries: 0 }), world);
}

Deno.test("openai client retrieves, lists the input of and deletes a response", () =>
  withClient(async ({ responses }) => {
    const made = await responses.create({ model: "openclaw", input: "hi" });
    assertEquals(made.output_text, "Hello");
    assertEquals((await responses.retrieve(made.id)).output_text, "Hello");
    const items = [];
    for await (const item of responses.inputItems.list(made.id)) items.push(item.type);
    assertEquals(items, ["message"]);
    await responses.delete(made.id);
    const error = await assertRejects(() => responses.retrieve(made.id));
    assert(error instanceof OpenAI.NotFoundError);
    assertEquals(error.code, "RESPONSE_NOT_FOUND");
  }));

Deno.test("openai client makes a background response, polls it and cancels another", () =>
  withClient(async ({ responses }, world) => {
    let polled = await responses.create({ model: "openclaw", input: "hi", background: true });
    while (polled.status === "in_progress") polled = await responses.retrieve(polled.id);
    assertEquals([polled.status, polled.output_text], ["completed", "Hello"]);
    world.provider.script = () => [{ text: "x" }, { hold: true }];
    const held = await responses.create({ model: "openclaw", input: "hi", background: true });
    assertEquals((await responses.cancel(held.id)).status, "cancelled");
  }));

Deno.test("openai client gathers a stream with its own helper, and goes on from it", () =>
  withClient(async ({ responses }, world) => {
    const stream = responses.stream({ model: "openclaw", input: "hi" });
    const deltas: string[] = [];
    stream.on("response.output_text.delta", ({ delta }) => deltas.push(delta));
    const { id, output_text } = await stream.finalResponse();
    assertEquals([deltas.join(""), output_text], ["Hello", "Hello"]);
    await responses.create({ model: "openclaw", input: "more", previous_response_id: id });
    assertEquals(world.lastMessages, ["user: hi", "assistant: Hello", "user: more"]);
  }));

Deno.test("openai client parses structured output", () =>
  withClient(async ({ responses }, world) => {
    world.provider.script = () => [{ text: '{"city":"Oslo"}' }, { finish: "stop" }];
    const { output_parsed } = await responses.parse({
      model: "openclaw",
      input: "where",
      text: { format: { type: "json_schema", name: "place", strict: true, schema: SCHEMA } },
    });
    assertEquals(output_parsed as unknown, { city: "Oslo" });
    const sent = world.provider.calls[0]!.response_format as { json_schema: { name: string } };
    assertEquals(sent.json_schema.name, "place");
  }));

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

Deno.test("openai client raises what a run failed of, or finds it in the stream", () =>
  withClient(async ({ responses }, world) => {
    world.provider.script = () => [{ status: 429 }];
    const error = await assertRejects(() => responses.create({ model: "openclaw", input: "hi" }));
    assert(error instanceof OpenAI.RateLimitError);
    assertEquals(error.code, "PROVIDER_RATE_LIMITED");
    assert(error.headers.get("retry-after"));
    world.provider.script = () => [{ text: "x" }, { cut: true }];
    const types: string[] = [];
    for await (
      const event of await responses.create({ model: "openclaw", input: "hi", stream: true })
    ) types.push(event.type);
    assertEquals(types.at(-1), "response.failed");
  }));

Deno.test("openai client raises on requests that cannot be served", () =>
  withClient(async ({ responses }) => {
    const cases: [fields: object, message: RegExp][] = [
      [{ model: "gpt-4" }, /Invalid `model`/],
      [{ tools: [{ type: "web_search" }] }, /tools\.0\.type/],
      [{ previous_response_id: "resp_none" }, /'resp_none' not found/],
      [{ input: [] }, /Missing user message/],
    ];
    for (const [fields, message] of cases) {
      const error = await assertRejects(() =>
        responses.create({ model: "openclaw", input: "hi", ...fields })
      );
      assert(error instanceof OpenAI.BadRequestError);
      assertMatch(error.message, message);
    }
  }));

/**
 * The official Anthropic client at the edges of the dialect: stop sequences, headers and fields of
 * newer models, limits.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { TOKEN } from "../harness/gateway.ts";
import { type Json, ResponsesWorld } from "./responses_world.ts";

function clientOf({ gateway }: ResponsesWorld): Anthropic {
  return new Anthropic({ baseURL: gateway.httpUrl, apiKey: TOKEN, maxRetries: 0 });
}

function asking(fields: Json = {}): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model: "openclaw",
    max_tokens: 2000,
    messages: [{ role: "user", content: "hi" }],
    ...fields,
  };
}

/** Asks as a whole and as a stream, and fails where the two differ in how they ended. */
async function stopOf(world: ResponsesWorld, stop_sequences?: string[]) {
  const client = clientOf(world);
  const body = asking(stop_sequences === undefined ? {} : { stop_sequences });
  const whole = await client.messages.create(body);
  const streamed = await client.messages.stream(body).finalMessage();
  const stop = [whole.stop_reason, whole.stop_sequence];
  assertEquals([streamed.stop_reason, streamed.stop_sequence], stop);
  return stop;
}

Deno.test("anthropic client reads which stop sequence ended a message", async () => {
  await using world = await ResponsesWorld.start();
  const cases: [text: string, matched: string | undefined, sent: string[], stop: unknown[]][] = [
    ["1 2 ", "3", ["END", "3"], ["stop_sequence", "3"]],
    ["1 2 END", undefined, ["3", "END"], ["stop_sequence", "END"]],
    ["1 2", undefined, ["3"], ["end_turn", null]],
    ["1 2", "<|im_end|>", ["3"], ["end_turn", null]],
    ["1 2", "3", [], ["end_turn", null]],
  ];
  for (const [text, matched, sent, stop] of cases) {
    const end = { finish: "stop" as const, ...(matched === undefined ? {} : { matched }) };
    world.provider.script = () => [{ text }, end];
    assertEquals(await stopOf(world, sent), stop, text);
  }
  world.provider.script = () => [{ text: "1 3" }, { finish: "length" }];
  assertEquals(await stopOf(world, ["3"]), ["max_tokens", null]);
});

Deno.test("anthropic client is served with the headers and fields of newer models", async () => {
  await using world = await ResponsesWorld.start();
  const client = clientOf(world);
  const cache_control = { type: "ephemeral", ttl: "1h" };
  const fields: Json = {
    system: [{ type: "text", text: "Be brief", cache_control }, { type: "text", text: "Be kind" }],
    cache_control,
    service_tier: "auto",
    container: null,
    context_management: { edits: [] },
    mcp_servers: [],
    inference_geo: "us",
    tools: [{
      name: "f",
      description: "d",
      input_schema: { type: "object" },
      cache_control,
      eager_input_streaming: true,
      input_examples: [],
    }],
    messages: [
      { role: "user", content: [{ type: "text", text: "one", cache_control }] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature: "sig" },
          { type: "redacted_thinking", data: "xx" },
          { type: "text", text: "two", citations: null },
          { type: "tool_use", id: "t1", name: "f", input: {}, cache_control },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t1", content: "done", cache_control },
          { type: "text", text: "three", cache_control },
        ],
      },
    ],
  };
  const headers = { "anthropic-beta": "tools-2024-04-04,prompt-caching-2024-07-31" };
  const { content } = await client.messages.create(asking(fields), { headers });
  assertEquals(content.map((block) => block.type === "text" && block.text), ["Hello"]);
  assertEquals(world.lastMessages, [
    "user: one",
    "assistant: two",
    "tool: done",
    "user: three",
  ]);
  const system = world.provider.calls[0]!.messages[0]!.content as string;
  assert(system.includes("Be brief\n\nBe kind"));
  const beta = await client.beta.messages.create({
    ...asking(fields),
    betas: ["context-1m-2025-08-07"],
  } as Json as Anthropic.Beta.MessageCreateParamsNonStreaming);
  assertEquals(beta.type, "message");
  for (const version of ["2023-01-01", "2099-01-01", ""]) {
    const answer = await fetch(`${world.gateway.httpUrl}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": TOKEN, "anthropic-version": version },
      body: JSON.stringify(asking()),
    });
    assertEquals((await answer.json()).type, "message", version);
  }
});

Deno.test("anthropic client counts tokens of whatever it may send", async () => {
  await using world = await ResponsesWorld.start();
  const { messages, beta } = clientOf(world);
  const { max_tokens: _, ...body } = asking();
  const { input_tokens: few } = await messages.countTokens(body);
  const { input_tokens: more } = await messages.countTokens({
    ...body,
    system: [{ type: "text", text: "word ".repeat(100) }],
    tools: [{ name: "f", input_schema: { type: "object", properties: { a: {} } } }],
    thinking: { type: "enabled", budget_tokens: 1024 },
  });
  assert(few > 0 && more >= few + 100, `${few} ${more}`);
  assertEquals((await beta.messages.countTokens(body)).input_tokens, few);
  assertEquals(world.provider.calls.length, 0);
});

Deno.test("anthropic client reads thoughts with a signature, and sends them back", async () => {
  await using world = await ResponsesWorld.start([
    { thinking: "Let me see" },
    { text: "Yes" },
    { finish: "stop" },
  ]);
  const client = clientOf(world);
  const fields = { thinking: { type: "enabled", budget_tokens: 1024 } };
  const whole = await client.messages.create(asking(fields));
  const { content } = await client.messages.stream(asking(fields)).finalMessage();
  assertEquals(content, whole.content);
  const [thought, text] = content;
  assert(thought?.type === "thinking" && thought.thinking === "Let me see" && thought.signature);
  assert(text?.type === "text" && text.text === "Yes");
  const messages = [
    { role: "user", content: "hi" },
    { role: "assistant", content },
    { role: "user", content: "and?" },
  ];
  await client.messages.create(asking({ ...fields, messages }));
  assertEquals(world.lastMessages, ["user: hi", "assistant: Yes", "user: and?"]);
  const plain = await client.messages.create(asking());
  assertEquals(plain.content.map(({ type }) => type), ["text"]);
});

Deno.test("anthropic client knows what is too much, too often or too busy", async () => {
  await using world = await ResponsesWorld.start([{ status: 529 }], {
    config: { gateway: { http: { endpoints: { messages: { maxBodyBytes: 2000 } } } } },
  });
  const client = clientOf(world);
  const cases: [status: number, type: string, ask: () => unknown, script: number][] = [
    [
      413,
      "request_too_large",
      () => client.messages.create(asking({ system: "x".repeat(4000) })),
      200,
    ],
    [429, "rate_limit_error", () => client.messages.create(asking()), 429],
    [429, "rate_limit_error", () => client.messages.stream(asking()).finalMessage(), 429],
    [529, "overloaded_error", () => client.messages.create(asking()), 529],
    [529, "overloaded_error", () => client.messages.stream(asking()).finalMessage(), 503],
  ];
  for (const [status, type, ask, script] of cases) {
    world.provider.script = () => [{ status: script }];
    const error = await assertRejects(async () => await ask());
    assert(error instanceof Anthropic.APIError, String(error));
    assertEquals([error.status, error.type], [status, type]);
    assertEquals((error.error as Json).type, "error");
    assert(error.requestID);
    if (status === 429) assert(Number(error.headers?.get("retry-after")) >= 1);
  }
});

/**
 * The official OpenAI client as a black box.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import OpenAI from "openai";
import { startTarget, type Target } from "./target.ts";

const HI: OpenAI.Chat.ChatCompletionMessageParam[] = [{
  role: "user",
  content: "hi",
}];

/** Runs `test` with a client that does not retry, so that each refusal is seen. */
async function withClient(
  test: (client: OpenAI, target: Target) => Promise<void>,
  apiKey?: string,
): Promise<void> {
  await using target = await startTarget();
  const client = new OpenAI({
    baseURL: target.baseURL,
    apiKey: apiKey ?? target.token,
    maxRetries: 0,
  });
  await test(client, target);
}

Deno.test("openai client lists and retrieves models", () =>
  withClient(async (client) => {
    const { data } = await client.models.list();
    const ids = data.map((model) => model.id);
    assertEquals(ids.slice(0, 3), ["openclaw", "openclaw/default", "openclaw/main"]);
    assertEquals((await client.models.retrieve("openclaw/main")).id, "openclaw/main");
    const error = await assertRejects(() => client.models.retrieve("openclaw/nope"));
    assert(error instanceof OpenAI.NotFoundError);
  }));

Deno.test("openai client gets a completion", () =>
  withClient(async (client) => {
    const completion = await client.chat.completions.create({
      model: "openclaw",
      messages: HI,
    });
    const [choice] = completion.choices;
    assertMatch(choice!.message.content!, /hi/);
    assertEquals([choice!.finish_reason, choice!.message.role], ["stop", "assistant"]);
    const usage = completion.usage!;
    assertEquals(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  }));

Deno.test("openai client streams with usage", () =>
  withClient(async (client) => {
    const stream = await client.chat.completions.create({
      model: "openclaw/main",
      messages: HI,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let finish: string | null = null;
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      usage = chunk.usage ?? usage;
    }
    assertMatch(text, /hi/);
    assertEquals(finish, "stop");
    assert(usage!.total_tokens > 0);
  }));

Deno.test("openai client gathers a stream with its own helper", () =>
  withClient(async (client) => {
    const stream = client.chat.completions.stream({
      model: "openclaw",
      messages: HI,
    });
    const completion = await stream.finalChatCompletion();
    assertMatch(completion.choices[0]!.message.content!, /hi/);
  }));

Deno.test("openai client raises on a wrong credential", () =>
  withClient(async (client) => {
    const error = await assertRejects(() => client.models.list());
    assert(error instanceof OpenAI.AuthenticationError);
    assertEquals(error.status, 401);
  }, "wrong"));

Deno.test("openai client raises on models and agents that do not exist", () =>
  withClient(async (client) => {
    const ask = (model: string) => client.chat.completions.create({ model, messages: HI });
    const noTarget = await assertRejects(() => ask("gpt-4"));
    assert(noTarget instanceof OpenAI.BadRequestError);
    const noAgent = await assertRejects(() => ask("openclaw/nope"));
    assert(noAgent instanceof OpenAI.NotFoundError);
  }));

Deno.test("openai client raises on a backend model that is not allowed, streaming or not", () =>
  withClient(async (client) => {
    const headers = { "x-openclaw-model": "none/none" };
    for (const stream of [false, true]) {
      const error = await assertRejects(() =>
        client.chat.completions.create({
          model: "openclaw",
          messages: HI,
          stream,
        }, { headers })
      );
      assert(error instanceof OpenAI.BadRequestError);
      assert(error.code);
    }
  }));

Deno.test("openai client raises on a stream that fails half-way", () =>
  withClient(async (client) => {
    const stream = await client.chat.completions.create({
      model: "openclaw",
      messages: [{ role: "user", content: "cut" }],
      stream: true,
    });
    const error = await assertRejects(async () => {
      for await (const chunk of stream) assert(chunk.id);
    });
    assert(error instanceof OpenAI.APIError);
    assertEquals(error.code, "PROVIDER_CUT");
  }));

for (const [status, raised] of [[401, 502], [429, 429], [500, 503]] as const) {
  Deno.test(`openai client sees ${raised} when the provider answers ${status}`, () =>
    withClient(async (client) => {
      const error = await assertRejects(() =>
        client.chat.completions.create({
          model: "openclaw",
          messages: [{ role: "user", content: `status ${status}` }],
        })
      );
      assert(error instanceof OpenAI.APIError);
      assertEquals(error.status, raised);
      assertMatch(String(error.code), /^PROVIDER_/);
    }));
}

Deno.test("openai client ends the run when it aborts", () =>
  withClient(async (client, target) => {
    const stream = await client.chat.completions.create({
      model: "openclaw",
      messages: [{ role: "user", content: "wait" }],
      stream: true,
    });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break;
    }
    stream.controller.abort();
    await target.idle();
    await target.provider.abandonment;
  }));

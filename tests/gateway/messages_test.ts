/**
 * Anthropic's dialect through a whole gateway: sessions, tools, credentials, failures.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { readStream } from "../../lib/http/messages/_testing.ts";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";

type Fields = Record<string, unknown>;

const KEY = { "x-api-key": TOKEN, "anthropic-version": "2023-06-01" };

function post(
  gateway: TestGateway,
  body: Fields,
  headers: Record<string, string> = KEY,
  path = "/v1/messages",
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(gateway.httpUrl + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "openclaw", max_tokens: 500, ...body }),
    ...(signal ? { signal } : {}),
  });
}

function say(text: string): Fields {
  return { messages: [{ role: "user", content: text }] };
}

/** Runs `test` with a gateway in front of a provider that echoes. */
async function withProvider(
  test: (gateway: TestGateway, provider: FakeProvider) => Promise<void>,
  options: TestGatewayOptions = {},
): Promise<void> {
  await using provider = new FakeProvider();
  await using gateway = await TestGateway.start({
    ...options,
    config: { ...provider.config, ...options.config },
  });
  await test(gateway, provider);
}

Deno.test("/v1/messages answers, whole and streamed, with what the provider counted", () =>
  withProvider(async (gateway, provider) => {
    const whole = await (await post(gateway, say("hi"))).json();
    assertEquals(whole.content, [{ type: "text", text: "echo: hi", citations: null }]);
    assertEquals([whole.stop_reason, whole.usage.input_tokens, whole.usage.output_tokens], [
      "end_turn",
      11,
      4,
    ]);
    const stream = await post(gateway, { ...say("hi"), stream: true });
    const { blocks, usage } = readStream(await stream.text());
    assertEquals([blocks[0]!.text, usage.input_tokens], ["echo: hi", 11]);
    assertEquals(provider.calls.length, 2);
  }));

Deno.test("/v1/messages forwards the conversation and how it is to be answered", () =>
  withProvider(async (gateway, provider) => {
    const call = { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Oslo" } };
    const response = await post(gateway, {
      system: "Be brief.",
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ["END"],
      tools: [{ name: "weather", input_schema: { type: "object", properties: {} } }],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      messages: [
        { role: "user", content: "weather?" },
        { role: "assistant", content: [call] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "toolu_1", content: "rain" },
            { type: "text", text: "so?" },
          ],
        },
      ],
    });
    await response.body?.cancel();
    assertEquals(response.status, 200);
    const { body } = provider.calls[0]!;
    const [system, ...messages] = body.messages;
    assertMatch(JSON.stringify(system), /Be brief\./);
    assertEquals(messages.map(({ role }) => role), ["user", "assistant", "tool", "user"]);
    assertMatch(JSON.stringify(messages[1]), /weather.*Oslo/);
    assertMatch(JSON.stringify(messages[2]), /rain/);
    assertEquals(
      [body.temperature, body.top_p, body.stop, body.tool_choice, body.parallel_tool_calls],
      [0.5, 0.9, ["END"], "required", false],
    );
    assertEquals((body.tools as unknown[]).length, 1);
  }));

Deno.test("/v1/messages carries a loop of parallel tools to its end", async () => {
  await using gateway = await TestGateway.start();
  const tools = ["get_weather", "get_time"].map((name) => ({
    name,
    input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  }));
  const messages: Fields[] = [{ role: "user", content: "call get_weather and get_time for Oslo" }];
  const first = await (await post(gateway, { messages, tools })).json();
  assertEquals(first.stop_reason, "tool_use");
  const calls = first.content.filter(({ type }: Fields) => type === "tool_use");
  assertEquals(calls.map(({ name }: Fields) => name), ["get_weather", "get_time"]);
  messages.push({ role: "assistant", content: first.content }, {
    role: "user",
    content: calls.map(({ id, name }: Fields) => ({
      type: "tool_result",
      tool_use_id: id,
      content: [{ type: "text", text: `${name} says fine` }],
    })),
  });
  const stream = await post(gateway, { messages, tools, stream: true });
  const last = readStream(await stream.text());
  assertEquals(last.stopReason, "end_turn");
  assertMatch(String(last.blocks[0]!.text), /get_weather says fine[\s\S]*get_time says fine/);
});

Deno.test("/v1/messages keeps a session per user_id and none without", () =>
  withProvider(async (gateway) => {
    await (await post(gateway, { ...say("one"), metadata: { user_id: "Dev-1" } })).json();
    await (await post(gateway, { ...say("two"), metadata: { user_id: "dev-1" } })).json();
    await (await post(gateway, say("three"))).json();
    const { sessions } = gateway.gateway.state.store.listSessions({ limit: 10 });
    const keys = sessions.map(({ key }) => key).sort();
    assertEquals(keys.length, 2);
    assertEquals(keys[0], "agent:main:anthropic-user:dev-1");
    assertMatch(keys[1]!, /^agent:main:anthropic:[0-9a-f-]{36}$/);
  }));

Deno.test("/v1/messages counts wrong keys like wrong tokens", () =>
  withProvider(async (gateway) => {
    const statusOf = async (headers: Record<string, string>, path?: string) => {
      const response = await post(gateway, say("hi"), headers, path);
      const { error, request_id } = await response.json();
      if (path === undefined && response.status !== 200) {
        assertEquals(request_id, response.headers.get("request-id"));
      }
      return [response.status, error?.type, response.headers.has("retry-after")];
    };
    assertEquals(await statusOf({}), [401, "authentication_error", false]);
    assertEquals(await statusOf({ "x-api-key": "" }), [401, "authentication_error", false]);
    // No key where the dialect has none, not even the right one.
    assertEquals((await statusOf(KEY, "/v1/chat/completions"))[0], 401);
    assertEquals((await statusOf(KEY, "/v1/embeddings"))[0], 401);
    for (let guess = 0; guess < 3; guess++) {
      assertEquals((await statusOf({ "x-api-key": `wrong-${guess}` }))[0], 401);
    }
    assertEquals(await statusOf(KEY), [429, "rate_limit_error", true]);
    // The same count holds for the other dialect.
    const bearer = { authorization: `Bearer ${TOKEN}` };
    assertEquals((await statusOf(bearer, "/v1/chat/completions"))[0], 429);
  }, {
    config: {
      gateway: {
        mode: "local",
        auth: { rateLimit: { maxAttempts: 3, exemptLoopback: false } },
      },
    },
  }));

Deno.test("/v1/messages tells a provider's failure by its kind", () =>
  withProvider(async (gateway) => {
    const cases = [[401, 502, "api_error"], [429, 429, "rate_limit_error"]] as const;
    for (const [status, answered, type] of cases) {
      const response = await post(gateway, say(`status ${status}`));
      const { error } = await response.json();
      assertEquals([response.status, error.type], [answered, type]);
      assert(!JSON.stringify(error).includes("provider-key-1234"));
      assert(status !== 429 || response.headers.has("retry-after"));
    }
    const stream = await post(gateway, { ...say("cut"), stream: true });
    const { error, blocks } = readStream(await stream.text());
    assertEquals([blocks[0]!.text, (error!.error as Fields).code], ["echo: ", "PROVIDER_CUT"]);
  }));

Deno.test("/v1/messages ends the run of a client that hangs up", () =>
  withProvider(async (gateway, provider) => {
    const controller = new AbortController();
    const body = { ...say("wait"), stream: true };
    const response = await post(gateway, body, KEY, "/v1/messages", controller.signal);
    const reader = response.body!.getReader();
    assert(!(await reader.read()).done);
    controller.abort();
    await reader.closed.catch(() => {});
    await provider.abandonment;
    const { runs } = gateway.gateway.state;
    while (runs.activeCount > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }));

Deno.test("/v1/messages has its own switch and its own limit", async () => {
  const endpoints = (messages: Fields) => ({
    config: { gateway: { mode: "local", http: { endpoints: { messages } } } },
  });
  {
    await using gateway = await TestGateway.start(endpoints({ enabled: false }));
    const response = await post(gateway, say("hi"));
    const { error } = await response.json();
    assertEquals([response.status, error.type, error.hint], [
      404,
      "not_found_error",
      "openclaw config set gateway.http.endpoints.messages.enabled true",
    ]);
  }
  await using gateway = await TestGateway.start(endpoints({ maxBodyBytes: 2000 }));
  const large = await post(gateway, say("x".repeat(2000)));
  assertEquals([large.status, (await large.json()).error.type], [413, "request_too_large"]);
});

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ask,
  catalogOf,
  collect,
  delta,
  failureOf,
  goodAnswer,
  sse,
  startProvider,
  textOf,
} from "./_fake_provider.ts";

Deno.test("stream() sends the call and hands out text, usage and the response id", async () => {
  await using provider = startProvider(() =>
    sse(
      delta({ role: "assistant", content: "" }),
      delta({ reasoning_content: "hmm" }),
      delta({ content: "Hel" }),
      delta({ content: "lo" }),
      delta({}, "stop"),
      {
        id: "chatcmpl-1",
        choices: [],
        usage: {
          prompt_tokens: 30,
          completion_tokens: 7,
          prompt_tokens_details: { cached_tokens: 20 },
        },
      },
      "[DONE]",
    )
  );
  const events = await collect(
    catalogOf(provider.baseUrl, {}, { headers: { "x-team": "blue" } }),
    ask("hi", { sampling: { temperature: 0.5, topP: 0.9, stop: ["x"], seed: 7 } }),
  );

  assertEquals(events[0], { type: "thinking", delta: "hmm" });
  assertEquals(textOf(events), "Hello");
  assertEquals(events.at(-1), {
    type: "end",
    stopReason: "stop",
    usage: { input: 10, output: 7, cacheRead: 20, cacheWrite: 0 },
    responseId: "chatcmpl-1",
  });
  const [seen] = provider.seen;
  assertEquals(seen?.path, "/v1/chat/completions");
  assertEquals(seen?.headers.get("authorization"), "Bearer secret-key-1");
  assertEquals(seen?.headers.get("x-team"), "blue");
  assertEquals([...seen!.headers.keys()].filter((name) => name.startsWith("x-stainless")), []);
  assertEquals(seen?.body, {
    model: "m1",
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "hi" }],
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 1000,
    temperature: 0.5,
    top_p: 0.9,
    stop: ["x"],
    seed: 7,
  });
});

Deno.test("stream() sends no authorization where no key is configured", async () => {
  await using provider = startProvider(() => goodAnswer());
  await collect(catalogOf(provider.baseUrl, {}, { apiKey: "" }));
  assertEquals(provider.seen[0]?.headers.get("authorization"), null);
});

Deno.test("stream() puts tool calls together that are split over deltas", async () => {
  const piece = (index: number, rest: Record<string, unknown>) =>
    delta({ tool_calls: [{ index, ...rest }] });
  await using provider = startProvider(() =>
    sse(
      piece(0, { id: "call_a", type: "function", function: { name: "add", arguments: "" } }),
      piece(0, { function: { arguments: '{"a":' } }),
      piece(1, { id: "call_b", type: "function", function: { name: "now" } }),
      piece(0, { function: { arguments: "1}" } }),
      delta({}, "tool_calls"),
      "[DONE]",
    )
  );
  const tools = [{ name: "add", description: "Adds", parameters: { type: "object" } }];
  const events = await collect(
    catalogOf(provider.baseUrl),
    ask("hi", { tools, shownTools: new Set(["add"]) }),
  );
  const pieces = events.filter((event) => event.type === "toolCallDelta");
  assertEquals(pieces.map(({ index, delta }) => [index, delta]), [[0, '{"a":1}']]);
  assertEquals(events.slice(pieces.length), [
    { type: "toolCall", call: { id: "call_a", name: "add", arguments: { a: 1 } } },
    { type: "toolCall", call: { id: "call_b", name: "now", arguments: {} } },
    {
      type: "end",
      stopReason: "toolUse",
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      responseId: "chatcmpl-1",
    },
  ]);
  const { body } = provider.seen[0]!;
  assertEquals(body.tool_choice, "auto");
  assertEquals(body.tools, [{
    type: "function",
    function: { name: "add", description: "Adds", parameters: { type: "object" } },
  }]);
});

const REFUSALS: [number, unknown, string, string][] = [
  [400, { error: { message: "Unknown field" } }, "bad_request", "PROVIDER_BAD_REQUEST"],
  [
    400,
    { error: { message: "This model's maximum context length is 10 tokens" } },
    "context_length",
    "CONTEXT_TOO_LONG",
  ],
  [401, { error: { message: "Bad key secret-key-1" } }, "auth", "PROVIDER_AUTH_FAILED"],
  [402, { error: { message: "No credit" } }, "billing", "PROVIDER_BILLING"],
  [403, { detail: "Not for you" }, "auth", "PROVIDER_AUTH_FAILED"],
  [404, { error: { message: "No such model" } }, "bad_request", "PROVIDER_BAD_REQUEST"],
  [429, { error: { message: "Quota", code: "insufficient_quota" } }, "billing", "PROVIDER_BILLING"],
];

for (const [status, body, kind, code] of REFUSALS) {
  Deno.test(`stream() fails at once on ${status} as ${kind}`, async () => {
    await using provider = startProvider(() => Response.json(body, { status }));
    const sleep = () => Promise.reject(new Error("must not wait"));
    const options = { retryDelaysMs: [1, 1, 1], sleep };
    const error = await failureOf(collect(catalogOf(provider.baseUrl, options)));
    assertEquals([error.kind, error.code, error.status], [kind, code, status]);
    assertEquals(provider.seen.length, 1);
    assertStringIncludes(error.message, '"fake/m1"');
    assertStringIncludes(error.message, new URL(provider.baseUrl).host);
    assertStringIncludes(error.message, String(status));
    assert(error.hint);
    assert(!`${error.message}${error.cause}`.includes("secret-key-1"));
  });
}

Deno.test("stream() retries 500 and 503 with growing waits, then succeeds", async () => {
  await using provider = startProvider((index) =>
    index < 2 ? new Response("sorry", { status: index === 0 ? 500 : 503 }) : goodAnswer()
  );
  const waits: number[] = [];
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  const events = await collect(catalogOf(provider.baseUrl, { retryDelaysMs: [20, 40, 80], sleep }));
  assertEquals(textOf(events), "hello");
  assertEquals(waits, [20, 40]);
});

Deno.test("stream() honours Retry-After, and gives up after the last attempt", async () => {
  await using provider = startProvider(() =>
    Response.json({ error: { message: "slow down" } }, {
      status: 429,
      headers: { "retry-after": "3" },
    })
  );
  const waits: number[] = [];
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  const options = { retryDelaysMs: [2000, 4000, 8000], sleep };
  const error = await failureOf(collect(catalogOf(provider.baseUrl, options)));
  assertEquals(waits, [3000, 3000, 3000]);
  assertEquals(provider.seen.length, 4);
  assertEquals([error.code, error.retryAfterMs], ["PROVIDER_RATE_LIMITED", 3000]);
  assert(error.retryable);
});

Deno.test("stream() does not wait for a Retry-After beyond the cap", async () => {
  await using provider = startProvider(() =>
    new Response("", { status: 429, headers: { "retry-after": "3600" } })
  );
  const error = await failureOf(collect(catalogOf(provider.baseUrl, { retryDelaysMs: [1, 1, 1] })));
  assertEquals(provider.seen.length, 1);
  assertEquals(error.retryAfterMs, 3_600_000);
});

Deno.test("stream() ends a wait between attempts when the caller aborts", async () => {
  await using provider = startProvider(() => new Response("", { status: 500 }));
  const controller = new AbortController();
  const reason = new Error("enough");
  const request = ask("hi", { signal: controller.signal });
  const sleep = (_ms: number, signal?: AbortSignal) => {
    controller.abort(reason);
    return Promise.reject(signal?.reason);
  };
  const options = { retryDelaysMs: [60_000], sleep };
  const thrown = await assertRejects(() => collect(catalogOf(provider.baseUrl, options), request));
  assertEquals(thrown, reason);
});

Deno.test("stream() retries an error inside the stream before the first token", async () => {
  await using provider = startProvider((index) =>
    index === 0 ? sse({ error: { message: "busy", code: 503 } }) : goodAnswer()
  );
  const events = await collect(catalogOf(provider.baseUrl, { retryDelaysMs: [1] }));
  assertEquals(textOf(events), "hello");
});

Deno.test("stream() retries in the middle of a call that nobody was shown", async () => {
  const half = delta({
    tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{" } }],
  });
  const busy = { error: { message: "busy", code: 503 } };
  for (const [shown, attempts] of [["g", 2], ["f", 1]] as const) {
    await using provider = startProvider((index) => index === 0 ? sse(half, busy) : goodAnswer());
    const events = collect(
      catalogOf(provider.baseUrl, { retryDelaysMs: [1] }),
      ask("hi", { shownTools: new Set([shown]) }),
    );
    if (attempts === 2) assertEquals(textOf(await events), "hello");
    else assertEquals((await failureOf(events)).code, "PROVIDER_OVERLOADED");
    assertEquals(provider.seen.length, attempts);
  }
});

Deno.test("stream() never repeats an answer that has begun", async () => {
  await using provider = startProvider(() =>
    sse(delta({ content: "Hel" }), { error: { message: "busy", code: 503 } })
  );
  const error = await failureOf(collect(catalogOf(provider.baseUrl, { retryDelaysMs: [1, 1] })));
  assertEquals([error.code, provider.seen.length], ["PROVIDER_OVERLOADED", 1]);
});

Deno.test("stream() says that a refused connection is unreachable, after retries", async () => {
  // Nobody listens there, and the system gives it to nobody.
  const port = 2;
  let waits = 0;
  const sleep = () => Promise.resolve(void waits++);
  const catalog = catalogOf(`http://127.0.0.1:${port}/v1`, { retryDelaysMs: [1, 1, 1], sleep });
  const error = await failureOf(collect(catalog));
  assertEquals([error.kind, error.code, waits], ["unreachable", "PROVIDER_UNREACHABLE", 3]);
  assertStringIncludes(
    error.message,
    `cannot reach "127.0.0.1:${port}", the connection is refused`,
  );
  assertEquals(
    error.hint,
    "Check that the address answers, or change it: openclaw config set models.providers.fake.baseUrl <url>",
  );
});

Deno.test("stream() says that an address that is no URL is unreachable, without retry", async () => {
  const error = await failureOf(collect(catalogOf("not an address", { retryDelaysMs: [60_000] })));
  assertEquals([error.kind, error.retryable], ["unreachable", false]);
});

Deno.test("stream() follows no redirect with its key", async () => {
  await using other = startProvider(() => goodAnswer());
  await using provider = startProvider(() => Response.redirect(other.baseUrl, 307));
  const error = await failureOf(collect(catalogOf(provider.baseUrl)));
  assertEquals([error.code, error.status], ["PROVIDER_BAD_ANSWER", 307]);
  assertEquals(other.seen.length, 0);
});

Deno.test("stream() keeps one connection for calls that follow each other", async () => {
  const ports = new Set<number>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request, info) => {
      ports.add(info.remoteAddr.port);
      await request.text();
      return goodAnswer();
    },
  );
  const catalog = catalogOf(`http://127.0.0.1:${server.addr.port}/v1`);
  for (let call = 0; call < 3; call++) await collect(catalog);
  await server.shutdown();
  assertEquals(ports.size, 1);
});

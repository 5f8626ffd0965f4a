/**
 * `/v1/embeddings` through a whole gateway, with backends that are well and backends that are not.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import OpenAI from "openai";
import { EmbeddingsBackend } from "../harness/embeddings_backend.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";

type Fields = Record<string, unknown>;

const KEY = "embedding-key-1234567";

/** Starts a gateway whose agents use `memorySearch`. */
function start(memorySearch: Fields, rest: Fields = {}): Promise<TestGateway> {
  const { agents, ...others } = rest as { agents?: Fields };
  return TestGateway.start({
    config: { agents: { defaults: { memorySearch }, ...agents }, ...others },
  });
}

function remote(backend: EmbeddingsBackend): Fields {
  return {
    provider: "openai",
    model: "e-1",
    remote: { baseUrl: backend.baseUrl, apiKey: KEY, headers: { "x-team": "blue" } },
  };
}

function ask(
  gateway: TestGateway,
  body: Fields,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${gateway.httpUrl}/v1/embeddings`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    body: JSON.stringify({ model: "openclaw", ...body }),
    ...(signal ? { signal } : {}),
  });
}

function clientOf(gateway: TestGateway): OpenAI {
  return new OpenAI({ baseURL: `${gateway.httpUrl}/v1`, apiKey: TOKEN, maxRetries: 0 });
}

Deno.test("/v1/embeddings serves the official client, which asks for base64", async () => {
  await using backend = new EmbeddingsBackend();
  await using gateway = await start(remote(backend));
  const { data, usage, model } = await clientOf(gateway).embeddings.create({
    model: "openclaw",
    input: ["one", "and two"],
  });
  assertEquals(data.map(({ embedding }) => embedding), [[3, 1, 1], [7, 2, 1]]);
  assertEquals([usage.prompt_tokens, usage.total_tokens, model], [4, 4, "openclaw"]);
  const [{ path, headers, body }] = backend.calls as [typeof backend.calls[0]];
  assertEquals([path, body], ["/v1/embeddings", { model: "e-1", input: ["one", "and two"] }]);
  assertEquals(headers.get("authorization"), `Bearer ${KEY}`);
  assertEquals(headers.get("x-team"), "blue");
});

Deno.test("/v1/embeddings forwards dimensions, and shortens where the backend does not", async () => {
  await using backend = new EmbeddingsBackend();
  await using gateway = await start(remote(backend));
  const client = clientOf(gateway);
  const { data } = await client.embeddings.create({
    model: "openclaw",
    input: "one",
    dimensions: 2,
    encoding_format: "float",
  });
  assertEquals(backend.calls[0]!.body.dimensions, 2);
  const [x, y] = data[0]!.embedding as [number, number];
  assertEquals([data[0]!.embedding.length, Math.hypot(x, y).toFixed(9)], [2, "1.000000000"]);
  const error = await assertRejects(() =>
    client.embeddings.create({ model: "openclaw", input: "one", dimensions: 4 })
  );
  assert(error instanceof OpenAI.BadRequestError);
});

Deno.test("/v1/embeddings asks each agent's own backend", async () => {
  await using common = new EmbeddingsBackend();
  await using own = new EmbeddingsBackend();
  await using gateway = await start(remote(common), {
    models: { providers: { ollama: { baseUrl: own.baseUrl, api: "ollama" } } },
    agents: {
      list: [{ id: "main", default: true }, {
        id: "local",
        memorySearch: { provider: "ollama", model: "nomic" },
      }],
    },
  });
  const response = await ask(gateway, { model: "openclaw/local", input: "a b" });
  assertEquals(response.headers.get("x-openclaw-model"), "ollama/nomic");
  assertEquals((await response.json()).usage, { prompt_tokens: 1, total_tokens: 1 });
  assertEquals(own.calls[0]!.path, "/api/embed");
  assertEquals(own.calls[0]!.headers.get("authorization"), null);
  const main = await ask(gateway, { input: "a b" });
  assertEquals(main.headers.get("x-openclaw-model"), "openai/e-1");
  await main.body?.cancel();
  assertEquals([common.calls.length, own.calls.length], [1, 1]);
});

Deno.test("/v1/embeddings takes another model from the header, and no other provider", async () => {
  await using backend = new EmbeddingsBackend();
  await using gateway = await start(remote(backend));
  const cases: [string, number, string][] = [
    ["openai/e-2", 200, "e-2"],
    ["e-3", 200, "e-3"],
    [
      "voyage/v",
      400,
      "This agent does not allow that embedding provider on `/v1/embeddings`.",
    ],
    ["a//b", 400, "Unsupported embedding model reference."],
  ];
  for (const [name, status, expected] of cases) {
    const response = await ask(gateway, { input: "a" }, { "x-openclaw-model": name });
    const { error } = await response.json();
    assertEquals(response.status, status);
    assertEquals(error?.message ?? backend.calls.at(-1)!.body.model, expected);
  }
});

Deno.test("/v1/embeddings answers as a labelled demo until something is configured", async () => {
  await using gateway = await TestGateway.start();
  const response = await ask(gateway, { input: ["the cat", "the cat", "taxes"], dimensions: 64 });
  assertEquals(response.headers.get("x-openclaw-model"), "demo/hash");
  const { data, usage } = await response.json();
  assertEquals(data[0].embedding, data[1].embedding);
  assertEquals([data[2].embedding.length, usage.prompt_tokens], [64, 5]);
});

Deno.test("/v1/embeddings makes them with the provider of the agent's model", async () => {
  await using backend = new EmbeddingsBackend();
  await using gateway = await TestGateway.start({
    config: {
      agents: { defaults: { model: "lan/chat" } },
      models: {
        mode: "replace",
        providers: {
          lan: {
            baseUrl: backend.baseUrl,
            apiKey: KEY,
            models: [{ id: "chat" }, { id: "my-embedder" }],
          },
        },
      },
    },
  });
  const response = await ask(gateway, { input: "a" });
  await response.body?.cancel();
  assertEquals(response.headers.get("x-openclaw-model"), "lan/my-embedder");
});

Deno.test("/v1/embeddings tells what its backend failed in, and shows no key", async () => {
  await using backend = new EmbeddingsBackend();
  await using patient = await start(remote(backend));
  await using gateway = await start(remote(backend), {
    models: { providers: { openai: { baseUrl: "https://api.openai.com/v1", timeoutSeconds: 1 } } },
  });
  const cases: [input: string[], status: number, code: string][] = [
    [["garbage"], 502, "PROVIDER_BAD_ANSWER"],
    [["few", "a"], 502, "PROVIDER_BAD_ANSWER"],
    [["nan"], 502, "PROVIDER_BAD_ANSWER"],
    [["cut"], 502, "PROVIDER_CUT"],
    [["half"], 504, "PROVIDER_TIMEOUT"],
    [["wait"], 504, "PROVIDER_TIMEOUT"],
    [["status 400"], 400, "PROVIDER_BAD_REQUEST"],
    [["status 401"], 502, "PROVIDER_AUTH_FAILED"],
    [["status 429"], 429, "PROVIDER_RATE_LIMITED"],
    [["status 500"], 503, "PROVIDER_OVERLOADED"],
  ];
  await Promise.all(cases.map(async ([input, status, code]) => {
    const response = await ask(status === 504 ? gateway : patient, { input });
    const { error } = await response.json();
    assertEquals([input, response.status, error.code], [input, status, code]);
    assertEquals(response.headers.get("retry-after"), status === 429 ? "7" : null);
    assert(!JSON.stringify(error).includes(KEY));
  }));
  const attempts = (word: string) => backend.calls.filter(({ body }) => body.input[0] === word);
  assertEquals([attempts("status 500").length, attempts("status 429").length], [3, 1]);
});

Deno.test("/v1/embeddings does not need the agent's model where a backend is named", async () => {
  await using backend = new EmbeddingsBackend();
  await using gateway = await start(remote(backend), {
    agents: { list: [{ id: "main", model: "nobody/knows-it" }] },
  });
  const response = await ask(gateway, { input: "a" });
  await response.body?.cancel();
  assertEquals(response.status, 200);
});

Deno.test("/v1/embeddings lets go of the backend when its client hangs up", async () => {
  await using backend = new EmbeddingsBackend();
  await using gateway = await start(remote(backend));
  const controller = new AbortController();
  const asked = ask(gateway, { input: "wait" }, {}, controller.signal);
  await backend.arrival;
  controller.abort();
  await assertRejects(() => asked);
  await backend.abandonment;
  assertEquals(backend.calls.length, 1);
});

Deno.test("/v1/embeddings says what to configure where nothing can make them", async () => {
  await using gateway = await TestGateway.start({
    config: {
      agents: { defaults: { model: "anthropic/claude-sonnet-4-6" } },
      models: { providers: { anthropic: { baseUrl: "https://api.anthropic.com", apiKey: KEY } } },
    },
  });
  const response = await ask(gateway, { input: "a" });
  const { error } = await response.json();
  assertEquals([response.status, error.hint], [
    400,
    "openclaw config set agents.defaults.memorySearch.provider openai",
  ]);
});

Deno.test("/v1/embeddings reads a key from where the configuration points", async () => {
  await using backend = new EmbeddingsBackend();
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    const file = `${stateDir}/keys.json`;
    await Deno.writeTextFile(file, JSON.stringify({ embed: KEY }), { mode: 0o600 });
    const search = remote(backend) as { remote: Fields };
    search.remote.apiKey = { source: "file", provider: "keys", id: "/embed" };
    await using gateway = await TestGateway.start({
      stateDir,
      config: {
        secrets: { providers: { keys: { source: "file", path: file, mode: "json" } } },
        agents: { defaults: { memorySearch: search } },
      },
    });
    const response = await ask(gateway, { input: "a" });
    await response.body?.cancel();
    assertEquals(response.status, 200);
    assertEquals(backend.calls[0]!.headers.get("authorization"), `Bearer ${KEY}`);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

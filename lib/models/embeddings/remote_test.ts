import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { AppError, delay, envOf } from "../../base/mod.ts";
import { HeldTimers } from "../../base/testing.ts";
import { failureOf, type FakeProvider, startProvider } from "../_fake_provider.ts";
import { ModelCatalog, type ModelCatalogOptions } from "../catalog.ts";
import { batchesOf } from "./remote.ts";
import type { EmbeddingRequest, EmbeddingResult } from "./types.ts";

const KEY = "embedding-key-123";

function embed(
  { baseUrl }: FakeProvider,
  over: Partial<EmbeddingRequest> = {},
  options: ModelCatalogOptions = {},
  provider = "openai",
): Promise<EmbeddingResult> {
  const catalog = new ModelCatalog({}, envOf({}), { retryDelaysMs: [], ...options });
  return catalog.embeddings({
    provider,
    model: "e1",
    usual: () => "demo",
    remote: { baseUrl, apiKey: KEY, headers: { "x-team": "blue" } },
  }).then((model) => model.embed({ input: ["a"], signal: new AbortController().signal, ...over }));
}

/** An answer with these vectors, the last one first. */
function answer(vectors: unknown[], usage?: unknown): Response {
  const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
  return Response.json({ object: "list", data: data.reverse(), ...(usage ? { usage } : {}) });
}

Deno.test("RemoteEmbeddings asks in OpenAI's form and keeps the order", async () => {
  await using provider = startProvider(() =>
    answer([[1, 2], [3, 4]], { prompt_tokens: 9, total_tokens: 9 })
  );
  const result = await embed(provider, { input: ["a", "b"], dimensions: 2 });
  assertEquals(result, { vectors: [[1, 2], [3, 4]], promptTokens: 9 });
  const [seen] = provider.seen;
  assertEquals(seen!.path, "/v1/embeddings");
  assertEquals(seen!.body, { model: "e1", input: ["a", "b"], dimensions: 2 });
  assertEquals(seen!.headers.get("authorization"), `Bearer ${KEY}`);
  assertEquals(seen!.headers.get("x-team"), "blue");
});

Deno.test("RemoteEmbeddings asks in Ollama's form", async () => {
  await using provider = startProvider(() =>
    Response.json({ model: "e1", embeddings: [[1, 0]], prompt_eval_count: 4 })
  );
  const result = await embed(provider, {}, {}, "ollama");
  assertEquals(result, { vectors: [[1, 0]], promptTokens: 4 });
  assertEquals(provider.seen[0]!.path, "/api/embed");
  assertEquals(provider.seen[0]!.body, { model: "e1", input: ["a"] });
});

Deno.test("RemoteEmbeddings splits large requests and adds up what they cost", async () => {
  await using provider = startProvider(() => new Response(null, { status: 500 }));
  const texts = Array.from({ length: 100 }, (_, index) => String(index));
  await using counting = startProvider((index) => {
    const { input } = counting.seen[index]!.body as { input: string[] };
    return answer(input.map((text) => [Number(text), 1]), { prompt_tokens: input.length });
  });
  const { vectors, promptTokens } = await embed(counting, { input: texts });
  assertEquals(vectors.map(([first]) => first), texts.map(Number));
  assertEquals([promptTokens, counting.seen.length, provider.seen.length], [100, 2, 0]);
});

Deno.test("batchesOf() cuts by number and by size and loses nothing", () => {
  const sizes = (input: string[]) => batchesOf(input).map(({ length }) => length);
  assertEquals(sizes(Array(128).fill("a")), [64, 64]);
  assertEquals(sizes(Array(8).fill("a".repeat(8192))), [3, 3, 2]);
  assertEquals(sizes(["a".repeat(40_000), "b"]), [1, 1]);
  const texts = Array.from({ length: 70 }, (_, index) => `${index}`.repeat(300));
  assertEquals(batchesOf(texts).flat(), texts);
});

Deno.test("RemoteEmbeddings counts nothing when one answer does not", async () => {
  await using provider = startProvider(() => answer([[1]], { prompt_tokens: "many" }));
  assertEquals((await embed(provider)).promptTokens, undefined);
});

Deno.test("RemoteEmbeddings shortens vectors to what was asked, and refuses what is too short", async () => {
  await using provider = startProvider(() => answer([[3, 4, 12]]));
  const { vectors } = await embed(provider, { dimensions: 2 });
  assertEquals(vectors[0]!.map((value) => value.toFixed(9)), ["0.600000000", "0.800000000"]);
  const error = await assertRejects(() => embed(provider, { dimensions: 4 }), AppError);
  assertEquals([error.code, error.message], [
    "INVALID_REQUEST",
    '`dimensions` is 4, but "openai/e1" makes embeddings of 3',
  ]);
});

Deno.test("RemoteEmbeddings reads base64 where a provider sends nothing else", async () => {
  const bytes = new Uint8Array(new Float32Array([0.5, -2]).buffer);
  await using provider = startProvider(() => answer([bytes.toBase64()]));
  assertEquals((await embed(provider)).vectors, [[0.5, -2]]);
});

Deno.test("RemoteEmbeddings takes no garbage for vectors", async () => {
  const bodies: (BodyInit | unknown[])[] = [
    "{not json",
    "",
    "<html><title>Hi</title></html>",
    "null",
    '{"data":[{"embedding":[NaN]}]}',
    JSON.stringify({ data: "x" }),
    JSON.stringify({ data: [3] }),
    JSON.stringify({ data: [{ index: 7, embedding: [1] }] }),
    JSON.stringify({ data: [{ index: 0, embedding: [1] }, { index: 0, embedding: [2] }] }),
    [[null]],
    [[1e300]],
    [["1"]],
    [[]],
    [{}],
    ["%%%"],
    ["AAA="],
    [[1], [2]],
    [],
  ];
  for (const body of bodies) {
    await using provider = startProvider(() =>
      Array.isArray(body) ? answer(body) : new Response(body)
    );
    const error = await failureOf(embed(provider));
    assertEquals([error.code, error.kind], ["PROVIDER_BAD_ANSWER", "garbage"], String(body));
    assertEquals(provider.seen.length, 1);
  }
});

Deno.test("RemoteEmbeddings refuses vectors of different lengths, also over batches", async () => {
  await using provider = startProvider((index) => {
    const { input } = provider.seen[index]!.body as { input: string[] };
    return answer(input.map(() => Array(index + 1).fill(1)));
  });
  const error = await failureOf(embed(provider, { input: Array(65).fill("a") }));
  assertEquals(error.code, "PROVIDER_BAD_ANSWER");
});

Deno.test("RemoteEmbeddings repeats what may pass, and not too often", async () => {
  const sleeps: number[] = [];
  const options = {
    retryDelaysMs: [250, 1000],
    sleep: (ms: number) => Promise.resolve(void sleeps.push(ms)),
  };
  await using provider = startProvider((index) =>
    index < 2 ? new Response("busy", { status: 503 }) : answer([[1]])
  );
  assertEquals((await embed(provider, {}, options)).vectors, [[1]]);
  assertEquals(sleeps, [250, 1000]);
  await using broken = startProvider(() => new Response("down", { status: 500 }));
  assertEquals((await failureOf(embed(broken, {}, options))).code, "PROVIDER_OVERLOADED");
  assertEquals(broken.seen.length, 3);
});

Deno.test("RemoteEmbeddings waits as long as it is told only where that is short", async () => {
  const sleeps: number[] = [];
  const options = {
    retryDelaysMs: [250],
    sleep: (ms: number) => Promise.resolve(void sleeps.push(ms)),
  };
  const limited = (seconds: string) => (index: number) =>
    index === 0
      ? new Response("slow", { status: 429, headers: { "retry-after": seconds } })
      : answer([[1]]);
  await using short = startProvider(limited("1"));
  await embed(short, {}, options);
  assertEquals(sleeps, [1000]);
  await using long = startProvider(limited("30"));
  const error = await failureOf(embed(long, {}, options));
  assertEquals([error.code, error.retryAfterMs], ["PROVIDER_RATE_LIMITED", 30_000]);
  assertEquals(long.seen.length, 1);
});

Deno.test("RemoteEmbeddings does not repeat what was refused, and shows no key", async () => {
  const cases: [number, string][] = [
    [400, "PROVIDER_BAD_REQUEST"],
    [401, "PROVIDER_AUTH_FAILED"],
    [404, "PROVIDER_BAD_REQUEST"],
    [302, "PROVIDER_BAD_ANSWER"],
  ];
  for (const [status, code] of cases) {
    await using provider = startProvider(() =>
      new Response(`{"error":{"message":"bad key ${KEY}"}}`, {
        status,
        headers: { location: "http://127.0.0.1:1/" },
      })
    );
    const error = await failureOf(embed(provider, {}, { retryDelaysMs: [1, 1] }));
    assertEquals([error.code, provider.seen.length], [code, 1]);
    assert(!error.message.includes(KEY));
  }
});

Deno.test("RemoteEmbeddings gives up on a provider that is silent", async () => {
  const never = Promise.withResolvers<Response>();
  await using provider = startProvider(() => never.promise);
  const error = await failureOf(embed(provider, {}, { idleTimeoutMs: 20 }));
  assertEquals(error.code, "PROVIDER_TIMEOUT");
  never.resolve(new Response());
});

Deno.test("RemoteEmbeddings gives up on a body that stops half-way", async () => {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  await using provider = startProvider(() =>
    new Response(
      new ReadableStream({
        start(given) {
          controller = given;
          controller.enqueue(new TextEncoder().encode('{"data":[{"embed'));
        },
      }),
    )
  );
  const error = await failureOf(embed(provider, {}, { idleTimeoutMs: 50 }));
  assertEquals(error.code, "PROVIDER_TIMEOUT");
});

Deno.test("RemoteEmbeddings gives up on an answer that never ends", async () => {
  let timer: ReturnType<typeof setInterval> | undefined;
  await using provider = startProvider(() =>
    new Response(
      new ReadableStream({
        start(controller) {
          timer = setInterval(() => controller.enqueue(new Uint8Array([0x20])), 2);
        },
        cancel: () => clearInterval(timer),
      }),
    )
  );
  const idleTimeoutMs = 54_321;
  // The whole answer may take as long as five silences.
  using whole = new HeldTimers(5 * idleTimeoutMs);
  const failing = failureOf(embed(provider, {}, { idleTimeoutMs }));
  while (whole.count === 0) await delay(1);
  whole.fire();
  const error = await failing;
  assertEquals(error.code, "PROVIDER_TIMEOUT");
  assertMatch(error.message, /took longer than/);
});

Deno.test("RemoteEmbeddings tells a provider that cannot be reached", async () => {
  const provider = startProvider(() => answer([[1]]));
  await provider[Symbol.asyncDispose]();
  const error = await failureOf(embed(provider));
  assertEquals(error.code, "PROVIDER_UNREACHABLE");
});

Deno.test("RemoteEmbeddings ends with its caller", async () => {
  const arrived = Promise.withResolvers<void>();
  const never = Promise.withResolvers<Response>();
  await using provider = startProvider(() => {
    arrived.resolve();
    return never.promise;
  });
  const controller = new AbortController();
  const reason = new Error("client is gone");
  const result = embed(provider, { signal: controller.signal }, { retryDelaysMs: [1, 1] });
  await arrived.promise;
  controller.abort(reason);
  assertEquals(await assertRejects(() => result), reason);
  assertEquals(provider.seen.length, 1);
  never.resolve(new Response());
});

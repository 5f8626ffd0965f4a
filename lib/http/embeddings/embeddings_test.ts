import { assertEquals } from "@std/assert";
import { FakeGateway } from "../testing.ts";
import type { HttpEmbedResult } from "../types.ts";

function ask(gateway: FakeGateway, body: unknown, headers: Record<string, string> = {}) {
  return gateway.post("/v1/embeddings", body, headers);
}

async function refusal(body: unknown): Promise<[number, string]> {
  const gateway = new FakeGateway();
  const response = await ask(gateway, body);
  const { error } = await response.json();
  assertEquals([error.type, gateway.embeds.length], ["invalid_request_error", 0]);
  return [response.status, error.message];
}

Deno.test("createEmbeddings() answers one vector per text, in order", async () => {
  const gateway = new FakeGateway();
  const response = await ask(gateway, { model: "openclaw", input: ["a", "bbb"] });
  assertEquals(response.headers.get("x-openclaw-model"), "fake/lengths");
  assertEquals(await response.json(), {
    object: "list",
    data: [
      { object: "embedding", index: 0, embedding: [1, 0] },
      { object: "embedding", index: 1, embedding: [3, 1] },
    ],
    model: "openclaw",
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });
});

Deno.test("createEmbeddings() writes base64 of 32-bit numbers, lowest byte first", async () => {
  const response = await ask(new FakeGateway(), {
    model: "openclaw",
    input: "abc",
    encoding_format: "base64",
  });
  const { data } = await response.json();
  // 3.0 and 0.0
  assertEquals(
    Uint8Array.fromBase64(data[0].embedding),
    new Uint8Array([0, 0, 64, 64, 0, 0, 0, 0]),
  );
});

Deno.test("createEmbeddings() hands over agent, backend and dimensions", async () => {
  const gateway = new FakeGateway();
  const headers = { "x-openclaw-model": " local/e1 ", "x-openclaw-agent-id": "helper" };
  const response = await ask(gateway, { model: "openclaw", input: "a", dimensions: 5 }, headers);
  assertEquals((await response.json()).data[0].embedding.length, 5);
  const { agentId, model, dimensions, input } = gateway.embeds[0]!;
  assertEquals([agentId, model, dimensions, input], ["helper", "local/e1", 5, ["a"]]);
});

Deno.test("createEmbeddings() answers no texts without asking anybody", async () => {
  const gateway = new FakeGateway();
  const response = await ask(gateway, { model: "openclaw", input: [] });
  const { data, usage } = await response.json();
  assertEquals([data, usage], [[], { prompt_tokens: 0, total_tokens: 0 }]);
  assertEquals(gateway.embeds.length, 0);
});

Deno.test("createEmbeddings() says 0 where the backend does not count", async () => {
  const embed = (): Promise<HttpEmbedResult> =>
    Promise.resolve({ type: "vectors", vectors: [[1]], backend: "a/b" });
  const response = await ask(new FakeGateway(undefined, { embed }), {
    model: "openclaw",
    input: "a",
  });
  assertEquals((await response.json()).usage, { prompt_tokens: 0, total_tokens: 0 });
});

Deno.test("createEmbeddings() refuses with the documented texts", async () => {
  const wrongInput = "`input` must be a string or an array of strings.";
  const wrongModel = "Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.";
  const cases: [unknown, string][] = [
    [{}, "Missing `model`."],
    [{ input: 5 }, "Missing `model`."],
    [{ model: " ", input: "a" }, "Missing `model`."],
    [{ model: 5, input: "a" }, "Missing `model`."],
    [{ model: null, input: "a" }, "Missing `model`."],
    [[], "Missing `model`."],
    [{ model: "text-embedding-3-small", input: "a" }, wrongModel],
    [{ model: "openclaw" }, wrongInput],
    [{ model: "openclaw", input: [1, 2] }, wrongInput],
    [{ model: "openclaw", input: [[1, 2]] }, wrongInput],
    [{ model: "openclaw", input: ["a", null] }, wrongInput],
    [{ model: "openclaw", input: { text: "a" } }, wrongInput],
    [{ model: "openclaw", input: Array(129).fill("a") }, "Too many inputs (max 128)."],
    [{ model: "openclaw", input: "a".repeat(8193) }, "Input too long (max 8192 chars)."],
    [{ model: "openclaw", input: ["a", "b".repeat(8193)] }, "Input too long (max 8192 chars)."],
    [
      { model: "openclaw", input: Array(9).fill("a".repeat(8000)) },
      "Total input too large (max 65536 chars).",
    ],
    [
      { model: "openclaw", input: "a", encoding_format: "int8" },
      "`encoding_format` must be `float` or `base64`.",
    ],
    [
      { model: "openclaw", input: "a", dimensions: 0 },
      "`dimensions` must be a positive integer.",
    ],
    [
      { model: "openclaw", input: "a", dimensions: 1.5 },
      "`dimensions` must be a positive integer.",
    ],
  ];
  for (const [body, message] of cases) {
    assertEquals(await refusal(body), [400, message], JSON.stringify(body).slice(0, 80));
  }
});

Deno.test("createEmbeddings() takes as much as the limits allow, and null for nothing", async () => {
  const bodies = [
    { model: "openclaw", input: Array(128).fill("a") },
    { model: "openclaw", input: "a".repeat(8192) },
    { model: "openclaw", input: Array(8).fill("a".repeat(8192)) },
    { model: "OpenClaw/Default", input: "", encoding_format: null, dimensions: null, user: "u" },
  ];
  for (const body of bodies) {
    const response = await ask(new FakeGateway(), body);
    await response.body?.cancel();
    assertEquals(response.status, 200);
  }
});

Deno.test("createEmbeddings() refuses a backend name of endless length", async () => {
  const headers = { "x-openclaw-model": "m".repeat(513) };
  const response = await ask(new FakeGateway(), { model: "openclaw", input: "a" }, headers);
  assertEquals((await response.json()).error.message, "Unsupported embedding model reference.");
});

Deno.test("createEmbeddings() passes on what the backend failed in", async () => {
  const embed = (): Promise<HttpEmbedResult> =>
    Promise.resolve({
      type: "error",
      code: "PROVIDER_RATE_LIMITED",
      message: "Slow down",
      status: 429,
      retryAfterMs: 1500,
    });
  const response = await ask(new FakeGateway(undefined, { embed }), {
    model: "openclaw",
    input: "a",
  });
  assertEquals([response.status, response.headers.get("retry-after")], [429, "2"]);
  assertEquals((await response.json()).error, {
    message: "Slow down",
    type: "rate_limited",
    code: "PROVIDER_RATE_LIMITED",
  });
});

Deno.test("createEmbeddings() is there as long as one dialect of OpenAI is", async () => {
  const send = async (isOn: (name: string) => boolean) => {
    const gateway = new FakeGateway(undefined, { isEndpointEnabled: isOn });
    const response = await ask(gateway, { model: "openclaw", input: "a" });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await send((name) => name === "responses"), 200);
  assertEquals(await send((name) => name === "messages"), 404);
});

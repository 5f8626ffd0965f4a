import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JsonObject } from "../../base/mod.ts";
import { endEvent, FakeGateway, helloRun, TEST_TOKEN, waitingRun } from "../testing.ts";
import type { HttpRunEvent } from "../types.ts";
import { readFrames, readStream } from "./_testing.ts";

const BODY: JsonObject = {
  model: "openclaw",
  max_tokens: 100,
  messages: [{ role: "user", content: "hi" }],
};

function ask(gateway: FakeGateway, over: JsonObject = {}, headers: Record<string, string> = {}) {
  return gateway.post("/v1/messages", { ...BODY, ...over }, headers);
}

/** A run that fails at once. */
function failing(event: Partial<HttpRunEvent & { type: "error" }>) {
  return async function* () {
    yield { type: "error" as const, code: "X", message: "Broken", status: 500, ...event };
  };
}

Deno.test("createMessage() answers with one message", async () => {
  const gateway = new FakeGateway();
  const response = await ask(gateway);
  assertEquals(response.status, 200);
  const { id, usage, ...rest } = await response.json();
  assertMatch(id, /^msg_[0-9a-f]{32}$/);
  assertEquals(rest, {
    type: "message",
    role: "assistant",
    model: "openclaw",
    content: [{ type: "text", text: "Hello", citations: null }],
    stop_reason: "end_turn",
    stop_sequence: null,
  });
  assertEquals(usage.input_tokens, 7);
  const [run] = gateway.runs;
  assertEquals([run!.runId, run!.agentId, run!.maxTokens], [id, "main", 100]);
  assertMatch(run!.sessionKey, /^agent:main:anthropic:[0-9a-f-]{36}$/);
});

Deno.test("createMessage() streams", async () => {
  const response = await ask(new FakeGateway(), { stream: true });
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const { message, blocks } = readStream(await response.text());
  assertEquals(blocks[0]!.text, "Hello");
  assertMatch(String(message.id), /^msg_/);
});

Deno.test("createMessage() keeps one session per user, and goes where headers say", async () => {
  const gateway = new FakeGateway();
  await (await ask(gateway, { metadata: { user_id: "U-1" } })).text();
  await (await ask(gateway, { model: "openclaw/helper" }, {
    "x-openclaw-model": "local/big",
    "x-openclaw-session-key": "agent:helper:mine",
  })).text();
  assertEquals(gateway.runs[0]!.sessionKey, "agent:main:anthropic-user:u-1");
  const { agentId, sessionKey, model } = gateway.runs[1]!;
  assertEquals([agentId, sessionKey, model], ["helper", "agent:helper:mine", "local/big"]);
});

Deno.test("createMessage() names the request in header and error alike", async () => {
  const gateway = new FakeGateway();
  const ok = await ask(gateway, {}, { "x-request-id": "req-7" });
  await ok.body?.cancel();
  assertEquals(ok.headers.get("request-id"), "req-7");
  const bad = await ask(gateway, { model: "claude-sonnet-4-6" }, { "x-request-id": "req-8" });
  assertEquals([bad.status, bad.headers.get("request-id")], [400, "req-8"]);
  assertEquals(await bad.json(), {
    type: "error",
    error: {
      type: "invalid_request_error",
      message: "Invalid `model`. Use `openclaw` or `openclaw/<agentId>`.",
      code: "INVALID_REQUEST",
      hint: "GET /v1/models",
    },
    request_id: "req-8",
  });
});

Deno.test("createMessage() takes the credential from x-api-key as well", async () => {
  const gateway = new FakeGateway();
  const send = async (headers: Record<string, string>, path = "/v1/messages") => {
    const isGet = path.startsWith("/v1/models");
    const init = isGet ? {} : { method: "POST", body: JSON.stringify(BODY) };
    const response = await gateway.send(path, { headers, ...init });
    await response.body?.cancel();
    return response.status;
  };
  const key = { "x-api-key": TEST_TOKEN };
  assertEquals(await send(key), 200);
  assertEquals(await send({ "x-api-key": "wrong" }), 401);
  assertEquals(await send({}), 401);
  // A bearer credential is the one that counts.
  assertEquals(await send({ ...key, authorization: "Bearer wrong" }), 401);
  assertEquals(await send(key, "/v1/messages/count_tokens"), 200);
  assertEquals(await send({ ...key, "anthropic-version": "2023-06-01" }, "/v1/models"), 200);
  assertEquals(await send(key, "/v1/models"), 401);
  for (const path of ["/v1/chat/completions", "/v1/embeddings"]) {
    assertEquals(await send({ ...key, "anthropic-version": "2023-06-01" }, path), 401, path);
  }
});

Deno.test("createMessage() writes every refusal in Anthropic's envelope", async () => {
  const cases: [FakeGateway, RequestInit, number, string][] = [
    [new FakeGateway(), { headers: {} }, 401, "authentication_error"],
    [
      new FakeGateway(undefined, {
        authorize: () => ({ ok: false, status: 429, retryAfterMs: 5000 }),
      }),
      {},
      429,
      "rate_limit_error",
    ],
    [
      new FakeGateway(undefined, {
        authorize: () => ({ ok: true, scopes: [], isOwner: false, subject: "none" }),
      }),
      {},
      403,
      "permission_error",
    ],
    [new FakeGateway(undefined, { isStarting: () => true }), {}, 503, "overloaded_error"],
    [new FakeGateway(undefined, { maxBodyBytes: () => 10 }), {}, 413, "request_too_large"],
    [new FakeGateway(undefined, { isEndpointEnabled: () => false }), {}, 404, "not_found_error"],
    [new FakeGateway(), { body: "{" }, 400, "invalid_request_error"],
    [
      new FakeGateway(failing({ status: 429, retryAfterMs: 2500 })),
      {},
      429,
      "rate_limit_error",
    ],
    [new FakeGateway(failing({ status: 401 })), {}, 502, "api_error"],
    [new FakeGateway(failing({ status: 504 })), {}, 504, "timeout_error"],
  ];
  for (const [gateway, init, status, type] of cases) {
    const response = await gateway.send("/v1/messages", {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_TOKEN}` },
      body: JSON.stringify(BODY),
      ...init,
    });
    const body = await response.json();
    assertEquals([response.status, body.type, body.error.type], [status, "error", type]);
    assertEquals(body.request_id, response.headers.get("request-id"));
    assertEquals(response.headers.has("retry-after"), status === 429 || status === 503);
  }
});

Deno.test("createMessage() names the right path below its own", async () => {
  const response = await new FakeGateway().send("/v1/messages/batches", { method: "POST" });
  assertEquals([response.status, (await response.json()).error.type], [404, "not_found_error"]);
  const wrong = await new FakeGateway().send("/v1/v1/messages", { method: "POST" });
  const { error } = await wrong.json();
  assertMatch(error.message, /use "\/v1\/messages"/);
  assertMatch(error.hint, /Anthropic client .* without \/v1/);
});

Deno.test("createMessage() gives a stream that fails at once its real status", async () => {
  const gateway = new FakeGateway(failing({ status: 503 }));
  const response = await ask(gateway, { stream: true });
  assertEquals([response.status, (await response.json()).error.type], [503, "overloaded_error"]);
});

Deno.test("createMessage() ends the run of a client that goes away", async () => {
  const ended = Promise.withResolvers<void>();
  const run = waitingRun([{ type: "text", delta: "Hel" }], () => ended.resolve());
  const response = await ask(new FakeGateway(run), { stream: true });
  const reader = response.body!.getReader();
  assert(!(await reader.read()).done);
  await reader.cancel();
  await ended.promise;
});

Deno.test("createMessage() offers tools and streams the calls", async () => {
  const gateway = new FakeGateway(async function* () {
    yield { type: "toolCall", id: "call_1", name: "weather", arguments: '{"city":"Oslo"}' };
    yield endEvent("", "toolUse");
  });
  const tools = [{ name: "weather", input_schema: { type: "object" } }];
  const response = await ask(gateway, { stream: true, tools, tool_choice: { type: "any" } });
  const { blocks, stopReason } = readStream(await response.text());
  assertEquals([blocks[0]!.input, stopReason], [{ city: "Oslo" }, "tool_use"]);
  assertEquals(gateway.runs[0]!.toolChoice, "required");
});

Deno.test("countTokens() estimates and says so", async () => {
  const gateway = new FakeGateway();
  const count = async (over: JsonObject = {}) => {
    const { max_tokens: _, ...rest } = BODY;
    const response = await gateway.post("/v1/messages/count_tokens", { ...rest, ...over });
    assertEquals(response.status, 200);
    const body = await response.json();
    assertEquals(body.is_estimate, true);
    return body.input_tokens;
  };
  const small = await count();
  assertEquals(small, 5);
  assertEquals(await count({ system: "x".repeat(400) }), small + 100);
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "A" } };
  assertEquals(await count({ messages: [{ role: "user", content: [image] }] }), 1504);
  const file = {
    type: "document",
    source: { type: "base64", media_type: "application/pdf", data: "A".repeat(100_000) },
  };
  assertEquals(await count({ messages: [{ role: "user", content: [file] }] }), 3004);
  const tools = [{ name: "weather", input_schema: { type: "object", properties: {} } }];
  assert(await count({ tools }) > small);
  assertEquals(gateway.runs.length, 0);
});

Deno.test("countTokens() checks what it counts", async () => {
  const response = await new FakeGateway().post("/v1/messages/count_tokens", {
    ...BODY,
    model: "claude",
  });
  assertEquals((await response.json()).error.type, "invalid_request_error");
});

Deno.test("createMessage() fetches images where that is allowed", async () => {
  const source = { type: "url", url: "https://pictures.test/a.png" };
  const messages = [{ role: "user", content: [{ type: "image", source }] }];
  const asked: string[] = [];
  const gateway = new FakeGateway(undefined, {
    chatImageLimits: () => ({ allowUrl: true }),
    fetchFile: (url) => {
      asked.push(url);
      return Promise.resolve({ bytes: new Uint8Array(3), mimeType: "image/png", url });
    },
  });
  assertEquals((await ask(gateway, { messages })).status, 200);
  assertEquals(asked, [source.url]);
  assertEquals(gateway.runs[0]!.images, [{ data: "AAAA", mimeType: "image/png" }]);
  const refused = await ask(new FakeGateway(), { messages });
  assertMatch(
    (await refused.json()).error.message,
    /^messages: an image cannot be taken: .*allowUrl/,
  );
});

Deno.test("createMessage() refuses images by what is wrong with them", async () => {
  const refusal = async (source: unknown) => {
    const messages = [{ role: "user", content: [{ type: "image", source }] }];
    return (await (await ask(new FakeGateway(), { messages })).json()).error.message;
  };
  const base64 = { type: "base64", media_type: "image/png", data: "no-base64" };
  assertEquals(
    await refusal(base64),
    "messages: an image cannot be taken: The data of an image must be complete base64",
  );
  assertMatch(
    await refusal({ ...base64, media_type: "image/svg+xml", data: "iVBORw0KGgo=" }),
    /^messages: an image cannot be taken: Accepted image types/,
  );
});

Deno.test("createMessage() writes calls so that a client can send them back", async () => {
  const calls = ["[1,2]", "7", '{"a":1}', "half {", '{"half'];
  const gateway = () =>
    new FakeGateway(async function* () {
      for (const [index, text] of calls.entries()) {
        yield { type: "toolCall", id: `call_${index}`, name: "f", arguments: text };
      }
      yield endEvent("", "toolUse");
    });
  const whole = await (await ask(gateway())).json();
  assertEquals(whole.content.map(({ input }: JsonObject) => input), [
    { raw_arguments: "[1,2]" },
    { raw_arguments: "7" },
    { a: 1 },
    { raw_arguments: "half {" },
    { raw_arguments: '{"half' },
  ]);
  const frames = readFrames(await (await ask(gateway(), { stream: true })).text());
  const pieces = frames.flatMap(({ delta }) => (delta as JsonObject)?.partial_json ?? []);
  assertEquals(pieces, [
    '{"raw_arguments":"[1,2]"}',
    '{"raw_arguments":"7"}',
    '{"a":1}',
    '{"raw_arguments":"half {"}',
    '{"half',
  ]);
});

Deno.test("createMessage() refuses a document that cannot be read in Anthropic's envelope", async () => {
  const gateway = new FakeGateway(helloRun, {
    readPdf: () => Promise.resolve({ ok: false, reason: "broken" }),
  });
  const source = { type: "base64", media_type: "application/pdf", data: btoa("%PDF-1.7") };
  const content = [{ type: "document", title: "a.pdf", source }];
  const response = await gateway.post("/v1/messages", {
    ...BODY,
    messages: [{ role: "user", content }],
  });
  const { type, error } = await response.json();
  assertEquals([response.status, type, error.type], [400, "error", "invalid_request_error"]);
  assertMatch(
    error.message,
    /^messages: a document cannot be taken: The PDF file "a.pdf" is damaged/,
  );
});

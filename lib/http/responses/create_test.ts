import { assert, assertEquals, assertMatch } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { endEvent, FakeGateway, type RunScript, TEST_TOKEN, waitingRun } from "../testing.ts";
import type { HttpAuthResult } from "../types.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

const BASE = { model: "openclaw", input: "hi" };

const PLACED: RunScript = async function* ({ sessionKey }) {
  yield { type: "text", delta: "Hello" };
  yield { ...endEvent("Hello"), place: { sessionKey, sessionId: "s", seq: 2 } } as never;
};

async function jsonOf(answer: Promise<Response>): Promise<Json> {
  return await (await answer).json();
}

Deno.test("createResponse() hands the run what the request says", async () => {
  const gateway = new FakeGateway();
  const tool = { type: "function", name: "f" };
  await gateway.respond({
    ...BASE,
    input: [
      { role: "system", content: "Second" },
      { role: "user", content: "one" },
      { role: "assistant", content: "two" },
      { role: "user", content: "three" },
    ],
    instructions: "First",
    tools: [tool],
    user: "Kit",
  }, { "x-openclaw-model": "a/b", "x-openclaw-message-channel": "telegram" });
  const [{ runId, signal: _, ...run }] = gateway.runs as [Json];
  assertMatch(runId, /^resp_[0-9a-f-]{36}$/);
  assertEquals(run, {
    agentId: "main",
    sessionKey: "agent:main:openresponses-user:kit",
    model: "a/b",
    messageChannel: "telegram",
    message: "three",
    images: [],
    earlier: [{ role: "user", text: "one" }, { role: "assistant", text: "two" }],
    extraSystemPrompt: "First\n\nSecond",
    tools: [{ name: "f" }],
  });
});

Deno.test("createResponse() begins a session of its own for every other request", async () => {
  const gateway = new FakeGateway();
  await gateway.respond(BASE);
  await gateway.respond(BASE);
  const keys = gateway.runs.map(({ sessionKey }) => sessionKey);
  assertEquals(new Set(keys).size, 2);
  for (const key of keys) assertMatch(key, /^agent:main:openresponses:[0-9a-f-]{36}$/);
});

Deno.test("createResponse() goes on in the session of the response before", async () => {
  const gateway = new FakeGateway(PLACED);
  const { id } = await jsonOf(gateway.respond(BASE));
  await gateway.respond({ ...BASE, previous_response_id: id });
  const [first, second] = gateway.runs;
  assertEquals(second!.sessionKey, first!.sessionKey);
});

Deno.test("createResponse() knows nothing of other subjects' responses", async () => {
  let subject = "user:kit";
  const gateway = new FakeGateway(PLACED, {
    authorize: (): HttpAuthResult => ({
      ok: true,
      scopes: ["operator.write"],
      isOwner: false,
      subject,
    }),
  });
  const made = await jsonOf(gateway.respond(BASE));
  subject = "user:robin";
  const foreign = await gateway.respond({ ...BASE, previous_response_id: made.id });
  const unknown = await gateway.respond({ ...BASE, previous_response_id: "resp_x" });
  const texts = await Promise.all([foreign, unknown].map((answer) => answer.text()));
  assertEquals(texts[0]!.replaceAll(made.id, "resp_x"), texts[1]);
  const reference = { type: "item_reference", id: made.output[0].id };
  const referring = await gateway.respond({ ...BASE, input: [reference] });
  assertEquals([foreign.status, referring.status], [400, 404]);
  for (const method of ["GET", "DELETE"]) {
    const answer = await gateway.below(made.id, method);
    assertEquals(answer.status, 404);
    await answer.body?.cancel();
  }
  assertEquals(gateway.responses.kept.size, 1);
});

Deno.test("createResponse() needs write access, reading a response only read access", async () => {
  let scopes = ["operator.write"];
  const gateway = new FakeGateway(PLACED, {
    authorize: (): HttpAuthResult => ({ ok: true, scopes, isOwner: false, subject: "user:kit" }),
  });
  const { id } = await jsonOf(gateway.respond(BASE));
  scopes = ["operator.read"];
  const cases: [answer: Promise<Response>, status: number][] = [
    [gateway.respond(BASE), 403],
    [gateway.below(id), 200],
    [gateway.below(`${id}/input_items`), 200],
    [gateway.below(id, "DELETE"), 403],
    [gateway.below(`${id}/cancel`, "POST"), 403],
  ];
  for (const [answer, status] of cases) {
    const { status: actual, body } = await answer;
    assertEquals(actual, status);
    await body?.cancel();
  }
});

Deno.test("createResponse() answers nothing that could not be kept", async () => {
  const gateway = new FakeGateway(PLACED);
  gateway.responses.onSave = () => {
    throw new AppError("STORE_WRITE_FAILED", "disk");
  };
  const whole = await gateway.respond(BASE);
  assertEquals(whole.status, 500);
  assertEquals((await whole.json()).error.code, "INTERNAL");
  const stream = await (await gateway.respond({ ...BASE, stream: true })).text();
  assert(!stream.includes("response.completed"));
  assertMatch(
    stream,
    /event: response\.failed\n[^\n]*"status":"failed"[^\n]*\n\ndata: \[DONE\]\n\n$/,
  );
  assertEquals(gateway.errors.length, 2);
  const begun = await gateway.respond({ ...BASE, background: true });
  assertEquals([begun.status, gateway.responses.underWay.size], [500, 0]);
  await begun.body?.cancel();
});

Deno.test("createResponse() keeps nothing that is not to be stored", async () => {
  const gateway = new FakeGateway(PLACED);
  await gateway.respond({ ...BASE, store: false });
  assertEquals(gateway.responses.kept.size, 0);
});

Deno.test("createResponse() keeps a response before its stream tells of its end", async () => {
  const gateway = new FakeGateway(PLACED);
  const answer = await gateway.respond({ ...BASE, stream: true });
  gateway.responses.onSave = ({ response }) => assertEquals(response.status, "completed");
  const text = await answer.text();
  const [id] = gateway.responses.kept.keys();
  assert(text.includes(id!));
  assertEquals(gateway.responses.kept.get(id!)!.place?.seq, 2);
});

Deno.test("createResponse() ends a stream with an event when the run fails late", async () => {
  const gateway = new FakeGateway(async function* () {
    yield { type: "text", delta: "Half" };
    yield { type: "error", code: "PROVIDER_RATE_LIMITED", message: "slow down", status: 429 };
  });
  const text = await (await gateway.respond({ ...BASE, stream: true })).text();
  assertMatch(text, /"code":"rate_limit_exceeded","message":"slow down"/);
  assertMatch(text, /"text":"Half"[^\n]*"status":"incomplete"/);
  assert(text.endsWith("data: [DONE]\n\n"));
});

Deno.test("createResponse() goes on in the background until it is cancelled", async () => {
  const gateway = new FakeGateway(waitingRun([{ type: "text", delta: "Half" }], () => {}));
  const begun = await jsonOf(gateway.respond({ ...BASE, background: true }));
  assertEquals([begun.status, begun.background], ["in_progress", true]);
  assertEquals((await jsonOf(gateway.below(begun.id))).status, "in_progress");
  const ended = await jsonOf(gateway.below(`${begun.id}/cancel`, "POST"));
  assertEquals([ended.status, ended.output[0].status], ["cancelled", "incomplete"]);
  assertEquals(gateway.responses.underWay.size, 0);
});

Deno.test("answerStored() tells of a background response that the last process left", async () => {
  const gateway = new FakeGateway(waitingRun([], () => {}));
  const { id } = await jsonOf(gateway.respond({ ...BASE, background: true }));
  const left = gateway.responses.kept.get(id)!;
  await gateway.responses.cancel(id);
  gateway.responses.kept.set(id, left);
  const { status, error } = await jsonOf(gateway.below(id));
  assertEquals([status, error.openclaw_code], ["failed", "RUN_INTERRUPTED"]);
});

Deno.test("createResponse() is not there when it is switched off", async () => {
  const gateway = new FakeGateway(undefined, { isEndpointEnabled: (name) => name !== "responses" });
  const answer = await gateway.respond(BASE);
  assertEquals([answer.status, (await answer.json()).error.code], [404, "ENDPOINT_DISABLED"]);
  const below = await gateway.send("/v1/responses/resp_1", {
    headers: { authorization: `Bearer ${TEST_TOKEN}` },
  });
  assertEquals(below.status, 404);
});

Deno.test("createResponse() says by OpenAI's name that a conversation is too long", async () => {
  const tooLong = { type: "error", code: "CONTEXT_TOO_LONG", message: "no", status: 400 } as const;
  const early = new FakeGateway(async function* () {
    yield tooLong;
  });
  const late = new FakeGateway(async function* () {
    yield { type: "text", delta: "Half" };
    yield tooLong;
  });
  const { status, error } = await jsonOf(early.respond(BASE));
  assertEquals([status, error.code, error.openclaw_code], [
    "failed",
    "context_length_exceeded",
    "CONTEXT_TOO_LONG",
  ]);
  const text = await (await late.respond({ ...BASE, stream: true })).text();
  assertMatch(text, /response\.failed[^\n]*"code":"context_length_exceeded"/);
});

Deno.test("answerStored() says where a path with a slash too many leads", async () => {
  const answer = await new FakeGateway().below("", "POST");
  assertEquals([answer.status, (await answer.json()).error.code], [404, "NOT_FOUND"]);
});

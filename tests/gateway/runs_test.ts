import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { connectParams, type Frame, TestSocket } from "../harness/socket.ts";

/** Connects a device on a connection of its own. */
async function connectDevice(
  url: string,
  device: TestDevice,
  scopes: string[],
): Promise<TestSocket> {
  const socket = await TestSocket.open(url);
  const params = connectParams({ auth: { token: TOKEN }, scopes });
  const { nonce } = socket.frames[0]!.payload;
  const signed = await device.sign(params, { nonce, signedAt: Date.now(), version: "v3" });
  const { ok, error } = await socket.call("connect", { ...params, device: signed });
  assert(ok, JSON.stringify(error));
  return socket;
}

/** A gateway with a provider, and a client. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly provider: FakeProvider,
    readonly gateway: TestGateway,
    readonly socket: TestSocket,
  ) {}

  static async start(config: Frame = {}): Promise<Scene> {
    const provider = new FakeProvider();
    const gateway = await TestGateway.start({
      config: { ...provider.config, ...config },
    });
    return new Scene(provider, gateway, await TestSocket.connect(gateway.wsUrl, TOKEN));
  }

  /** Runs the agent and answers its two responses. */
  async agent(
    message: string,
    key: string,
    over: Frame = {},
  ): Promise<{ ack: Frame; final: Frame }> {
    const id = this.socket.request("agent", {
      message,
      idempotencyKey: key,
      ...over,
    });
    return {
      ack: await this.socket.response(id),
      final: await this.socket.response(id),
    };
  }

  send(message: string, key: string, sessionKey = "main"): Promise<Frame> {
    return this.socket.call("chat.send", {
      sessionKey,
      message,
      idempotencyKey: key,
    });
  }

  async texts(sessionKey = "main"): Promise<string[]> {
    const { payload } = await this.socket.call("chat.history", { sessionKey });
    return payload.messages.map(({ role, content }: Frame) =>
      `${role}: ${content.map(({ text = "" }: Frame) => text).join("")}`
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.socket[Symbol.asyncDispose]();
    await this.gateway[Symbol.asyncDispose]();
    await this.provider[Symbol.asyncDispose]();
  }
}

Deno.test("agent: acknowledges, then answers with text, usage and session", async () => {
  await using scene = await Scene.start();
  const { ack, final } = await scene.agent("hello", "run-1");
  assertEquals([ack.ok, ack.payload.runId, ack.payload.status], [true, "run-1", "accepted"]);
  assertEquals([final.ok, final.payload.status], [true, "ok"]);
  assertEquals(final.payload.result.payloads, [{
    text: "echo: hello",
    mediaUrl: null,
  }]);
  const { agentMeta } = final.payload.result.meta;
  assertEquals([agentMeta.provider, agentMeta.model], ["fake", "echo"]);
  assertEquals([agentMeta.usage.input, agentMeta.usage.output], [11, 4]);
  assertMatch(agentMeta.sessionId, /^[0-9a-f-]{36}$/);
  assertEquals(scene.provider.calls[0]!.authorization, "Bearer provider-key-1234");
});

Deno.test("agent: the events of a run, in order and numbered without gaps", async () => {
  await using scene = await Scene.start();
  await scene.agent("hello", "run-1");
  const events = scene.socket.events("agent").map(({ payload }) => payload);
  const phases = events.map(({ stream, data }) => stream === "lifecycle" ? data.phase : stream);
  assertEquals(phases[0], "start");
  assertEquals(phases.at(-1), "end");
  const spoken = events.filter(({ stream }) => stream === "assistant");
  assertEquals(spoken.map(({ data }) => data.delta).join(""), "echo: hello");
  assertEquals(spoken.at(-1)!.data.text, "echo: hello");
  assertEquals(
    events.every(({ runId, sessionKey }) => runId + sessionKey === "run-1agent:main:main"),
    true,
  );
  const chats = scene.socket.events("chat").map(({ payload }) => payload);
  assertEquals(chats.at(-1)!.state, "final");
  assertEquals(chats.at(-1)!.message.content[0].text, "echo: hello");
  const deltas = chats.filter(({ state }) => state === "delta");
  assertEquals(deltas.map(({ deltaText }) => deltaText).join(""), "echo: hello");
  const runSeqs = [...events, ...chats].map(({ seq }) => seq).sort((a, b) => a - b);
  assertEquals(runSeqs, runSeqs.map((_, i) => i + 1));
  const frameSeqs = scene.socket.frames.filter((frame) => "seq" in frame).map(({ seq }) => seq);
  assertEquals(frameSeqs, frameSeqs.map((_, i) => i + 1));
});

Deno.test("agent: a conversation of three turns carries its history", async () => {
  await using scene = await Scene.start();
  for (const [i, text] of ["one", "two", "three"].entries()) {
    await scene.agent(text, `run-${i}`);
  }
  const sent = scene.provider.calls[2]!.body.messages.filter(({ role }) => role !== "system");
  assertEquals(
    sent.map(({ role, content }) =>
      `${role}: ${typeof content === "string" ? content : content[0]!.text}`
    ),
    ["user: one", "assistant: echo: one", "user: two", "assistant: echo: two", "user: three"],
  );
  assertEquals((await scene.texts()).length, 6);
});

Deno.test("agent: runs of one session wait for each other, each seeing its own message last", async () => {
  await using scene = await Scene.start();
  const first = scene.agent("wait", "run-1");
  await scene.socket.event("agent", ({ stream }) => stream === "assistant");
  const second = scene.agent("second", "run-2");
  const third = scene.agent("third", "run-3");
  await scene.socket.take((frame) => frame.payload?.runId === "run-3", "acceptance of run-3");
  assertEquals(scene.provider.calls.length, 1);
  await scene.socket.call("chat.abort", { sessionKey: "main", runId: "run-1" });
  await Promise.all([first, second, third]);
  const asked = scene.provider.calls.map(({ body }) => body.messages.at(-1)!.content);
  assertEquals(JSON.stringify(asked), JSON.stringify(["wait", "second", "third"]));
  const seenBySecond = JSON.stringify(scene.provider.calls[1]!.body.messages);
  assertEquals(seenBySecond.includes("third"), false);
});

Deno.test("agent: runs of different sessions go on side by side", async () => {
  await using scene = await Scene.start();
  const slow = scene.agent("wait", "run-1", { sessionKey: "agent:main:slow" });
  await scene.socket.event("agent", ({ stream }) => stream === "assistant");
  const { final } = await scene.agent("quick", "run-2", {
    sessionKey: "agent:main:quick",
  });
  assertEquals(final.payload.status, "ok");
  await scene.socket.call("chat.abort", { sessionKey: "agent:main:slow" });
  assertEquals((await slow).final.payload.status, "timeout");
});

Deno.test("agent: a repeat of a key joins the run, or gets the stored answer, also after a restart", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  await using provider = new FakeProvider();
  let answer: unknown;
  {
    await using gateway = await TestGateway.start({
      config: provider.config,
      stateDir,
    });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const params = { message: "hello", idempotencyKey: "same" };
    const [one, two] = [socket.request("agent", params), socket.request("agent", params)];
    for (const id of [one, two]) {
      assertEquals((await socket.response(id)).payload.status, "accepted");
      const final = await socket.response(id);
      assertEquals(final.payload.result.payloads[0].text, "echo: hello");
      answer = final.payload.result.payloads;
    }
    assertEquals(provider.calls.length, 1);
  }
  {
    await using gateway = await TestGateway.start({
      config: provider.config,
      stateDir,
    });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const repeat = await socket.call("agent", {
      message: "hello",
      idempotencyKey: "same",
    });
    assertEquals([repeat.payload.status, repeat.payload.result.payloads], ["ok", answer]);
    assertEquals(provider.calls.length, 1);
  }
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("agent: refusals before anything is accepted", async () => {
  await using scene = await Scene.start();
  const cases: [params: Frame, message: RegExp][] = [
    [{ agentId: "zz" }, /^unknown agent id "zz"$/],
    [{ sessionKey: "agent:zz:main" }, /^unknown agent id "zz"$/],
    [{ agentId: "main", sessionKey: "agent:other:main" }, /agent/],
    [{ sessionKey: "agent::main" }, /session key/i],
    [{ model: "fake/none-such", provider: "nope" }, /model/i],
    [{ deliver: true }, /channel/],
  ];
  for (const [over, message] of cases) {
    const response = await scene.socket.call("agent", {
      message: "hello",
      idempotencyKey: crypto.randomUUID(),
      ...over,
    });
    assertEquals(response.ok, false, JSON.stringify(over));
    assertMatch(response.error.message, message);
    assert(response.error.details.hint, "a refusal says what to do next");
  }
  assertEquals(await scene.texts(), []);
});

const FAILURES: [message: string, code: string, kind: string][] = [
  ["status 401", "PROVIDER_AUTH_FAILED", "unknown"],
  ["status 400", "PROVIDER_BAD_REQUEST", "unknown"],
  ["status 402", "PROVIDER_BILLING", "unknown"],
  ["cut", "PROVIDER_CUT", "unknown"],
  ["garbage", "PROVIDER_BAD_ANSWER", "unknown"],
];

for (const [message, code, kind] of FAILURES) {
  Deno.test(`agent: provider failure "${message}" ends the run promptly with ${code}`, async () => {
    await using scene = await Scene.start();
    const { final } = await scene.agent(message, "run-1");
    assertEquals([final.ok, final.payload.status], [false, "error"]);
    assertEquals(final.error.details.code, code);
    assertEquals(JSON.stringify(final).includes("provider-key-1234"), false);
    const chat = await scene.socket.event("chat", ({ state }) => state === "error");
    assertEquals([chat.payload.errorMessage, chat.payload.errorKind], [final.error.message, kind]);
    const { final: next } = await scene.agent("hello", "run-2");
    assertEquals(next.payload.status, "ok");
  });
}

Deno.test("agent: a run that waits for its provider can be waited for and aborted", async () => {
  await using provider = new FakeProvider();
  const { agents, models } = provider.config as Frame;
  // Nobody listens there, and the system gives it to nobody.
  models.providers.fake.baseUrl = "http://127.0.0.1:2/v1";
  await using gateway = await TestGateway.start({ config: { agents, models } });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const id = socket.request("agent", {
    message: "hello",
    idempotencyKey: "r",
    timeout: 60,
  });
  await socket.response(id);
  const waiting = await socket.call("agent.wait", { runId: "r", timeoutMs: 1 });
  assertEquals(waiting.payload, { runId: "r", status: "timeout" });
  await socket.call("chat.abort", { sessionKey: "main", runId: "r" });
  assertEquals((await socket.response(id)).payload.status, "timeout");
});

Deno.test("chat: send acknowledges, streams, and a repeat is told what became of it", async () => {
  await using scene = await Scene.start();
  const ack = await scene.send("hello", "c-1");
  assertEquals(ack.payload, { runId: "c-1", status: "started" });
  await scene.socket.event("chat", ({ state }) => state === "final");
  assertEquals((await scene.send("hello", "c-1")).payload, {
    runId: "c-1",
    status: "ok",
  });
  const waiting = scene.send("wait", "c-2");
  await scene.socket.event(
    "agent",
    ({ stream, runId }) => stream === "assistant" && runId === "c-2",
  );
  assertEquals((await waiting).payload.status, "started");
  assertEquals((await scene.send("wait", "c-2")).payload, {
    runId: "c-2",
    status: "in_flight",
  });
  const aborted = await scene.send(" Stop! ", "c-3");
  assertEquals(aborted.payload, { ok: true, aborted: true, runIds: ["c-2"] });
  assertEquals((await scene.send("  ", "c-4")).error.message, "message or attachment required");
});

Deno.test("chat: abort keeps the partial answer, in order: chat, lifecycle, response", async () => {
  await using scene = await Scene.start();
  await scene.send("wait", "c-1");
  await scene.socket.event("agent", ({ stream }) => stream === "assistant");
  const id = scene.socket.request("chat.abort", {
    sessionKey: "MAIN",
    runId: "c-1",
  });
  const response = await scene.socket.response(id);
  assertEquals(response.payload, { ok: true, aborted: true, runIds: ["c-1"] });
  const frames = scene.socket.frames;
  const aborted = frames.findIndex(({ payload }) => payload?.state === "aborted");
  const ended = frames.findIndex(({ payload }) => payload?.data?.aborted === true);
  assert(0 < aborted && aborted < ended && ended < frames.indexOf(response));
  assertEquals(frames[aborted]!.payload.sessionKey, "agent:main:main");
  assertEquals(frames[aborted]!.payload.message.content[0].text, "waiting");
  const { payload } = await scene.socket.call("chat.history", {
    sessionKey: "main",
  });
  const last = payload.messages.at(-1);
  assertEquals([last.stopReason, last.idempotencyKey], ["aborted", "c-1:assistant"]);
  assertEquals(last.openclawAbort, {
    aborted: true,
    origin: "rpc",
    runId: "c-1",
  });
  const again = await scene.socket.call("chat.abort", {
    sessionKey: "main",
    runId: "c-1",
  });
  assertEquals(again.payload, { ok: true, aborted: false, runIds: [] });
});

Deno.test("chat: only who started a run, or an admin, may abort it", async () => {
  await using scene = await Scene.start();
  await using writer = await TestSocket.connect(scene.gateway.wsUrl, TOKEN, {
    scopes: ["operator.write"],
  });
  await scene.send("wait", "c-1");
  const refused = await writer.call("chat.abort", {
    sessionKey: "main",
    runId: "c-1",
  });
  assertEquals(refused.error.message, "unauthorized");
  const wrongKey = await scene.socket.call("chat.abort", {
    sessionKey: "other",
    runId: "c-1",
  });
  assertEquals(wrongKey.error.message, "runId does not match sessionKey");
  const own = await scene.socket.call("chat.abort", { sessionKey: "main" });
  assertEquals(own.payload.aborted, true);
});

Deno.test("chat: history pages backwards, cuts long texts and numbers messages", async () => {
  await using scene = await Scene.start();
  for (let i = 0; i < 3; i++) {
    await scene.agent(`message ${i} ${"x".repeat(100)}`, `run-${i}`);
  }
  const page = async (params: Frame) =>
    (await scene.socket.call("chat.history", { sessionKey: "main", ...params }))
      .payload;
  const newest = await page({ limit: 2, maxChars: 20 });
  assertEquals(newest.messages.map(({ __openclaw }: Frame) => __openclaw.seq), [5, 6]);
  assertEquals(newest.messages[0].content[0].text.length, 20);
  const older = await page({ limit: 10, cursor: newest.nextCursor });
  assertEquals(older.messages.map(({ __openclaw }: Frame) => __openclaw.seq), [1, 2, 3, 4]);
  assertEquals("nextCursor" in older, false);
});

Deno.test("sessions: list shows state, totals and titles, newest first", async () => {
  await using scene = await Scene.start();
  await scene.agent("first words", "run-1", { sessionKey: "agent:main:a" });
  await scene.agent("other words", "run-2", { sessionKey: "agent:main:b" });
  const { payload } = await scene.socket.call("sessions.list", {
    includeDerivedTitles: true,
    includeLastMessage: true,
  });
  assertEquals(payload.sessions.map(({ key }: Frame) => key), ["agent:main:b", "agent:main:a"]);
  const row = payload.sessions[1];
  assertEquals([row.status, row.inputTokens, row.outputTokens], ["done", 11, 4]);
  assertEquals([row.derivedTitle, row.lastMessagePreview], ["first words", "echo: first words"]);
  const found = await scene.socket.call("sessions.list", {
    search: "main:a",
    limit: 5,
  });
  assertEquals(found.payload.count, 1);
});

Deno.test("agent.wait: ends with the run, at once for an ended one, at the deadline for an unknown one", async () => {
  await using scene = await Scene.start();
  const waiting = scene.socket.call("agent.wait", {
    runId: "run-1",
    timeoutMs: 10_000,
  });
  await scene.agent("hello", "run-1");
  assertEquals((await waiting).payload.status, "ok");
  const ended = await scene.socket.call("agent.wait", { runId: "run-1" });
  assertEquals([ended.payload.status, ended.payload.stopReason], ["ok", "stop"]);
  const unknown = await scene.socket.call("agent.wait", {
    runId: "zz",
    timeoutMs: 5,
  });
  assertEquals(unknown.payload, { runId: "zz", status: "timeout" });
});

Deno.test("agent: an overdue run ends with timeout", async () => {
  await using scene = await Scene.start();
  const ack = await scene.socket.call("chat.send", {
    sessionKey: "main",
    message: "wait",
    idempotencyKey: "c-1",
    timeoutMs: 40,
  });
  assertEquals(ack.payload.status, "started");
  const { payload } = await scene.socket.event("chat", ({ state }) => state === "aborted");
  assertEquals(payload.stopReason, "timeout");
});

Deno.test("gateway: a stop ends runs and keeps what they said", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  await using provider = new FakeProvider();
  {
    await using gateway = await TestGateway.start({
      config: provider.config,
      stateDir,
    });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    await socket.call("chat.send", {
      sessionKey: "main",
      message: "wait",
      idempotencyKey: "c-1",
    });
    await socket.event("agent", ({ stream }) => stream === "assistant");
  }
  await using gateway = await TestGateway.start({
    config: provider.config,
    stateDir,
  });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const { payload } = await socket.call("chat.history", { sessionKey: "main" });
  assertEquals(payload.messages.map(({ content }: Frame) => content[0].text), ["wait", "waiting"]);
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("chat: the same text while it is being answered joins the run under way", async () => {
  await using scene = await Scene.start();
  await scene.send("wait", "c-1");
  await scene.socket.event("agent", ({ stream }) => stream === "assistant");
  assertEquals((await scene.send("wait", "c-2")).payload, { runId: "c-1", status: "in_flight" });
  const elsewhere = await scene.send("wait", "c-3", "agent:main:other");
  assertEquals(elsewhere.payload, { runId: "c-3", status: "started" });
  await scene.send("stop", "c-4");
  assertEquals((await scene.send("wait", "c-5")).payload, { runId: "c-5", status: "started" });
});

Deno.test("chat: a device ends from one connection what it started on another", async () => {
  await using scene = await Scene.start();
  const device = await TestDevice.create();
  const connect = () => connectDevice(scene.gateway.wsUrl, device, ["operator.write"]);
  await using first = await connect();
  await using second = await connect();
  const started = await first.call("chat.send", {
    sessionKey: "main",
    message: "wait",
    idempotencyKey: "c-1",
  });
  assertEquals(started.payload.status, "started");
  const aborted = await second.call("chat.abort", { sessionKey: "main", runId: "c-1" });
  assertEquals(aborted.payload, { ok: true, aborted: true, runIds: ["c-1"] });
});

Deno.test("chat: only an admin says that a message came from elsewhere", async () => {
  await using scene = await Scene.start();
  await using writer = await TestSocket.connect(scene.gateway.wsUrl, TOKEN, {
    scopes: ["operator.write"],
  });
  const message = {
    sessionKey: "main",
    message: "hello",
    idempotencyKey: "c-1",
    originatingChannel: "telegram",
  };
  assertEquals(
    (await writer.call("chat.send", message)).error.message,
    "missing scope: operator.admin",
  );
  assertEquals((await scene.socket.call("chat.send", message)).payload.status, "started");
});

Deno.test("agent: /new and /reset empty the session, for admins only", async () => {
  await using scene = await Scene.start();
  await scene.agent("hello", "a-1");
  await using writer = await TestSocket.connect(scene.gateway.wsUrl, TOKEN, {
    scopes: ["operator.write"],
  });
  const refused = await writer.call("agent", { message: "/new", idempotencyKey: "a-2" });
  assertEquals(refused.error.message, "missing scope: operator.admin");
  const bare = await scene.agent("/new", "a-3");
  assertEquals(bare.final.payload.result.payloads[0].text, "✅ New session started.");
  assertEquals(await scene.texts(), []);
  const withText = await scene.agent("/reset say this", "a-4");
  assertEquals(withText.final.payload.result.payloads[0].text, "echo: say this");
  assertEquals((await scene.texts()).length, 2);
  const again = await scene.socket.call("agent", { message: "/new", idempotencyKey: "a-3" });
  assertEquals(again.payload.result.payloads[0].text, "✅ New session started.");
  assertEquals((await scene.texts()).length, 2);
});

Deno.test("thinking: the message's level, then the session's, reaches a model that reasons", async () => {
  const provider = new FakeProvider();
  const config = provider.config as Frame;
  const [model] = config.models.providers.fake.models;
  Object.assign(model, { reasoning: true, compat: { supportsReasoningEffort: true } });
  await using gateway = await TestGateway.start({ config });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await using _provider = provider;
  const effortOf = async (idempotencyKey: string, over: Frame = {}) => {
    const params = { message: "hello", idempotencyKey, ...over };
    const id = socket.request("agent", params);
    await socket.response(id);
    await socket.response(id);
    return provider.calls.at(-1)?.body["reasoning_effort"];
  };
  assertEquals(await effortOf("t-1"), undefined);
  await socket.call("sessions.patch", { key: "main", thinkingLevel: "high" });
  assertEquals(await effortOf("t-2"), "high");
  assertEquals(await effortOf("t-3", { thinking: "low" }), "low");
  const wrong = await socket.call("agent", { message: "x", idempotencyKey: "t", thinking: "deep" });
  assertMatch(wrong.error.message, /^invalid thinking \(use off\|/);
  const { payload } = await socket.call("sessions.list", {});
  assertEquals(payload.defaults.thinkingOptions.includes("high"), true);
  const history = await socket.call("chat.history", { sessionKey: "main" });
  assertEquals(history.payload.thinkingLevel, "high");
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

/** A gateway with a provider that has two models, and a client. */
async function withClient(
  test: (call: Caller, socket: TestSocket) => Promise<void>,
): Promise<void> {
  await using provider = new FakeProvider();
  const config = provider.config as Frame;
  config.models.providers.fake.models.push({ id: "other", name: "Other", contextWindow: 8000 });
  await using gateway = await TestGateway.start({ config });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await test(async (method, params = {}) => {
    const response = await socket.call(method, params);
    if (!response.ok) throw new Error(response.error.message);
    return response.payload;
  }, socket);
}

type Caller = (method: string, params?: Frame) => Promise<Frame>;

async function failure(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "", (error) => error.message);
}

/** Sends a chat message and waits for its end. */
async function say(call: Caller, socket: TestSocket, message: string, sessionKey = "main") {
  const idempotencyKey = crypto.randomUUID();
  await call("chat.send", { sessionKey, message, idempotencyKey });
  const { payload } = await socket.event(
    "chat",
    ({ runId, state }) => runId === idempotencyKey && state === "final",
  );
  return payload;
}

Deno.test("sessions: create, describe, resolve, preview and get", () =>
  withClient(async (call, socket) => {
    const created = await call("sessions.create", { label: "Plans", model: "fake/other" });
    assertMatch(created.key, /^agent:main:dashboard:[0-9a-f-]{36}$/);
    assertEquals([created.ok, created.runStarted, created.entry.label], [true, false, "Plans"]);
    await say(call, socket, "hello", created.key);
    const { session } = await call("sessions.describe", { key: created.key });
    assertEquals([session.label, session.model, session.status], ["Plans", "other", "done"]);
    assertEquals(await call("sessions.resolve", { label: "Plans" }), {
      ok: true,
      key: created.key,
    });
    assertEquals(
      (await call("sessions.resolve", { sessionId: created.sessionId })).key,
      created.key,
    );
    assertEquals(
      await failure(call("sessions.resolve", { label: "None" })),
      "No session found with label: None",
    );
    const { previews } = await call("sessions.preview", { keys: [created.key, "agent:main:none"] });
    assertEquals(previews[0].items.map(({ text }: Frame) => text), ["hello", "echo: hello"]);
    assertEquals(previews[1], { key: "agent:main:none", status: "missing", items: [] });
    const { messages } = await call("sessions.get", { key: created.key });
    assertEquals(messages.map(({ role }: Frame) => role), ["user", "assistant"]);
    assertEquals((await call("sessions.describe", { key: "agent:main:none" })).session, null);
  }));

Deno.test("sessions: patch sets and clears, and refuses what it does not know", () =>
  withClient(async (call, socket) => {
    const patched = await call("sessions.patch", {
      key: "main",
      label: "Home",
      thinkingLevel: "high",
      model: "other",
    });
    assertEquals([patched.ok, patched.key], [true, "agent:main:main"]);
    assertEquals(patched.resolved.model, "other");
    assertEquals(patched.entry.thinkingLevel, "high");
    await say(call, socket, "hello");
    const row = (await call("sessions.list")).sessions[0];
    assertEquals([row.label, row.model, row.thinkingLevel], ["Home", "other", "high"]);
    const cleared = await call("sessions.patch", { key: "main", label: null, model: null });
    assertEquals(["label" in cleared.entry, "modelOverride" in cleared.entry], [false, false]);
    assertMatch(
      await failure(call("sessions.patch", { key: "main", thinkingLevel: "huge" })),
      /^invalid thinkingLevel \(use off\|minimal/,
    );
    await call("sessions.patch", { key: "agent:main:a", label: "Taken" });
    assertEquals(
      await failure(call("sessions.patch", { key: "agent:main:b", label: "Taken" })),
      "label already in use: Taken",
    );
    assertMatch(await failure(call("sessions.patch", { key: "main", model: "nope/x" })), /model/i);
  }));

Deno.test("sessions: reset begins a new transcript, delete spares the main session", () =>
  withClient(async (call, socket) => {
    await say(call, socket, "hello");
    const before = await call("chat.history", { sessionKey: "main" });
    const { entry } = await call("sessions.reset", { key: "main", reason: "new" });
    const after = await call("chat.history", { sessionKey: "main" });
    assertEquals([after.messages, after.sessionId], [[], entry.sessionId]);
    assert(before.sessionId !== after.sessionId);
    assertMatch(await failure(call("sessions.delete", { key: "main" })), /main session/);
    await say(call, socket, "hello", "agent:main:gone");
    assertEquals((await call("sessions.delete", { key: "agent:main:gone" })).deleted, true);
    assertEquals((await call("sessions.delete", { key: "agent:main:gone" })).deleted, false);
  }));

Deno.test("sessions: send, steer and abort", () =>
  withClient(async (call, socket) => {
    const sent = await call("sessions.send", { key: "main", message: "wait", idempotencyKey: "a" });
    assertEquals(sent, { runId: "a", status: "started", messageSeq: 1 });
    await socket.event("agent", ({ stream }) => stream === "assistant");
    const steered = await call("sessions.steer", {
      key: "main",
      message: "wait",
      idempotencyKey: "b",
    });
    assertEquals([steered.interruptedActiveRun, steered.messageSeq], [true, 3]);
    await socket.event("agent", ({ stream, runId }) => stream === "assistant" && runId === "b");
    const aborted = await call("sessions.abort", { key: "main" });
    assertEquals(aborted, { ok: true, abortedRunId: "b", status: "aborted" });
    assertEquals((await call("sessions.abort", { key: "main" })).status, "no-active-run");
    const command = await call("sessions.send", {
      key: "main",
      message: "/new",
      idempotencyKey: "c",
    });
    assertEquals(command, { runId: "c", status: "started" });
    assertEquals((await call("chat.history", { sessionKey: "main" })).messages, []);
  }));

Deno.test("sessions: subscribers hear of changes, runs and messages, others do not", () =>
  withClient(async (call, socket) => {
    await say(call, socket, "before");
    assertEquals(socket.events("session.message"), []);
    assertEquals(await call("sessions.subscribe"), { subscribed: true });
    await say(call, socket, "hello");
    const messages = socket.events("session.message").map(({ payload }) => payload);
    assertEquals(messages.map(({ message }) => message.role), ["user", "assistant"]);
    assertEquals(messages.map(({ messageSeq }) => messageSeq), [3, 4]);
    assertEquals("seq" in socket.events("session.message")[0]!, false);
    await socket.event("sessions.changed", ({ phase }) => phase === "end");
    const phases = socket.events("sessions.changed").map(({ payload }) => payload)
      .map(({ reason, phase }) => reason ?? phase);
    assertEquals(phases, ["send", "message", "start", "message", "end"]);
    await call("sessions.patch", { key: "main", label: "L" });
    const change = await socket.event("sessions.changed", ({ reason }) => reason === "patch");
    assertEquals([change.payload.sessionKey, change.payload.label], ["agent:main:main", "L"]);
    await call("sessions.unsubscribe");
    const heard = socket.events("session.message").length;
    assertEquals(
      await call("sessions.messages.subscribe", { key: "agent:main:one" }),
      { subscribed: true, key: "agent:main:one" },
    );
    await say(call, socket, "hello", "agent:main:two");
    await say(call, socket, "hello", "agent:main:one");
    await socket.seen(() => socket.events("session.message").length === heard + 2, "two messages");
  }));

Deno.test("chat: commands are answered by the gateway and are not part of the conversation", () =>
  withClient(async (call, socket) => {
    await say(call, socket, "hello");
    const text = async (message: string) =>
      (await say(call, socket, message)).message.content[0].text;
    assertMatch(await text("/help"), /\/new/);
    assertMatch(await text("/status"), /Model: fake\/echo/);
    assertEquals(await text("/model other"), "Model set to fake/other for this session.");
    assertMatch(await text("/model"), /fake\/other/);
    assertMatch(await text("/whoami"), /operator\.admin/);
    assertEquals((await call("chat.history", { sessionKey: "main" })).messages.length, 2);
    assertEquals(await text("/new"), "✅ New session started.");
    assertEquals((await call("chat.history", { sessionKey: "main" })).messages, []);
    assertEquals(await text("/reset and say this"), "echo: and say this");
    assertEquals(await text("/unknown thing"), "echo: /unknown thing");
    assertMatch(
      await failure(
        call("chat.send", { sessionKey: "main", message: "/model no/pe", idempotencyKey: "x" }),
      ),
      /model/i,
    );
  }));

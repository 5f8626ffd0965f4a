import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { type Call, type MethodsContext, withGateway } from "./methods_harness.ts";

/** A gateway whose model is a provider over HTTP. */
async function withProvider(
  test: (context: MethodsContext, provider: FakeProvider) => Promise<void>,
  more: Frame = {},
): Promise<void> {
  await using provider = new FakeProvider();
  await withGateway((context) => test(context, provider), { ...provider.config, ...more });
}

async function say(result: Call, message: string, sessionKey = "main"): Promise<void> {
  const runId = crypto.randomUUID();
  await result("chat.send", { sessionKey, message, idempotencyKey: runId });
  assertEquals((await result("agent.wait", { runId })).status, "ok");
}

/** What a model was sent, without the system prompt. */
function sent({ body }: FakeProvider["calls"][number]): string[] {
  return body.messages.slice(1).map(({ content }) =>
    typeof content === "string" ? content : content.map(({ text = "" }) => text).join("")
  );
}

Deno.test("sessions.compact: a summary goes to the model, the transcript stays whole", () =>
  withProvider(async ({ result, socket }, provider) => {
    await result("sessions.subscribe");
    for (const text of ["one", "two", "three"]) await say(result, text);
    const compacted = await result("sessions.compact", { key: "main" });
    assertEquals([compacted.ok, compacted.key, compacted.compacted], [
      true,
      "agent:main:main",
      true,
    ]);
    assertMatch(compacted.result.firstKeptEntryId, /^[0-9a-f]{8}$/);
    const [request] = sent(provider.calls.at(-1)!);
    assert(request!.includes("[User]: two") && !request!.includes("[User]: three"));
    const { payload } = await socket.event(
      "sessions.changed",
      ({ reason }) => reason === "compact",
    );
    assertEquals([payload.compacted, payload.compactionCheckpointCount], [true, 1]);
    assertEquals(await result("sessions.compact", { key: "main" }), {
      ok: true,
      key: "agent:main:main",
      compacted: false,
      reason: "already compacted",
    });

    await say(result, "four");
    const context = sent(provider.calls.at(-1)!);
    assertEquals(context.slice(1), ["three", "echo: three", "four"]);
    assert(context[0]!.includes("<summary>"));
    const { messages } = await result("chat.history", { sessionKey: "main" });
    assertEquals(messages.length, 9);
    const divider = messages[6];
    assertEquals([divider.role, divider.content[0].text], ["system", "Compaction"]);
    assertEquals([divider.__openclaw.kind, divider.__openclaw.seq], ["compaction", 7]);
    const { previews } = await result("sessions.preview", { keys: ["main"] });
    assertEquals(previews[0].items.length, 8);
    const row = (await result("sessions.list", { includeLastMessage: true })).sessions[0];
    assertEquals([row.compactionCheckpointCount, row.lastMessagePreview], [1, "echo: four"]);
    assertEquals(row.latestCompactionCheckpoint.reason, "manual");
    // Three answers before it, one behind it and the summary are paid for; eight messages were said.
    const { totals, aggregates } = await result("sessions.usage", { key: "main" });
    assertEquals([totals.totalTokens, aggregates.messages.total], [5 * 15, 8]);
    const unknown = await result("sessions.compact", { key: "nope" });
    assertEquals([unknown.compacted, unknown.reason], [false, "no sessionId"]);
  }));

Deno.test("sessions.compact: a model that fails leaves the conversation as it was", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ error: { message: "no" } }, { status: 401 }),
  );
  try {
    await withProvider(async ({ result, socket }) => {
      await say(result, "one");
      const baseUrl = `http://127.0.0.1:${server.addr.port}/v1`;
      await result("config.patch", {
        raw: JSON.stringify({ models: { providers: { fake: { baseUrl } } } }),
        baseHash: (await result("config.get")).hash,
      });
      const { ok, error } = await socket.call("sessions.compact", { key: "main" });
      assertEquals([ok, error.code, error.details.code], [
        false,
        "UNAVAILABLE",
        "PROVIDER_AUTH_FAILED",
      ]);
      assertEquals((await result("sessions.compaction.list", { key: "main" })).checkpoints, []);
      assertEquals((await result("chat.history", { sessionKey: "main" })).messages.length, 2);
    });
  } finally {
    await server.shutdown();
  }
});

Deno.test("sessions.compaction: list, get, branch and restore, also after a restart", async () => {
  await using provider = new FakeProvider();
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const session = async (test: (result: Call, socket: TestSocket) => Promise<void>) => {
    await using gateway = await TestGateway.start({ config: provider.config, stateDir });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    await test(async (method, params = {}) => {
      const { ok, payload, error } = await socket.call(method, params);
      assert(ok, `${method}: ${error?.message}`);
      return payload;
    }, socket);
  };
  try {
    await session(async (result) => {
      for (const text of ["one", "two"]) await say(result, text);
      await result("sessions.compact", { key: "main" });
      await say(result, "three");
    });
    await session(async (result, socket) => {
      await result("sessions.subscribe");
      const { checkpoints } = await result("sessions.compaction.list", { key: "main" });
      const [{ checkpointId, preCompaction, postCompaction, sessionId }] = checkpoints;
      assertEquals(preCompaction.sessionId, sessionId);
      assertEquals(postCompaction.entryId, postCompaction.leafId);
      const named = { key: "main", checkpointId };
      assertEquals((await result("sessions.compaction.get", named)).checkpoint, checkpoints[0]);

      const branch = await result("sessions.compaction.branch", named);
      assertMatch(branch.key, /^agent:main:dashboard:/);
      assertEquals([branch.sourceKey, branch.entry.parentSessionKey], [
        "agent:main:main",
        "agent:main:main",
      ]);
      const keys = ["agent:main:main", branch.key];
      for (const key of keys) {
        await socket.event(
          "sessions.changed",
          (payload) => payload.reason === "checkpoint-branch" && payload.sessionKey === key,
        );
      }
      await say(result, "another", branch.key);
      assertEquals(sent(provider.calls.at(-1)!), [
        "one",
        "echo: one",
        "two",
        "echo: two",
        "another",
      ]);

      const restored = await result("sessions.compaction.restore", named);
      assert(restored.sessionId !== sessionId);
      await socket.event("sessions.changed", ({ reason }) => reason === "checkpoint-restore");
      const { messages } = await result("chat.history", { sessionKey: "main" });
      assertEquals(messages.map(({ content }: Frame) => content[0].text), [
        "one",
        "echo: one",
        "two",
        "echo: two",
      ]);
      const again = await result("sessions.compaction.list", { key: "main" });
      assertEquals(again.checkpoints, checkpoints);
      const { error } = await socket.call("sessions.compaction.get", {
        key: "main",
        checkpointId: "x",
      });
      assertEquals([error.code, error.message], ["INVALID_REQUEST", "checkpoint not found: x"]);
    });
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("sessions.compact with maxLines keeps the tail and archives the rest", () =>
  withProvider(async ({ result }) => {
    for (const text of ["one", "two"]) await say(result, text);
    const before = (await result("sessions.describe", { key: "main" })).session.sessionId;
    assertEquals(await result("sessions.compact", { key: "main", maxLines: 9 }), {
      ok: true,
      key: "agent:main:main",
      compacted: false,
      kept: 4,
    });
    const cut = await result("sessions.compact", { key: "main", maxLines: 2 });
    assertEquals([cut.compacted, cut.kept, cut.archived], [true, 2, before]);
    const { messages } = await result("chat.history", { sessionKey: "main" });
    assertEquals(messages.map(({ content }: Frame) => content[0].text), ["two", "echo: two"]);
    const { checkpoints: [{ checkpointId }] } = await result("sessions.compaction.list", {
      key: "main",
    });
    await result("sessions.compaction.restore", { key: "main", checkpointId });
    assertEquals((await result("chat.history", { sessionKey: "main" })).messages.length, 4);
  }));

Deno.test("a compaction waits for the run under way, and /compact answers in the chat", () =>
  withProvider(async ({ gateway, result, socket }) => {
    await say(result, "one");
    await say(result, "two");
    await result("chat.send", { sessionKey: "main", message: "wait", idempotencyKey: "w" });
    await socket.event("chat", ({ runId, state }) => runId === "w" && state === "delta");
    const ack = await result("chat.send", {
      sessionKey: "main",
      message: "/compact the names",
      idempotencyKey: "c",
    });
    assertEquals(ack, { runId: "c", status: "started" });
    assertEquals((await result("sessions.compaction.list", { key: "main" })).checkpoints, []);
    await result("chat.abort", { sessionKey: "main", runId: "w" });
    const { payload } = await socket.event("chat", ({ runId }) => runId === "c");
    assertEquals(payload.state, "final");
    assertMatch(payload.message.content[0].text, /^⚙️ Compacted: about \d+ → \d+ tokens\.$/);
    const { checkpoints } = await result("sessions.compaction.list", { key: "main" });
    assertEquals(checkpoints.length, 1);
    await result("chat.send", { sessionKey: "main", message: "/compact", idempotencyKey: "d" });
    const again = await socket.event("chat", ({ runId }) => runId === "d");
    assertEquals(
      again.payload.message.content[0].text,
      "⚙️ Compaction skipped: already compacted",
    );
    assertEquals(gateway.gateway.state.runs.activeCount, 0);
  }));

Deno.test("chat.inject stores a message, shows it and leaves the session's model alone", () =>
  withProvider(async ({ result, socket }, provider) => {
    await say(result, "one");
    await result("sessions.subscribe");
    const before = (await result("sessions.describe", { key: "main" })).session;
    const params = { sessionKey: "main", message: "Ready.", label: "Build" };
    const { ok, messageId } = await result("chat.inject", params);
    assertEquals(ok, true);
    const { payload } = await socket.event("chat", ({ runId }) => runId === `inject-${messageId}`);
    assertEquals([payload.seq, payload.state], [0, "final"]);
    assertEquals(payload.message.content, [{ type: "text", text: "[Build]\n\nReady." }]);
    const shown = await socket.event("session.message");
    assertEquals([shown.payload.messageId, shown.payload.messageSeq], [messageId, 3]);
    const after = (await result("sessions.describe", { key: "main" })).session;
    assertEquals([after.model, after.totalTokens], [before.model, before.totalTokens]);
    await say(result, "two");
    assert(sent(provider.calls.at(-1)!).includes("[Build]\n\nReady."));
    const { error } = await socket.call("chat.inject", { sessionKey: "unk", message: "x" });
    assertEquals([error.code, error.message], ["INVALID_REQUEST", "session not found"]);
  }));

Deno.test("sessions.pluginPatch keeps values with the session", () =>
  withProvider(async ({ result, socket }) => {
    await say(result, "one");
    await result("sessions.subscribe");
    const named = { key: "main", pluginId: "p", namespace: "n" };
    assertEquals(await result("sessions.pluginPatch", { ...named, value: { a: 1 } }), {
      ok: true,
      key: "agent:main:main",
      value: { a: 1 },
    });
    const { payload } = await socket.event(
      "sessions.changed",
      ({ reason }) => reason === "plugin-patch",
    );
    assertEquals(payload.pluginExtensions, { p: { n: { a: 1 } } });
    await result("sessions.pluginPatch", { ...named, namespace: "__proto__", value: 1 });
    const row = (await result("sessions.list")).sessions[0];
    assertEquals(Object.keys(row.pluginExtensions.p), ["n", "__proto__"]);
    await result("sessions.pluginPatch", { ...named, namespace: "__proto__", unset: true });
    await result("sessions.pluginPatch", { ...named, unset: true });
    assertEquals((await result("sessions.list")).sessions[0].pluginExtensions, undefined);
    const large = await socket.call("sessions.pluginPatch", {
      ...named,
      value: "x".repeat(300_000),
    });
    assertMatch(large.error.message, /at most 262144 bytes/);
    const unknown = await socket.call("sessions.pluginPatch", { ...named, key: "zz" });
    assertEquals(unknown.error.message, "No session found: zz");
  }));

Deno.test("sessions.cleanup removes what is too many, or only says so", () =>
  withProvider(async ({ gateway, result, socket }) => {
    for (const key of ["main", "a", "b"]) await say(result, "one", key);
    await result("sessions.subscribe");
    const dry = await result("sessions.cleanup");
    assertEquals([dry.mode, dry.dryRun, dry.applied, dry.capped], ["warn", true, false, 2]);
    assertEquals([dry.beforeCount, dry.afterCount, dry.wouldMutate], [3, 1, true]);
    assertEquals((await result("sessions.list")).count, 3);
    const kept = await result("sessions.cleanup", { enforce: true, activeKey: "b" });
    assertEquals([kept.mode, kept.applied, kept.capped, kept.afterCount], [
      "enforce",
      true,
      1,
      2,
    ]);
    assertEquals(kept.storePath, gateway.gateway.state.store.path);
    const { payload } = await socket.event(
      "sessions.changed",
      ({ reason }) => reason === "cleanup",
    );
    assertEquals(payload.sessionKey, undefined);
    const keys = (await result("sessions.list")).sessions.map(({ key }: Frame) => key);
    assertEquals(keys.sort(), ["agent:main:b", "agent:main:main"]);
    const all = await result("sessions.cleanup", { allAgents: true });
    assertEquals([all.allAgents, all.stores.length], [true, 1]);
    const { error } = await socket.call("sessions.cleanup", { agent: "zz" });
    assertEquals(error.message, 'unknown agent id "zz"');
  }, { session: { maintenance: { mode: "warn", maxEntries: 1 } } }));

Deno.test("web chats may not compact, readers may not branch", async () => {
  await withProvider(async ({ gateway, result }) => {
    await say(result, "one");
    await using reader = await TestSocket.connect(gateway.wsUrl, TOKEN, {
      scopes: ["operator.read"],
    });
    const named = { key: "main", checkpointId: "x" };
    const cases: [method: string, params: Frame, scope: string][] = [
      ["sessions.compact", { key: "main" }, "admin"],
      ["sessions.compaction.branch", named, "write"],
      ["sessions.compaction.restore", named, "admin"],
      ["sessions.cleanup", {}, "admin"],
      ["chat.inject", { sessionKey: "main", message: "x" }, "admin"],
    ];
    for (const [method, params, scope] of cases) {
      const { error } = await reader.call(method, params);
      assertEquals(error.message, `missing scope: operator.${scope}`);
    }
    assert((await reader.call("sessions.compaction.list", { key: "main" })).ok);
  });
});

Deno.test("a compaction whose model hangs is ended by a stop, an abort and a reset", async () => {
  const gates: (() => void)[] = [];
  const asked: (() => void)[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) =>
      new Promise((answer) => {
        const end = () => answer(new Response("", { status: 500 }));
        request.signal.addEventListener("abort", end);
        gates.push(end);
        asked.shift()?.();
      }),
  );
  const provider = new FakeProvider();
  const config = provider.config as Frame;
  await provider[Symbol.asyncDispose]();
  config.models.providers.fake.baseUrl = `http://127.0.0.1:${server.addr.port}/v1`;
  await withGateway(async ({ socket, result }) => {
    const key = "agent:main:a";
    await result("sessions.create", { key });
    const ends: [string, Frame][] = [
      ["chat.send", { sessionKey: key, message: "stop", idempotencyKey: "s" }],
      ["chat.abort", { sessionKey: key }],
      ["sessions.abort", { key }],
      ["sessions.reset", { key }],
    ];
    for (const [method, params] of ends) {
      for (const message of ["one", "two"]) {
        await result("chat.inject", { sessionKey: key, message });
      }
      const called = new Promise<void>((resolve) => asked.push(resolve));
      const compacting = socket.call("sessions.compact", { key });
      await called;
      const ended = await result(method, params);
      if ("aborted" in ended) assertEquals(ended.aborted, true, method);
      const { ok, error } = await compacting;
      assertEquals([ok, error?.code], [false, "UNAVAILABLE"], method);
    }
  }, config);
  for (const end of gates) end();
});

import { assertEquals } from "@std/assert";
import { TestSocket } from "../harness/socket.ts";
import { TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type MethodsContext, withGateway } from "./methods_harness.ts";

async function withProvider(test: (context: MethodsContext) => Promise<void>): Promise<void> {
  await using provider = new FakeProvider();
  await withGateway(test, provider.config);
}

async function refusal({ socket }: MethodsContext, method: string, params: unknown) {
  const { ok, error } = await socket.call(method, params);
  return ok ? undefined : error.message;
}

Deno.test("sessions.create and sessions.patch leave no session behind when they are refused", () =>
  withProvider(async (context) => {
    const { result } = context;
    await result("sessions.create", { key: "agent:main:a", label: "L" });
    const taken = { key: "agent:main:b", label: "L" };
    assertEquals(await refusal(context, "sessions.create", taken), "label already in use: L");
    assertEquals(await refusal(context, "sessions.patch", taken), "label already in use: L");
    const orphan = { key: "agent:main:b", parentSessionKey: "agent:main:none" };
    assertEquals(
      await refusal(context, "sessions.create", orphan),
      "unknown parent session: agent:main:none",
    );
    assertEquals((await result("sessions.describe", { key: "agent:main:b" })).session, null);
    for (const method of ["sessions.create", "sessions.patch"]) {
      const message = await refusal(context, method, { key: "agent:zz:a" });
      assertEquals(message, 'unknown agent id "zz"', method);
    }
    const mixed = await refusal(context, "sessions.create", { key: "agent:zz:a", agentId: "main" });
    assertEquals(mixed, 'agent "main" does not match the agent "zz" of session "agent:zz:a"');
  }));

Deno.test("sessions.patch refuses values that mean nothing", () =>
  withProvider(async (context) => {
    const bad: [string, unknown][] = [
      ["traceLevel", "x"],
      ["responseUsage", "x"],
      ["execHost", "x"],
      ["execSecurity", "everything"],
      ["execAsk", "x"],
      ["execNode", ""],
      ["label", ""],
      ["label", "x".repeat(513)],
      ["subagentRole", "leaf"],
      ["spawnDepth", -1],
      ["spawnedBy", "agent:main:other"],
    ];
    for (const [name, value] of bad) {
      const message = await refusal(context, "sessions.patch", { key: "main", [name]: value });
      assertEquals(typeof message, "string", name);
    }
    const key = "agent:main:subagent:s1";
    await context.result("sessions.patch", { key, spawnedBy: "agent:main:main", spawnDepth: 1 });
    await context.result("sessions.patch", { key, spawnedBy: "agent:main:main" });
    assertEquals(
      await refusal(context, "sessions.patch", { key, spawnDepth: 0 }),
      "spawnDepth cannot be changed once set",
    );
    const { sessions } = await context.result("sessions.list", { spawnedBy: "main" });
    assertEquals(sessions.map(({ key }: { key: string }) => key), [key]);
  }));

Deno.test("sessions.pluginPatch keeps what several plugins store at once", () =>
  withProvider(async (context) => {
    const { result } = context;
    await result("sessions.create", { key: "agent:main:a" });
    const patch = (pluginId: string, more: object) => ({
      key: "agent:main:a",
      pluginId,
      namespace: "n",
      ...more,
    });
    const plugins = ["p1", "p2", "p3"];
    await Promise.all(
      plugins.map((id) => result("sessions.pluginPatch", patch(id, { value: id }))),
    );
    const { session } = await result("sessions.describe", { key: "agent:main:a" });
    assertEquals(Object.keys(session.pluginExtensions).sort(), plugins);
    for (const wrong of [{}, { value: 1, unset: true }]) {
      const message = await refusal(context, "sessions.pluginPatch", patch("p1", wrong));
      assertEquals(message?.startsWith("invalid sessions.pluginPatch params: "), true);
    }
  }));

Deno.test("sessions.send and sessions.steer begin no session with a mistyped key", () =>
  withProvider(async (context) => {
    for (const method of ["sessions.send", "sessions.steer"]) {
      const message = await refusal(context, method, { key: "agent:main:none", message: "hi" });
      assertEquals(message, "session not found: agent:main:none");
    }
  }));

Deno.test("a run is ended by who began it, or by an admin, whichever method asks", () =>
  withProvider(async (context) => {
    const { gateway, socket, result } = context;
    await using other = await TestSocket.connect(gateway.wsUrl, TOKEN, {
      scopes: ["operator.write"],
    });
    await result("chat.send", { sessionKey: "main", message: "wait", idempotencyKey: "a" });
    await socket.event("agent", ({ stream }) => stream === "assistant");
    const foreign: [string, object][] = [
      ["chat.abort", { sessionKey: "main" }],
      ["chat.abort", { sessionKey: "main", runId: "a" }],
      ["sessions.abort", { key: "main" }],
      ["sessions.abort", { runId: "a" }],
      ["chat.send", { sessionKey: "main", message: "stop", idempotencyKey: "b" }],
    ];
    for (const [method, params] of foreign) {
      const { ok, error } = await other.call(method, params);
      assertEquals([ok, error?.message], [false, "unauthorized"], method);
    }
    const elsewhere = await socket.call("sessions.abort", { key: "agent:main:x", runId: "a" });
    assertEquals(elsewhere.error.message, "runId does not match sessionKey");
    assertEquals((await socket.call("sessions.abort")).error.message, "key required");
    assertEquals((await result("sessions.abort", { key: "main" })).abortedRunId, "a");
  }));

Deno.test("sessions.preview and sessions.resolve answer for each key and each filter", () =>
  withProvider(async (context) => {
    const { result } = context;
    await result("sessions.create", { key: "agent:main:a", label: "L" });
    const { previews } = await result("sessions.preview", { keys: ["agent:main:a", "agent::x"] });
    const states = previews.map(({ status }: { status: string }) => status);
    assertEquals(states, ["empty", "error"]);
    assertEquals((await result("sessions.resolve", { label: "L" })).key, "agent:main:a");
    const elsewhere = { label: "L", agentId: "zz" };
    assertEquals(
      await refusal(context, "sessions.resolve", elsewhere),
      "No session found with label: L",
    );
    assertEquals(
      await refusal(context, "sessions.resolve", { label: "L", key: "main" }),
      "Provide either key, sessionId, or label (not multiple)",
    );
    await result("sessions.create", { key: "agent:main:irc:group:room" });
    const { session } = await result("sessions.describe", { key: "agent:main:irc:group:room" });
    assertEquals([session.kind, session.totalTokensFresh], ["group", false]);
  }));

Deno.test("an agent.wait ends with its connection, a follower has a bound, an event needs a text", () =>
  withProvider(async (context) => {
    const { gateway, result, socket } = context;
    await using other = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const keys = Array.from({ length: 1000 }, (_, index) => `agent:main:s${index}`);
    for (const key of keys) other.request("sessions.messages.subscribe", { key });
    const full = await other.call("sessions.messages.subscribe", { key: "one-more" });
    assertEquals(full.error?.message, "1000 sessions are followed already");
    assertEquals((await other.call("sessions.messages.subscribe", { key: keys[0] })).ok, true);
    assertEquals(await refusal(context, "system-event", { text: "  " }), "text required");
    const both = await socket.call("sessions.cleanup", { allAgents: true, agent: "main" });
    assertEquals(both.ok, false);
    // The resource sanitizer fails this test when the timer of the wait outlives its connection.
    await using waiting = await TestSocket.connect(gateway.wsUrl, TOKEN);
    waiting.request("agent.wait", { runId: "never", timeoutMs: 3_600_000 });
    await result("health");
  }));

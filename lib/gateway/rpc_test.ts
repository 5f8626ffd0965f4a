import { assertEquals } from "@std/assert";
import { AppError, silentLogger } from "../base/mod.ts";
import { clientOf, recordingLogger } from "./_testing.ts";
import { type CallObserver, FailedReply, type Handlers, RpcServer } from "./rpc.ts";

function serve(handlers: Handlers, identity: Parameters<typeof clientOf>[0] = {}) {
  const { client, sink } = clientOf(identity);
  const { log, lines } = recordingLogger();
  const seen: [method: string, ok: boolean, code: string | undefined][] = [];
  const observe: CallObserver = (_, method, ok, error) => seen.push([method, ok, error?.code]);
  const rpc = new RpcServer(handlers, log, observe);
  const call = (method: string, params: unknown = {}) => rpc.answer(client, "1", method, params);
  return { rpc, client, sink, lines, seen, call };
}

Deno.test("RpcServer.answer() sends what a handler answers, now or later", async () => {
  const { sink, call, seen } = serve({
    "health": () => ({ ok: true }),
    "status": () => Promise.resolve("later"),
  });
  assertEquals([await call("health"), await call("status")], [true, true]);
  assertEquals(sink.frames, [
    { type: "res", id: "1", ok: true, payload: { ok: true } },
    { type: "res", id: "1", ok: true, payload: "later" },
  ]);
  assertEquals(seen, [["health", true, undefined], ["status", true, undefined]]);
});

Deno.test("RpcServer.answer() sends an acknowledgement before the result, and a failure with its payload", async () => {
  const { sink, call, seen } = serve({
    "health": ({ acknowledge }) => {
      acknowledge("accepted");
      return new FailedReply({ status: "error" }, { code: "UNAVAILABLE", message: "no" });
    },
  });
  await call("health");
  assertEquals(sink.frames, [
    { type: "res", id: "1", ok: true, payload: "accepted" },
    {
      type: "res",
      id: "1",
      ok: false,
      payload: { status: "error" },
      error: { code: "UNAVAILABLE", message: "no" },
    },
  ]);
  assertEquals(seen, [["health", false, "UNAVAILABLE"]]);
});

Deno.test("RpcServer.answer() turns what a handler throws into a refusal, and logs what is our fault", async () => {
  const failures: [thrown: () => unknown, code: string, logged: number][] = [
    [() => Promise.reject(new AppError("SESSION_NOT_FOUND", "No session")), "INVALID_REQUEST", 0],
    [
      () => {
        throw new AppError("STORE_WRITE_FAILED", "Cannot write");
      },
      "UNAVAILABLE",
      1,
    ],
    [
      () => {
        throw new TypeError("x is not a function");
      },
      "UNAVAILABLE",
      1,
    ],
    [() => ({ big: 1n }), "UNAVAILABLE", 1],
  ];
  for (const [handler, code, logged] of failures) {
    const { sink, lines, call } = serve({ "health": handler });
    assertEquals(await call("health"), true);
    assertEquals([sink.frames.length, sink.frames[0]?.error.code, lines.length], [1, code, logged]);
  }
});

Deno.test("RpcServer.answer() refuses methods that are unknown, not offered, or not a caller's", async () => {
  const { sink, call } = serve({ "health": () => 1 }, { scopes: ["operator.read"] });
  for (const method of ["connect", "made.up", "constructor", "status", "chat.send", "health"]) {
    await call(method);
  }
  assertEquals(sink.frames.map(({ error }) => error?.message), [
    "connect is only valid as the first request",
    "missing scope: operator.admin",
    "missing scope: operator.admin",
    "status is not available: this gateway runs without it",
    "missing scope: operator.write",
    undefined,
  ]);
  const admin = serve({ "health": () => 1 });
  for (const method of ["made.up", "toString", "__proto__"]) await admin.call(method);
  assertEquals(admin.sink.frames.map(({ error }) => error.message), [
    "unknown method: made.up",
    "unknown method: toString",
    "unknown method: __proto__",
  ]);
});

Deno.test("RpcServer.answer() checks parameters before the handler sees them", async () => {
  let calls = 0;
  const { sink, call } = serve({ "agent.wait": () => ++calls });
  await call("agent.wait", {});
  await call("agent.wait", { runId: "r", more: 1 });
  await call("agent.wait", "r");
  await call("agent.wait", { runId: "r" });
  assertEquals([calls, sink.frames.map(({ ok }) => ok)], [1, [false, false, false, true]]);
  assertEquals(sink.frames[0]?.error.message.startsWith("invalid agent.wait params:"), true);
});

Deno.test("RpcServer.answer() ends a connection that keeps calling the other role's methods", async () => {
  const { call, sink } = serve({ "health": () => 1 });
  const answers: boolean[] = [];
  for (let i = 0; i < 10; i++) answers.push(await call("node.event"));
  assertEquals(answers.every(Boolean), true);
  await call("health");
  for (let i = 0; i < 10; i++) answers.push(await call("node.event"));
  assertEquals(answers.every(Boolean), true);
  assertEquals(await call("node.event"), false);
  assertEquals(sink.frames.at(-1)?.error.message, "unauthorized role: operator");
});

Deno.test("RpcServer counts the violations of each connection by itself", async () => {
  const { rpc, call } = serve({});
  for (let i = 0; i < 10; i++) await call("node.event");
  const { client: other } = clientOf({ connId: "conn-2" });
  assertEquals(await rpc.answer(other, "1", "node.event", {}), true);
});

Deno.test("RpcServer.methods are the offered ones, sorted", () => {
  const { rpc } = serve({ "status": () => 1, "agent": () => 1, "health": () => 1 });
  assertEquals(rpc.methods, ["agent", "health", "status"]);
});

Deno.test("RpcServer.answer() looks at credential, role, start, limit, method and parameters, in this order", async () => {
  const passed: string[] = [];
  const held = new Set<string>();
  const error = (message: string) => ({ code: "UNAVAILABLE" as const, message });
  const { client, sink } = clientOf({ scopes: ["operator.read"] });
  const rpc = new RpcServer({ "chat.history": () => "done" }, silentLogger, undefined, {
    isStale: () => held.has("stale"),
    refuseEarly: (method) => {
      passed.push("start");
      return held.has("early") ? error(`early ${method}`) : undefined;
    },
    refuseTooMany: (method) => {
      passed.push("limit");
      return held.has("many") ? error(`too many ${method}`) : undefined;
    },
  });
  const call = async (method: string, params: unknown = { bogus: 1 }) => {
    passed.splice(0);
    await rpc.answer(client, "1", method, params);
    return [sink.frames.at(-1)?.error?.message, [...passed]];
  };
  assertEquals(await call("chat.send"), ["missing scope: operator.write", []]);
  held.add("early").add("many");
  assertEquals(await call("chat.history"), ["early chat.history", ["start"]]);
  held.delete("early");
  assertEquals(await call("chat.history"), ["too many chat.history", ["start", "limit"]]);
  held.delete("many");
  const [message] = await call("chat.history");
  assertEquals(
    message,
    "invalid chat.history params: must have required property 'sessionKey'; " +
      "at root: unexpected property 'bogus'",
  );
  held.add("stale");
  const frames = sink.frames.length;
  assertEquals(await rpc.answer(client, "1", "chat.send", {}), true);
  assertEquals(sink.frames.length, frames);
  assertEquals(sink.closed, { code: 4001, reason: "gateway auth changed" });
});

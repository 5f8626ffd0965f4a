import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

Deno.test("rpc: every offered method answers well-formed", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const result = async (method: string, params: Frame = {}): Promise<Frame> => {
    const response = await socket.call(method, params);
    assert(response.ok, `${method}: ${JSON.stringify(response.error)}`);
    return response.payload;
  };

  const health = await result("health");
  assertEquals(health.channels, {});
  assertEquals(health.defaultAgentId, "main");
  assertEquals(health.agents[0].isDefault, true);

  const status = await result("status");
  assertEquals(status.runtimeVersion, "2026.5.12");
  assertEquals(status.sessions.defaults.model, "demo/echo");

  const presence = await result("system-presence");
  assertEquals(presence[0].reason, "self");

  assertEquals(await result("last-heartbeat"), null as unknown as Frame);

  const models = await result("models.list");
  assertEquals(models.models[0].provider, "demo");

  const agents = await result("agents.list");
  assertEquals(agents.defaultId, "main");
  assertEquals(agents.agents[0].id, "main");

  const channels = await result("channels.status", {
    probe: true,
    timeoutMs: 1000,
  });
  assertEquals([channels.channelOrder, channels.channelAccounts], [[], {}]);

  const config = await result("config.get");
  assertEquals(config.valid, true);
  assertMatch(config.hash, /^[0-9a-f]{64}$/);

  const sessions = await result("sessions.list");
  assertEquals([sessions.count, sessions.totalCount, sessions.hasMore], [0, 0, false]);

  const history = await result("chat.history", { sessionKey: "main" });
  assertEquals([history.sessionKey, history.messages], ["main", []]);

  const logs = await result("logs.tail");
  assertEquals([logs.lines, logs.cursor], [[], 0]);
});

Deno.test("rpc: refusals in the protocol's words", async () => {
  await using gateway = await TestGateway.start();
  await using admin = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await using reader = await TestSocket.connect(gateway.wsUrl, TOKEN, {
    scopes: ["operator.read"],
  });
  const cases: [socket: TestSocket, method: string, params: unknown, message: string][] = [
    [admin, "no.such", {}, "unknown method: no.such"],
    [reader, "no.such", {}, "missing scope: operator.admin"],
    [reader, "chat.send", {}, "missing scope: operator.write"],
    [admin, "node.event", { event: "x" }, "unauthorized role: operator"],
    [admin, "connect", {}, "connect is only valid as the first request"],
    [
      admin,
      "chat.history",
      {},
      "invalid chat.history params: must have required property 'sessionKey'",
    ],
    [
      admin,
      "chat.history",
      { sessionKey: "main", bogus: 1 },
      "invalid chat.history params: at root: unexpected property 'bogus'",
    ],
    [
      admin,
      "chat.history",
      { sessionKey: "main", limit: "5" },
      "invalid chat.history params: at /limit: must be integer",
    ],
    [admin, "models.list", 7, "invalid models.list params: must be object"],
  ];
  for (const [socket, method, params, message] of cases) {
    const { ok, error } = await socket.call(method, params);
    assertEquals(ok, false);
    assertEquals([error.code, error.message], ["INVALID_REQUEST", message]);
  }
});

Deno.test("rpc: malformed frames are answered or ignored, and the socket stays open", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  socket.sendText("not json");
  socket.sendText("[]");
  const nameless = await socket.response("invalid");
  assertMatch(nameless.error.message, /^invalid request frame: /);
  socket.sendText('{"type":"req","id":"7","method":"health","extra":1}');
  const named = await socket.response("7");
  assertEquals(named.error.message, "invalid request frame: at root: unexpected property 'extra'");
  assertEquals((await socket.call("health")).ok, true);
});

Deno.test("rpc: the eleventh call of the other role closes the socket", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  for (let i = 0; i < 10; i++) await socket.call("node.event", { event: "x" });
  await socket.call("health");
  for (let i = 0; i < 11; i++) await socket.call("node.event", { event: "x" });
  assertEquals(await socket.closed, {
    code: 1008,
    reason: "repeated unauthorized calls",
  });
});

Deno.test("rpc: secrets never leave through config.get", async () => {
  await using gateway = await TestGateway.start({
    config: {
      gateway: {
        mode: "local",
        auth: { mode: "token", token: "planted-secret-a" },
      },
      models: {
        providers: {
          p: {
            baseUrl: "http://127.0.0.1:1/v1",
            apiKey: "planted-secret-b",
            models: [],
          },
        },
      },
    },
  });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const answer = JSON.stringify(await socket.call("config.get"));
  assertEquals(answer.includes("planted-secret"), false);
  assert(answer.includes("__OPENCLAW_REDACTED__"));
  assert(answer.includes('"raw":null'));
});

Deno.test("rpc: logs.tail goes on from its cursor, and says when the file was rotated", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const file = `${gateway.stateDir}/gateway.log`;
  const tail = async (params: Frame) => (await socket.call("logs.tail", params)).payload;
  await Deno.writeTextFile(file, "a\nb\nc\nhalf");
  const first = await tail({ limit: 2 });
  assertEquals([first.lines, first.cursor, first.truncated], [["b", "c"], 6, false]);
  await Deno.writeTextFile(file, " line\nd\n", { append: true });
  const second = await tail({ cursor: first.cursor });
  assertEquals([second.lines, second.truncated], [["half line", "d"], false]);
  await Deno.writeTextFile(file, "new\n");
  const third = await tail({ cursor: second.cursor });
  assertEquals([third.lines, third.reset], [["new"], true]);
});

Deno.test("rpc: presence is broadcast when a tracked client leaves", async () => {
  await using gateway = await TestGateway.start();
  await using watcher = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const guest = await TestSocket.connect(gateway.wsUrl, TOKEN, {
    client: {
      id: "gateway-client",
      mode: "backend",
      version: "1",
      platform: "linux",
      displayName: "guest",
      instanceId: "guest-1",
    },
  });
  await guest[Symbol.asyncDispose]();
  const { payload } = await watcher.event("presence");
  const entry = payload.presence.find(({ instanceId }: Frame) => instanceId === "guest-1");
  assertEquals([entry.host, entry.reason], ["guest", "disconnect"]);
});

Deno.test("rpc: a frame over the limit closes with 1009", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  socket.sendText("x".repeat(26_214_401));
  assertEquals((await socket.closed).code, 1009);
});

Deno.test("gateway: a stop tells clients before their sockets close", async () => {
  const gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await gateway[Symbol.asyncDispose]();
  const shutdown = await socket.event("shutdown");
  assertEquals(shutdown.payload, { reason: "gateway stopping" });
  assertEquals(await socket.closed, { code: 1012, reason: "service restart" });
});

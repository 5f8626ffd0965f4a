import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { waitUntil } from "../../scripts/harness/gateway.ts";
import { silentLogger } from "../../lib/base/mod.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { TestNode } from "../harness/node.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

/** What a call over HTTP came to. */
interface Answer {
  status: number;
  body: Frame;
}

type Invoke = (body: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** A gateway with a provider, and how its tools are called. */
async function withTools(
  test: (invoke: Invoke, context: { gateway: TestGateway; socket: TestSocket }) => Promise<void>,
  config: Frame = {},
  lines?: string[],
): Promise<void> {
  await using provider = new FakeProvider();
  const info = (message: string) => void lines?.push(message);
  const log = { ...silentLogger, info, child: () => log };
  await using gateway = await TestGateway.start({
    config: { ...provider.config, ...config },
    ...(lines ? { log } : {}),
  });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  await test(invoker(gateway), { gateway, socket });
}

function invoker({ httpUrl }: TestGateway): Invoke {
  return async (body, headers = {}) => {
    const response = await fetch(`${httpUrl}/tools/invoke`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
}

/** What went wrong, as `status type message`. */
function failure({ status, body }: Answer): string {
  assertEquals(body.ok, false);
  assert(typeof body.error.code === "string");
  return `${status} ${body.error.type} ${body.error.message}`;
}

/** Opens tools that callers over HTTP do not get by default. */
function allowing(...allow: string[]): Frame {
  return { gateway: { mode: "local", tools: { allow } } };
}

/** Sends a message and waits for its end. */
async function say(socket: TestSocket, message: string, sessionKey = "main"): Promise<void> {
  const idempotencyKey = crypto.randomUUID();
  await socket.call("chat.send", { sessionKey, message, idempotencyKey });
  await socket.event("chat", ({ runId, state }) => runId === idempotencyKey && state === "final");
}

Deno.test("/tools/invoke: the table of refusals", () =>
  withTools(async (invoke) => {
    const cases: [body: unknown, expected: string][] = [
      [{}, "400 invalid_request tools.invoke requires name"],
      ["", "400 invalid_request tools.invoke requires name"],
      ["[]", "400 invalid_request tools.invoke requires name"],
      ["7", "400 invalid_request tools.invoke requires name"],
      [{ tool: 7 }, "400 invalid_request tools.invoke requires name"],
      [{ tool: "  " }, "400 invalid_request tools.invoke requires name"],
      [{ tool: "nope" }, "404 not_found Tool not available: nope"],
      [{ name: "__proto__" }, "404 not_found Tool not available: __proto__"],
      [{ tool: "exec" }, "404 not_found Tool not available: exec"],
      [{ tool: "cron" }, "404 not_found Tool not available: cron"],
      [{ tool: "gateway" }, "404 not_found Tool not available: gateway"],
      [{ tool: "nodes" }, "404 not_found Tool not available: nodes"],
      [{ tool: "sessions_send" }, "404 not_found Tool not available: sessions_send"],
      [{ tool: "sessions_history" }, "400 tool_error sessionKey required"],
      [{ tool: "sessions_history", args: "x" }, "400 tool_error sessionKey required"],
      [
        { tool: "sessions_list", args: { limit: 0 } },
        "400 tool_error at /limit: must be >= 1",
      ],
      [
        { tool: "agents_list", agentId: "x", sessionKey: "agent:main:main" },
        '400 invalid_request agent id "x" does not match session agent "main"',
      ],
      [{ tool: "agents_list", agentId: "x" }, '404 not_found unknown agent id "x"'],
      [
        { tool: "session_status", args: { sessionKey: "agent:other:x" } },
        "403 tool_error Session status visibility is restricted. " +
        "Set tools.sessions.visibility=all to allow cross-agent access.",
      ],
    ];
    for (const [body, expected] of cases) {
      assertEquals(failure(await invoke(body)), expected, JSON.stringify(body));
    }
    const { body } = await invoke("{bad");
    assertEquals(body.ok, false);
  }));

Deno.test("/tools/invoke: method, credential and size are looked at first", () =>
  withTools(async (invoke, { gateway }) => {
    const url = `${gateway.httpUrl}/tools/invoke`;
    const got = await fetch(url);
    assertEquals([got.status, got.headers.get("allow"), await got.text()], [
      405,
      "POST",
      "Method Not Allowed",
    ]);
    const stranger = await fetch(url, { method: "POST", body: '{"tool":"agents_list"}' });
    assertEquals(stranger.status, 401);
    await stranger.body?.cancel();
    const pad = (bytes: number) => {
      const body = JSON.stringify({ tool: "agents_list", pad: "" });
      return JSON.stringify({ tool: "agents_list", pad: "x".repeat(bytes - body.length) });
    };
    assertEquals((await invoke(pad(2 * 1024 * 1024))).status, 200);
    const large = await invoke(pad(2 * 1024 * 1024 + 1));
    assertEquals([large.status, large.body.error.message], [413, "Payload too large"]);
  }));

Deno.test("/tools/invoke: tools answer as they are, as text and as data", () =>
  withTools(async (invoke, { socket }) => {
    const agents = await invoke({ tool: "agents_list" });
    assertEquals(agents.body, {
      ok: true,
      result: {
        content: [{ type: "text", text: JSON.stringify(agents.body.result.details, null, 2) }],
        details: {
          requester: "main",
          allowAny: false,
          agents: [{ id: "main", configured: false }],
        },
      },
    });
    await say(socket, "hello");
    await say(socket, "elsewhere", "agent:main:other");
    const status = (await invoke({ name: "session_status" })).body.result;
    assertEquals([status.details.ok, status.details.sessionKey, status.details.changedModel], [
      true,
      "agent:main:main",
      false,
    ]);
    assertEquals(status.content[0].text, status.details.statusText);
    assertStringIncludes(status.details.statusText, "fake/echo");
    const list = (await invoke({ tool: "sessions_list", args: { messageLimit: 2 } })).body.result;
    assertEquals([list.details.count, list.details.sessions[0].kind], [1, "main"]);
    const said = list.details.sessions[0].messages.map(({ content }: Frame) => content[0].text);
    assertEquals(said, ["hello", "echo: hello"]);
    const history = await invoke({ tool: "sessions_history", args: { sessionKey: "main" } });
    assertEquals(history.body.result.details.messages.length, 2);
    const hidden = await invoke({
      tool: "sessions_history",
      args: { sessionKey: "agent:main:other" },
    });
    assertEquals([hidden.status, hidden.body.ok], [200, true]);
    assertEquals(hidden.body.result.details.status, "forbidden");
    const own = await invoke({
      tool: "sessions_history",
      args: { sessionKey: "agent:main:other" },
      sessionKey: "agent:main:other",
    });
    assertEquals(own.body.result.details.messages[0].content[0].text, "elsewhere");
  }));

Deno.test("/tools/invoke: session_status sets the model of a session and takes it back", () =>
  withTools(async (invoke, { socket }) => {
    const status = (args: Frame) => invoke({ tool: "session_status", args });
    const override = async () =>
      (await socket.call("sessions.patch", { key: "main" })).payload.entry.modelOverride;
    const set = await status({ model: "echo" });
    assertEquals([set.status, set.body.result.details.changedModel], [200, true]);
    assertEquals(await override(), "fake/echo");
    const unknown = await status({ model: "fake/none" });
    assertEquals([unknown.status, unknown.body.error.code], [400, "MODEL_NOT_FOUND"]);
    assertEquals(await override(), "fake/echo");
    await status({ model: "default" });
    assertEquals(await override(), undefined);
    const missing = await status({ sessionKey: "agent:main:none" });
    assertEquals(missing.status, 403);
  }));

Deno.test("/tools/invoke: visibility all shows other sessions, other agents only with agentToAgent", async () => {
  const agents = {
    defaults: { model: "fake/echo", skipBootstrap: true },
    list: [{ id: "main" }, { id: "writer" }],
  };
  const sessions = { visibility: "all" };
  const cases: [tools: Frame, keys: string[]][] = [
    [{ sessions }, ["agent:main:a"]],
    [{ sessions, agentToAgent: { enabled: true } }, ["agent:main:a", "agent:writer:main"]],
  ];
  for (const [tools, keys] of cases) {
    await withTools(async (invoke, { socket }) => {
      await say(socket, "hello", "agent:main:a");
      await say(socket, "hello", "agent:writer:main");
      const list = async (args: Frame = {}) =>
        (await invoke({ tool: "sessions_list", args })).body.result.details.sessions
          .map(({ key }: Frame) => key).sort();
      assertEquals(await list(), keys);
      assertEquals(await list({ search: "AIN:A" }), ["agent:main:a"]);
      assertEquals(await list({ agentId: "writer" }), keys.slice(1));
      assertEquals(await list({ kinds: ["main"] }), keys.slice(1));
    }, { agents, tools });
  }
});

Deno.test("/tools/invoke: children are seen, over any number of steps", () =>
  withTools(async (invoke, { socket }) => {
    const child = (await socket.call("sessions.create", {
      key: "agent:main:subagent:one",
      parentSessionKey: undefined,
    })).payload.key;
    await socket.call("sessions.patch", { key: child, spawnedBy: "agent:main:main" });
    await socket.call("sessions.create", { key: "agent:main:subagent:two" });
    await socket.call("sessions.patch", { key: "agent:main:subagent:two", spawnedBy: child });
    await socket.call("sessions.create", { key: "agent:main:stranger" });
    const { sessions } = (await invoke({ tool: "sessions_list" })).body.result.details;
    assertEquals(sessions.map(({ key }: Frame) => key).sort(), [
      "agent:main:subagent:one",
      "agent:main:subagent:two",
    ]);
    const read = (sessionKey: string) =>
      invoke({ tool: "sessions_history", args: { sessionKey } }).then(({ body }) =>
        body.result.details.status ?? "seen"
      );
    assertEquals(await read("agent:main:subagent:two"), "seen");
    assertEquals(await read("agent:main:stranger"), "forbidden");
  }));

Deno.test("/tools/invoke: gateway.tools opens and closes, and policy still counts", async () => {
  await withTools(async (invoke) => {
    assertEquals((await invoke({ tool: "cron", action: "status" })).status, 200);
    assertEquals(
      failure(await invoke({ tool: "cron" })),
      "400 tool_error action required",
    );
    assertEquals((await invoke({ tool: "nodes", action: "status" })).status, 404);
  }, allowing("Cron"));
  await withTools(async (invoke) => {
    assertEquals((await invoke({ tool: "cron", action: "status" })).status, 404);
    assertEquals((await invoke({ tool: "sessions_list" })).status, 404);
    assertEquals((await invoke({ tool: "agents_list" })).status, 200);
  }, { gateway: { mode: "local", tools: { allow: ["cron"], deny: ["cron", "sessions_*"] } } });
  await withTools(async (invoke) => {
    const denied = await invoke({ tool: "agents_list" });
    assertEquals(failure(denied), "404 not_found Tool not available: agents_list");
    assertEquals(denied.body.error.hint, "openclaw config get tools");
    assertEquals((await invoke({ tool: "session_status" })).status, 200);
  }, { tools: { profile: "minimal" } });
});

Deno.test("/tools/invoke: a dry run checks everything and does nothing", () =>
  withTools(async (invoke, { socket }) => {
    const job = {
      name: "j",
      schedule: { kind: "every", everyMs: 60_000 },
      payload: { kind: "systemEvent", text: "x" },
      sessionTarget: "main",
    };
    const dry = await invoke({ tool: "cron", action: "add", args: { job }, dryRun: true });
    assertEquals(dry.body, {
      ok: true,
      dryRun: true,
      result: {
        content: [],
        details: { tool: "cron", sessionKey: "agent:main:main", agentId: "main" },
      },
    });
    assertEquals((await socket.call("cron.list", {})).payload.jobs, []);
    const bad = await invoke({ tool: "cron", args: {}, dryRun: true });
    assertEquals(failure(bad), "400 tool_error action required");
    const real = await invoke({ tool: "cron", action: "add", args: { job } });
    assertEquals([real.status, real.body.result.details.name], [200, "j"]);
    assertEquals((await socket.call("cron.list", {})).payload.jobs.length, 1);
  }, allowing("cron")));

Deno.test("/tools/invoke: cron adds, changes, runs and removes jobs", () =>
  withTools(async (invoke, { socket }) => {
    const cron = async (action: string, args: Frame = {}, headers: Record<string, string> = {}) => {
      const { status, body } = await invoke({ tool: "cron", action, args }, headers);
      assertEquals(status, 200, JSON.stringify(body));
      return body.result.details;
    };
    await say(socket, "about whales");
    const reminder = await cron("add", {
      contextMessages: 2,
      job: {
        schedule: { kind: "at", at: "2099-01-01T00:00:00Z" },
        payload: { kind: "systemEvent", text: "look again" },
        sessionTarget: "main",
      },
    });
    assertEquals([reminder.name, reminder.agentId], ["look again", "main"]);
    assertMatch(reminder.payload.text, /^look again\n\nRecent context:\n- User: about whales\n/);
    const turn = await cron("add", {
      job: {
        name: "turn",
        schedule: { kind: "every", everyMs: 3_600_000 },
        payload: { kind: "agentTurn", message: "hi" },
        sessionTarget: "isolated",
      },
    }, { "x-openclaw-message-channel": "Telegram", "x-openclaw-message-to": "7" });
    assertEquals(turn.delivery, { mode: "announce", channel: "telegram", to: "7" });
    await cron("update", { jobId: turn.id, patch: { enabled: false } });
    assertEquals((await cron("get", { id: turn.id })).enabled, false);
    assertEquals((await cron("list")).jobs.length, 1);
    assertEquals((await cron("list", { includeDisabled: true })).jobs.length, 2);
    assertEquals((await cron("remove", { jobId: turn.id })).removed, true);
    assertEquals((await cron("wake", { text: "something happened" })).ok, true);
    const gone = await invoke({ tool: "cron", action: "get", args: { jobId: turn.id } });
    assertEquals([gone.status, gone.body.error.code], [400, "CRON_JOB_NOT_FOUND"]);
  }, allowing("cron")));

Deno.test("/tools/invoke: gateway shows and changes the configuration, but not who approves commands", () =>
  withTools(async (invoke, { socket }) => {
    const gateway = (action: string, args: Frame = {}) => invoke({ tool: "gateway", action, args });
    const shown = (await gateway("config.get")).body.result.details;
    assertEquals([shown.ok, shown.result.valid], [true, true]);
    assert(!JSON.stringify(shown).includes("provider-key-1234"));
    const looked = await gateway("config.schema.lookup", { path: "gateway.port" });
    assertEquals(looked.body.result.details.result.path, "gateway.port");
    const raw = (patch: unknown) => ({ raw: JSON.stringify(patch) });
    const ok = await gateway("config.patch", raw({ session: { dmScope: "per-peer" } }));
    assertEquals(ok.body.result.details.result.config.session.dmScope, "per-peer");
    const forbidden: [action: string, patch: Frame, path: string][] = [
      ["config.patch", { tools: { exec: { ask: "off" } } }, "tools.exec.ask"],
      ["config.patch", { tools: { exec: { security: "full" } } }, "tools.exec.security"],
      ["config.patch", { tools: { exec: null } }, "tools.exec.security"],
      ["config.patch", { tools: null }, "tools.exec.security"],
      ["config.patch", { tools: { elevated: { enabled: true } } }, "tools.elevated"],
      [
        "config.patch",
        { agents: { list: [{ id: "main", tools: { exec: { ask: "off" } } }] } },
        "agents.list.main.tools.exec.ask",
      ],
      ["config.apply", { gateway: { mode: "local" } }, "tools.exec.security"],
    ];
    const before = (await socket.call("config.get", {})).payload.hash;
    for (const [action, patch, path] of forbidden) {
      const refused = await gateway(action, raw(patch));
      assertEquals(
        failure(refused),
        `403 tool_error gateway ${action} cannot change protected config: ${path}`,
      );
    }
    const stale = await gateway("config.patch", { ...raw({ ui: {} }), baseHash: "0".repeat(64) });
    assertEquals([stale.status, stale.body.error.code], [400, "CONFIG_CHANGED"]);
    assertEquals((await socket.call("config.get", {})).payload.hash, before);
    const restart = await gateway("restart");
    assertEquals([restart.status, restart.body.error.message], [500, "tool execution failed"]);
    assertEquals(restart.body.error.code, "NOT_SUPPORTED");
  }, { ...allowing("gateway"), tools: { exec: { security: "allowlist" } } }));

Deno.test("/tools/invoke: sessions_send begins a turn elsewhere and brings its answer back", () =>
  withTools(async (invoke, { socket }) => {
    const send = async (args: Frame) => {
      const { status, body } = await invoke({ tool: "sessions_send", args });
      assertEquals(status, 200, JSON.stringify(body));
      return body.result.details;
    };
    const sent = await send({ sessionKey: "main", message: "hello" });
    assertEquals([sent.status, sent.sessionKey], ["ok", "agent:main:main"]);
    assertMatch(sent.reply, /sourceSession=agent:main:main sourceTool=sessions_send isUser=false/);
    assertMatch(sent.reply, /\nhello$/);
    assertEquals((await send({ message: "x" })).error, "Either sessionKey or label is required");
    assertEquals(
      (await send({ sessionKey: "agent:main:other", message: "x" })).status,
      "forbidden",
    );
    await socket.call("sessions.patch", { key: "main", label: "Home" });
    const accepted = await send({ label: "Home", message: "later", timeoutSeconds: 0 });
    assertEquals(accepted.status, "accepted");
    await socket.event("chat", ({ runId, state }) => runId === accepted.runId && state === "final");
    assertEquals(
      (await send({ label: "None", message: "x" })).error,
      "No session found with label: None",
    );
    const late = await send({ label: "Home", message: "x", timeoutSeconds: 0.001 });
    assert(["timeout", "ok"].includes(late.status));
  }, allowing("sessions_send")));

Deno.test("/tools/invoke: a caller that goes away stops waiting, and the turn goes on", () =>
  withTools(async (_invoke, { gateway, socket }) => {
    const caller = new AbortController();
    // The provider answers "wait", and only a message that is just that, with silence.
    const held = await socket.call("chat.send", {
      sessionKey: "main",
      message: "wait",
      idempotencyKey: "held",
    });
    assertEquals(held.payload.status, "started");
    const calling = fetch(`${gateway.httpUrl}/tools/invoke`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({
        tool: "sessions_send",
        args: { sessionKey: "main", message: "behind it", timeoutSeconds: 600 },
      }),
      signal: caller.signal,
    }).then(() => "answered", () => "gone");
    const { runs } = gateway.gateway.state;
    await waitUntil(
      "the second run",
      () => Promise.resolve(runs.activeOf("agent:main:main").length === 2),
    );
    caller.abort();
    assertEquals(await calling, "gone");
    assertEquals(runs.activeOf("agent:main:main").length, 2);
    await socket.call("chat.abort", { sessionKey: "main" });
  }, allowing("sessions_send")));

Deno.test("/tools/invoke: nodes lists, describes and invokes", () =>
  withTools(async (invoke, { gateway }) => {
    const nodes = (action: string, args: Frame = {}) => invoke({ tool: "nodes", action, args });
    assertEquals((await nodes("status")).body.result.details.nodes, []);
    assertEquals(failure(await nodes("describe")), "400 tool_error node required");
    assertEquals(
      failure(await nodes("describe", { node: "x" })),
      "400 tool_error unknown node: x",
    );
    await using node = await TestNode.connect(gateway.wsUrl);
    const nodeId = node.id;
    const described = await nodes("describe", { node: nodeId });
    assertEquals(described.body.result.details.nodeId, nodeId);
    const bad = await nodes("invoke", {
      node: nodeId,
      invokeCommand: "system.which",
      invokeParamsJson: "[1]",
    });
    assertEquals(failure(bad), "400 tool_error invokeParamsJson must be a JSON object");
    const asked = nodes("invoke", {
      node: "BOX",
      invokeCommand: "system.which",
      invokeParamsJson: '{"bins":["a"]}',
    });
    await node.answer({ ok: true, payload: { found: ["/bin/a"] } });
    assertEquals((await asked).body.result.details.payload, { found: ["/bin/a"] });
    const refused = await nodes("invoke", { node: nodeId, invokeCommand: "no.such" });
    assertEquals([refused.status, refused.body.error.code], [403, "NODE_COMMAND_NOT_ALLOWED"]);
  }, allowing("nodes")));

Deno.test("/tools/invoke: calls are logged by name and outcome, never with what was said", async () => {
  const lines: string[] = [];
  await withTools(
    async (invoke) => {
      await invoke({ tool: "sessions_history", args: { sessionKey: "private-thing" } });
      await invoke({ tool: 'x"\n\u001b[31m', args: { secret: "private-thing" } });
    },
    {},
    lines,
  );
  const calls = lines.filter((line) => line.startsWith("tool "));
  assertMatch(calls[0]!, /^tool "sessions_history": ok after \d+ms$/);
  assertMatch(calls[1]!, /^tool "x\\"\\n\\u001b\[31m": TOOL_NOT_FOUND after \d+ms$/);
  assert(!lines.join("\n").includes("private-thing"));
});

Deno.test("/tools/invoke: who is no owner lacks the owner's tools, also where the list opens them", () =>
  withProxy(async (call) => {
    const scoped = { "x-openclaw-scopes": "operator.write" };
    assertEquals((await call({ tool: "cron", action: "status" })).status, 200);
    const denied = await call({ tool: "cron", action: "status" }, scoped);
    assertEquals(failure(denied), "404 not_found Tool not available: cron");
    assertEquals((await call({ tool: "agents_list" }, scoped)).status, 200);
    const reader = await call({ tool: "agents_list" }, { "x-openclaw-scopes": "operator.read" });
    assertEquals(
      [reader.status, reader.body.error.message],
      [403, "missing scope: operator.write"],
    );
  }));

/** A gateway without authentication, whose callers may state their scopes. */
async function withProxy(test: (invoke: Invoke) => Promise<void>): Promise<void> {
  await using gateway = await TestGateway.start({
    config: allowing("cron"),
    secret: { mode: "none" },
  });
  await test(invoker(gateway));
}

Deno.test("tools.catalog, tools.effective and tools.invoke say the same as HTTP", () =>
  withTools(async (_invoke, { socket }) => {
    const call = async (method: string, params: Frame = {}) =>
      (await socket.call(method, params)).payload;
    const { groups } = await call("tools.catalog");
    assertEquals(groups.map(({ id }: Frame) => id), ["sessions", "automation", "nodes", "agents"]);
    const cron = groups[1].tools.find(({ id }: Frame) => id === "cron");
    assertEquals(cron.defaultProfiles, ["coding"]);
    const effective = await call("tools.effective", { sessionKey: "main" });
    assertEquals(effective.profile, "messaging");
    assertEquals(effective.groups[0].tools.map(({ id }: Frame) => id), [
      "session_status",
      "sessions_history",
      "sessions_list",
      "sessions_send",
    ]);
    const status = await call("tools.invoke", { name: "session_status" });
    assertEquals([status.ok, status.toolName, status.source], [true, "session_status", "core"]);
    assertEquals(status.output.details.sessionKey, "agent:main:main");
    assertEquals(await call("tools.invoke", { name: "sessions_send", args: {} }), {
      ok: false,
      toolName: "sessions_send",
      error: { code: "not_found", message: "Tool not available: sessions_send" },
    });
  }, { tools: { profile: "messaging" } }));

Deno.test("/tools/invoke: 1,500 random bodies get an answer of the table, none the tool's own failure", () =>
  withTools(async (invoke) => {
    const seed = Number(Deno.env.get("OPENCLAW_FUZZ_SEED") ?? 20_260_512);
    console.log(`seed ${seed}`);
    const next = randomNumbers(seed);
    const pick = <T>(values: readonly T[]) => values[Math.floor(next() * values.length)]!;
    const value = (depth: number): unknown =>
      pick<() => unknown>([
        () => null,
        () => pick([0, -1, 1.5, 1e308, 2 ** 53]),
        () => pick(["", "main", "agent:main:main", "agent:x", "\u0000", "../..", "x".repeat(600)]),
        () => pick([true, false]),
        () => depth > 2 ? [] : [value(depth + 1), value(depth + 1)],
        () => depth > 2 ? {} : { [pick(NAMES)]: value(depth + 1), [pick(NAMES)]: value(depth + 1) },
      ])();
    for (let count = 0; count < 1500; count++) {
      const body: Frame = { tool: pick([...TOOLS, ...TOOLS, value(0)]), args: value(0) };
      for (const name of ["sessionKey", "agentId", "action", "idempotencyKey", "dryRun"]) {
        if (next() < 0.2) body[name] = value(1);
      }
      if (next() < 0.6) {
        body.args = Object.fromEntries(NAMES.filter(() => next() < 0.3).map((n) => [n, value(1)]));
      }
      const text = JSON.stringify(body);
      const { status, body: answer } = await invoke(text);
      assert([200, 400, 403, 404].includes(status), `${status} for ${text}`);
      assertEquals(answer.ok, status === 200, text);
      if (status !== 200) assert(answer.error.type && answer.error.message, text);
    }
  }, { ...allowing("cron", "nodes"), tools: { sessions: { visibility: "all" } } }));

const TOOLS = [
  ...["agents_list", "sessions_list", "sessions_history", "session_status", "cron", "nodes"],
];
const NAMES = [
  ...["action", "sessionKey", "limit", "kinds", "messageLimit", "search", "label", "agentId"],
  ...["activeMinutes", "includeTools", "model", "job", "jobId", "patch", "text", "mode", "node"],
  ...["invokeCommand", "invokeParamsJson", "requestId", "title", "__proto__", "constructor"],
];

/** Numbers from 0 to 1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

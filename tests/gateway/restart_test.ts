/**
 * Restarts of a real process: told to clients, after the work in flight, on the same port.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RunningGateway, waitUntil } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const PROGRAM = await sourceProgram();

interface Context {
  world: World;
  gateway: RunningGateway;
  url: string;
}

async function withProcess(
  test: (context: Context) => Promise<void>,
  config: Frame = {},
): Promise<void> {
  await using world = await World.create(PROGRAM);
  await writeConfig(world, config);
  await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  await test({ world, gateway, url: `ws://127.0.0.1:${world.port}` });
  assertEquals((await gateway.stop()).code, 0);
  assertEquals(await world.find(/\.lock$/), []);
}

function writeConfig(world: World, config: Frame): Promise<void> {
  const text = JSON.stringify({ gateway: { mode: "local" }, ...config });
  return Deno.writeTextFile(`${world.root}/state/openclaw.json`, text);
}

/** Connects as soon as the gateway is back. */
async function reconnect(world: World, url: string): Promise<TestSocket> {
  let socket: TestSocket | undefined;
  await waitUntil("the gateway to be back", async () => {
    socket = await TestSocket.connect(url, world.token).catch(() => undefined);
    return socket !== undefined;
  });
  return socket!;
}

Deno.test("gateway.restart.request: clients are told, cut off with 1012, and soon back", async () => {
  await withProcess(async ({ world, gateway, url }) => {
    await using socket = await TestSocket.connect(url, world.token);
    const preflight = await socket.call("gateway.restart.preflight");
    assertEquals([preflight.payload.safe, preflight.payload.summary], [
      true,
      "safe to restart now",
    ]);
    const open = socket.request("exec.approval.request", { command: "ls", id: "open" });
    await socket.response(open);
    const { payload } = await socket.call("gateway.restart.request", { reason: "test" });
    assertEquals([payload.ok, payload.status, payload.restart.pid], [
      true,
      "scheduled",
      gateway.pid,
    ]);
    const told = await socket.event("shutdown");
    assertEquals(told.payload, { reason: "gateway restarting", restartExpectedMs: 1500 });
    assertEquals(await socket.closed, { code: 1012, reason: "service restart" });

    await using again = await reconnect(world, url);
    assertEquals((await again.call("health")).payload.ok, true);
    // The next one has to wait a while.
    const next = await again.call("gateway.restart.request", {});
    assertEquals(next.payload.status, "scheduled");
    assert(next.payload.restart.delayMs > 20_000, JSON.stringify(next.payload.restart));
    const joined = await again.call("gateway.restart.request", { reason: "another" });
    assertEquals([joined.payload.status, joined.payload.restart.coalesced], ["coalesced", true]);
  });
});

Deno.test("gateway.restart.request: a run in flight is finished first", async () => {
  await using provider = new FakeProvider();
  await withProcess(async ({ world, url }) => {
    await using socket = await TestSocket.connect(url, world.token);
    const run = socket.request("agent", { message: "wait", idempotencyKey: "run-1" });
    await socket.response(run);
    await socket.event("agent", ({ stream }) => stream === "assistant");
    const { payload } = await socket.call("gateway.restart.request", {});
    assertEquals([payload.status, payload.preflight.blockers[0].kind], [
      "deferred",
      "embedded-run",
    ]);
    const short = socket.request("agent", {
      message: "short",
      idempotencyKey: "run-2",
      sessionKey: "agent:main:other",
    });
    await socket.response(short);
    assertEquals((await socket.response(short)).payload.status, "ok");
    assertEquals(socket.events("shutdown"), []);

    await socket.call("chat.abort", { sessionKey: "main", runId: "run-1" });
    await socket.event("shutdown");
    const ended = await socket.response(run);
    assertEquals(ended.payload.stopReason, "rpc", "aborted by its client, not by the restart");
    await using again = await reconnect(world, url);
    const { payload: history } = await again.call("chat.history", {
      sessionKey: "agent:main:other",
    });
    assertMatch(JSON.stringify(history.messages), /echo: short/);
  }, provider.config);
});

/** Restarts a process whose config was changed by hand. */
async function restartWith({ world, url }: Context, text: string): Promise<TestSocket> {
  await Deno.writeTextFile(`${world.root}/state/openclaw.json`, text);
  await using socket = await TestSocket.connect(url, world.token);
  await socket.call("gateway.restart.request", { skipDeferral: true });
  await socket.closed;
  return await reconnect(world, url);
}

Deno.test("gateway.restart.request: the next life reads the config", async () => {
  await withProcess(async (context) => {
    const config = { gateway: { mode: "local" }, agents: { list: [{ id: "ops" }] } };
    await using socket = await restartWith(context, JSON.stringify(config));
    assertEquals((await socket.call("agents.list")).payload.defaultId, "ops");
  });
});

Deno.test("gateway.restart.request: a config that went bad meanwhile ends nothing", async () => {
  await withProcess(async (context) => {
    await using socket = await restartWith(context, "{ gateway: ");
    assertEquals((await socket.call("agents.list")).payload.defaultId, "ops");
    assertEquals((await socket.call("health")).payload.ok, true);
  }, { agents: { list: [{ id: "ops" }] } });
});

Deno.test("gateway.restart.request: counts as a write of the configuration", async () => {
  await withProcess(async ({ world, url }) => {
    await using socket = await TestSocket.connect(url, world.token);
    const patch = () => socket.call("config.patch", { raw: "[]" });
    for (let turn = 0; turn < 3; turn++) assertEquals((await patch()).ok, false);
    const { error } = await socket.call("gateway.restart.request", {});
    assertEquals([error.code, error.retryable, error.details.limit], [
      "UNAVAILABLE",
      true,
      "3 per 60s",
    ]);
    assertMatch(error.message, /^rate limit exceeded for gateway\.restart\.request; retry after/);
  });
});

Deno.test("config.patch that restarts tells the session that asked, with its note", async () => {
  await using provider = new FakeProvider();
  await withProcess(async ({ world, url }) => {
    await using socket = await TestSocket.connect(url, world.token);
    const { payload: before } = await socket.call("config.get");
    const { payload } = await socket.call("config.patch", {
      raw: JSON.stringify({ discovery: { mdns: { mode: "off" } } }),
      baseHash: before.hash,
      sessionKey: "agent:main:ops",
      note: "mdns is off now",
      restartDelayMs: 0,
    });
    const path = `${world.root}/state/restart-sentinel.json`;
    assertEquals([payload.sentinel.path, payload.sentinel.payload.message], [
      path,
      "mdns is off now",
    ]);
    await socket.event("shutdown");
    await using again = await reconnect(world, url);
    await waitUntil("the report", async () => {
      const { payload } = await again.call("chat.history", { sessionKey: "agent:main:ops" });
      return payload.messages.length >= 2;
    });
    assert(JSON.stringify(provider.calls.at(-1)).includes("mdns is off now"));
    assertEquals(await world.find(/restart-sentinel/), []);
  }, provider.config);
});

Deno.test("a restart onto a port that is taken serves on the port of before, and says so", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  // Without the variable the configuration decides about the port.
  await using world = await World.create(PROGRAM, { OPENCLAW_GATEWAY_PORT: "" });
  const at = (port: number) => ({ gateway: { mode: "local", bind: "loopback", port } });
  await writeConfig(world, at(world.port));
  await using gateway = new RunningGateway(world, ["gateway", "run"]);
  await gateway.ready();
  const url = `ws://127.0.0.1:${world.port}`;
  {
    await using socket = await TestSocket.connect(url, world.token);
    await writeConfig(world, at(taken.addr.port));
    await socket.closed;
  }
  const back = await reconnect(world, url);
  await using again = back;
  const { payload } = await again.call("logs.tail", { limit: 100 });
  const lines = payload.lines.join("\n");
  assertMatch(lines, /gateway startup failed: .*Serving with the configuration of before/);
  assertEquals((await again.call("health")).payload.ok, true);
  assertEquals((await gateway.stop()).code, 0);
});

Deno.test("a restart that cannot start stays alive until it can", async () => {
  await using world = await World.create(PROGRAM);
  const file = `${world.root}/gateway.log`;
  await writeConfig(world, { logging: { file } });
  await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  const url = `ws://127.0.0.1:${world.port}`;
  const [database] = await world.find(/\.sqlite$|\.db$/);
  assert(database !== undefined);
  {
    await using socket = await TestSocket.connect(url, world.token);
    await Deno.rename(database, `${database}.away`);
    await Deno.mkdir(database);
    await socket.call("gateway.restart.request", { skipDeferral: true });
    await socket.closed;
  }
  await gateway.wait("the failure to be told", async () => {
    return (await Deno.readTextFile(file)).includes("Process will stay alive and tries again in");
  });
  await Deno.remove(database);
  await Deno.rename(`${database}.away`, database);
  const back = await reconnect(world, url);
  await using again = back;
  assertEquals((await again.call("health")).payload.ok, true);
  assertEquals((await gateway.stop()).code, 0);
});

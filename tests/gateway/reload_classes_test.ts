/**
 * Every class of reload does what the reference says of it, on a gateway that runs: a sample of keys.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { RunningGateway, waitUntil } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { reloadClassOf } from "../../lib/config/schema/mod.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const PROGRAM = await sourceProgram();

interface Context {
  world: World;
  socket: TestSocket;
  /** Lays a change over the file, as somebody's editor does. */
  edit(change: Frame): Promise<void>;
  result(method: string, params?: Frame): Promise<Frame>;
}

/** A real process on a config that tests edit. */
async function withProcess(
  config: Frame,
  test: (context: Context) => Promise<void>,
): Promise<void> {
  await using world = await World.create(PROGRAM);
  const path = `${world.root}/state/openclaw.json`;
  let current: Frame = { gateway: { mode: "local", reload: { debounceMs: 0 } }, ...config };
  const write = () => Deno.writeTextFile(path, JSON.stringify(current));
  await write();
  await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
  await test({
    world,
    socket,
    edit: async (change) => {
      current = { ...current, ...change };
      await write();
    },
    result: async (method, params = {}) => {
      const { ok, payload, error } = await socket.call(method, params);
      assert(ok, JSON.stringify(error));
      return payload;
    },
  });
  assertEquals((await gateway.stop()).code, 0);
}

Deno.test("a live key is what the next request sees, and no connection is lost", async () => {
  await using provider = new FakeProvider();
  const { agents, models } = provider.config as Record<string, Frame>;
  for (const path of ["agents.list", "models.providers", "cron.enabled", "ui.seamColor"]) {
    assertEquals(reloadClassOf(path), "live", path);
  }
  await withProcess({}, async ({ socket, edit, result }) => {
    await edit({ agents: { ...agents, list: [{ id: "ops" }] }, models, cron: { enabled: false } });
    await waitUntil("agents.list", async () => (await result("agents.list")).defaultId === "ops");
    assertEquals((await result("cron.status")).enabled, false);
    const idempotencyKey = "turn";
    await result("agent", { message: "hi", idempotencyKey });
    const ended = await result("agent.wait", { runId: idempotencyKey, timeoutMs: 10_000 });
    assertEquals([ended.status, provider.calls.length], ["ok", 1]);
    await edit({ cron: { enabled: true }, ui: { seamColor: "#112233" } });
    await waitUntil("cron.status", async () => (await result("cron.status")).enabled === true);
    assertEquals((await result("config.get")).runtimeConfig.ui.seamColor, "#112233");
    assertEquals(socket.events("shutdown"), []);
  });
});

Deno.test("a live key with a part of its own takes that part along: heartbeats begin and end", async () => {
  await using provider = new FakeProvider();
  const { agents, models } = provider.config as { agents: Frame; models: Frame };
  await withProcess({ agents, models }, async ({ socket, edit, result }) => {
    const every = async () => (await result("status")).heartbeat.agents[0].every;
    const before = await every();
    const defaults = { ...agents.defaults, heartbeat: { every: "7m" } };
    await edit({ agents: { defaults } });
    await waitUntil("the heartbeat", async () => await every() === "7m");
    await edit({ agents });
    await waitUntil("its end", async () => await every() === before);
    assertEquals(socket.events("shutdown"), []);
  });
});

Deno.test("a key of a channel restarts no gateway", async () => {
  assertEquals(reloadClassOf("channels.irc.nick"), "channel");
  await withProcess({}, async ({ socket, edit, result }) => {
    await edit({ channels: { irc: { enabled: false, host: "irc.example.org", nick: "claw" } } });
    await waitUntil("the nick", async () => {
      return (await result("config.get")).runtimeConfig.channels?.irc?.nick === "claw";
    });
    assertEquals(socket.events("shutdown"), []);
  });
});

for (
  const [path, change] of [
    ["discovery.mdns.mode", { discovery: { mdns: { mode: "off" } } }],
    ["env.vars", { env: { vars: { SOME_VARIABLE: "there" } } }],
  ] as const
) {
  Deno.test(`a key that restarts the gateway does so and is in force afterwards: ${path}`, async () => {
    assertEquals(reloadClassOf(path), "restart");
    await withProcess({}, async ({ world, socket, edit }) => {
      await edit({ ...change, ui: { assistant: { name: "${SOME_VARIABLE}" } } });
      await socket.event("shutdown");
      assertEquals((await socket.closed).code, 1012);
      await waitUntil("the gateway to be back", async () => {
        const url = `ws://127.0.0.1:${world.port}`;
        const again = await TestSocket.connect(url, world.token).catch(() => undefined);
        if (again === undefined) return false;
        const { payload } = await again.call("config.get");
        await again[Symbol.asyncDispose]();
        const [section] = Object.keys(change);
        assert(payload.runtimeConfig[section!] !== undefined, "the change is not in force");
        const name = payload.runtimeConfig.ui.assistant.name;
        assertEquals(name, section === "env" ? "there" : "${SOME_VARIABLE}");
        return true;
      });
    });
  });
}

Deno.test("with gateway.reload.mode hot, a key that needs a restart waits for one", async () => {
  const gateway = { mode: "local", reload: { debounceMs: 0, mode: "hot" } };
  await withProcess({ gateway }, async ({ socket, edit, result }) => {
    await edit({ discovery: { mdns: { mode: "off" } }, agents: { list: [{ id: "ops" }] } });
    await waitUntil("the live part", async () => (await result("agents.list")).defaultId === "ops");
    assertEquals(socket.events("shutdown"), []);
  });
});

/**
 * A configuration that is changed by hand while the gateway runs.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RunningGateway, waitUntil } from "../../scripts/harness/gateway.ts";
import { freePort } from "../../scripts/harness/ports.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const PROGRAM = await sourceProgram();
const BASE = { gateway: { mode: "local", reload: { debounceMs: 0 } } };

/** A gateway that watches its files, and its `config.get`. */
async function watched(
  test: (context: {
    path: string;
    socket: TestSocket;
    write(value: unknown): Promise<void>;
    config(): Promise<Frame>;
    until(what: string, holds: (config: Frame) => boolean): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  await using gateway = await TestGateway.start({ config: BASE, watchMs: 20 });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const path = `${gateway.stateDir}/openclaw.json`;
  const config = async () => (await socket.call("config.get")).payload;
  await test({
    path,
    socket,
    config,
    write: (value) =>
      Deno.writeTextFile(path, typeof value === "string" ? value : JSON.stringify(value)),
    until: (what, holds) => waitUntil(what, async () => holds(await config()), 10_000),
  });
}

Deno.test("a hand edit comes into force, also of a file that was not there before", async () => {
  await watched(async ({ path, write, until, socket }) => {
    await write({ ...BASE, agents: { list: { $include: "./agents.json5" } } });
    await until(
      "the missing include to be told",
      ({ rejected }) => rejected?.issues[0].path === "agents.list.$include",
    );
    await Deno.writeTextFile(path.replace("openclaw.json", "agents.json5"), "[{ id: 'ops' }]");
    await until("the agents", ({ runtimeConfig }) => runtimeConfig.agents?.list[0].id === "ops");
    assertEquals((await socket.call("agents.list")).payload.defaultId, "ops");
    await Deno.writeTextFile(path.replace("openclaw.json", "agents.json5"), "[{ id: 'dev' }]");
    await until("the change", ({ runtimeConfig }) => runtimeConfig.agents?.list[0].id === "dev");
  });
});

Deno.test("a bad file is shown by status and config.get until it is mended", async () => {
  await watched(async ({ write, until, config, socket }) => {
    assertEquals((await config()).rejected, undefined);
    await write('{"gateway":{"mode":"local","port":"many"}}');
    await until("the refusal", ({ rejected }) => rejected !== undefined);
    const { rejected, hash, valid, runtimeConfig } = await config();
    assertEquals([valid, rejected.hash, runtimeConfig.gateway.mode], [false, hash, "local"]);
    assertMatch(rejected.message, /^gateway\.port: /);
    const { payload } = await socket.call("status");
    assertEquals(payload.rejectedConfig, rejected);
    await write(BASE);
    await until("the mended file", (now) => now.rejected === undefined);
  });
});

Deno.test("a variable of the state's .env changes what the same text says", async () => {
  await watched(async ({ path, write, until }) => {
    await write({ ...BASE, agents: { list: [{ id: "a", name: "${AGENT_NAME}" }] } });
    await until(
      "the text",
      ({ runtimeConfig }) => runtimeConfig.agents?.list[0].name === "${AGENT_NAME}",
    );
    for (const name of ["One", "Two"]) {
      await Deno.writeTextFile(path.replace("openclaw.json", ".env"), `AGENT_NAME=${name}`);
      await until(name, ({ runtimeConfig }) => runtimeConfig.agents.list[0].name === name);
    }
  });
});

Deno.test("a write of a client is not applied again, and one on a changed file is refused", async () => {
  await watched(async ({ write, config, until, socket }) => {
    const { hash } = await config();
    const raw = JSON.stringify({ agents: { list: [{ id: "x" }] } });
    await write({ ...BASE, messages: { responsePrefix: "p" } });
    const stale = await socket.call("config.patch", { raw, baseHash: hash });
    assertMatch(stale.error.message, /^config changed since last load/);
    await until("the hand edit", ({ runtimeConfig }) => runtimeConfig.messages !== undefined);
    const patch = await socket.call("config.patch", { raw, baseHash: (await config()).hash });
    assert(patch.ok, JSON.stringify(patch.error));
    const { runtimeConfig } = await config();
    assertEquals([runtimeConfig.messages.responsePrefix, runtimeConfig.agents.list[0].id], [
      "p",
      "x",
    ]);
  });
});

/** A gateway process whose config file has this text, and that has run before with a good one. */
async function restartedWith(
  text: string,
  args: readonly string[],
  test: (gateway: RunningGateway, world: World) => Promise<void>,
): Promise<void> {
  await using world = await World.create(PROGRAM);
  const path = `${world.root}/state/openclaw.json`;
  await Deno.writeTextFile(path, JSON.stringify({ ...BASE, agents: { list: [{ id: "kept" }] } }));
  {
    await using first = new RunningGateway(world, ["gateway", "run"]);
    await first.ready();
    assertEquals((await first.stop()).code, 0);
  }
  await Deno.writeTextFile(path, text);
  await using gateway = new RunningGateway(world, ["gateway", "run", ...args]);
  await test(gateway, world);
}

Deno.test("a start with an invalid file serves the last accepted one, and takes a mended one", async () => {
  await restartedWith("{ gateway: ", [], async (gateway, world) => {
    await gateway.ready();
    await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
    assertEquals((await socket.call("agents.list")).payload.defaultId, "kept");
    const { payload } = await socket.call("config.get");
    assertMatch(payload.rejected.message, /unexpected end of file/);
    assertEquals(payload.runtimeConfig.agents.list[0].id, "kept");
    await Deno.writeTextFile(
      `${world.root}/state/openclaw.json`,
      JSON.stringify({ ...BASE, agents: { list: [{ id: "mended" }] } }),
    );
    await waitUntil(
      "the mended file",
      async () => (await socket.call("agents.list")).payload.defaultId === "mended",
      10_000,
    );
    assertEquals((await socket.call("config.get")).payload.rejected, undefined);
  });
});

Deno.test("a start with --strict-config refuses an invalid file", async () => {
  await restartedWith('{"gateway":{"port":"many"}}', ["--strict-config"], async (gateway) => {
    assertEquals((await gateway.stop("SIGCONT")).code, 78);
  });
});

Deno.test("a hand edit of the port restarts the gateway, one that it could not start with does not", async () => {
  await using world = await World.create(PROGRAM, { OPENCLAW_GATEWAY_PORT: "" });
  const path = `${world.root}/state/openclaw.json`;
  const at = (port: number, more: Frame = {}) =>
    Deno.writeTextFile(
      path,
      JSON.stringify({ gateway: { ...BASE.gateway, port, ...more } }),
    );
  await at(world.port);
  await using gateway = new RunningGateway(world, ["gateway", "run"]);
  await gateway.ready();
  await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
  await at(world.port, { mode: "remote" });
  await waitUntil(
    "the refusal",
    async () => (await socket.call("config.get")).payload.rejected !== undefined,
  );
  const { payload } = await socket.call("config.get");
  assertMatch(payload.rejected.message, /set gateway\.mode=local \(current: remote\)/);
  const port = freePort();
  await at(port);
  const told = await socket.event("shutdown");
  assertEquals(told.payload.reason, "gateway restarting");
  let moved: TestSocket | undefined;
  await waitUntil("the new port", async () => {
    moved = await TestSocket.connect(`ws://127.0.0.1:${port}`, world.token).catch(() => undefined);
    return moved !== undefined;
  });
  assertEquals((await moved!.call("health")).ok, true);
  await moved![Symbol.asyncDispose]();
});

Deno.test("a client's patch of an included section changes the included file", async () => {
  await watched(async ({ path, write, until, config, socket }) => {
    const included = path.replace("openclaw.json", "agents.json5");
    await Deno.writeTextFile(included, "{ list: [{ id: 'ops' }] } // mine\n");
    const text = JSON.stringify({ ...BASE, agents: { $include: "./agents.json5" } });
    await write(text);
    await until("the agents", ({ runtimeConfig }) => runtimeConfig.agents !== undefined);
    const raw = JSON.stringify({ agents: { list: [{ id: "ops", name: "Operations" }] } });
    const patch = await socket.call("config.patch", { raw, baseHash: (await config()).hash });
    assert(patch.ok, JSON.stringify(patch.error));
    assertEquals(await Deno.readTextFile(path), text);
    const after = await Deno.readTextFile(included);
    assertMatch(after, /Operations.*\/\/ mine/s);
    assertEquals((await config()).runtimeConfig.agents.list[0].name, "Operations");
  });
});

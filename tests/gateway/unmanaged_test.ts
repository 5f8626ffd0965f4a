/**
 * A gateway in the foreground, driven by the commands that usually drive a service, and by signals.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunningGateway, waitUntil } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { FakeProvider } from "../harness/provider.ts";
import { TestSocket } from "../harness/socket.ts";

const PROGRAM = await sourceProgram();

async function withGateway(
  test: (world: World, gateway: RunningGateway) => Promise<void>,
  config: Record<string, unknown> = {},
): Promise<void> {
  await using world = await World.create(PROGRAM);
  await writeConfig(world, config);
  await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  await test(world, gateway);
}

function writeConfig(world: World, config: Record<string, unknown>): Promise<void> {
  const text = JSON.stringify({ gateway: { mode: "local" }, ...config });
  return Deno.writeTextFile(`${world.root}/state/openclaw.json`, text);
}

Deno.test("gateway stop ends a gateway in the foreground; start and restart tell of none", async () => {
  await withGateway(async (world, gateway) => {
    const start = await world.run("gateway", "start");
    assertEquals(start.code, 0, start.stderr);
    assertStringIncludes(
      start.stdout,
      `Gateway runs already, unmanaged, on port ${world.port}: ${gateway.pid}.`,
    );
    const stop = await world.run("gateway", "stop", "--json");
    assertEquals(stop.code, 0, stop.stdout);
    const answer = JSON.parse(stop.stdout);
    assertEquals([answer.ok, answer.result, answer.message], [
      true,
      "stopped",
      `Gateway stop signal sent to unmanaged process on port ${world.port}: ${gateway.pid}.`,
    ]);
    assertEquals((await gateway.stop()).code, 0);
    const restart = await world.run("gateway", "restart");
    assertEquals([restart.code, restart.stdout.split("\n")[0]], [0, "Gateway service disabled."]);
    assertStringIncludes(restart.stdout, "Start with: openclaw gateway install\n");
  });
});

Deno.test("gateway restart starts the same process anew, and tells its clients", async () => {
  await withGateway(async (world, gateway) => {
    await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
    const restart = await world.run("gateway", "restart");
    assertEquals(restart.code, 0, restart.stderr);
    assertStringIncludes(
      restart.stdout,
      `Gateway restart signal sent to unmanaged process on port ${world.port}: ${gateway.pid}.`,
    );
    assertEquals((await socket.event("shutdown")).payload.restartExpectedMs, 1500);
    assertEquals((await world.run("health")).code, 0);
    assertEquals(await world.find(/restart-intent/), [], "the note is used");
    assertEquals((await gateway.stop()).code, 0, "the next signal is an end");
  });
});

Deno.test("gateway restart waits for a run, and --force does not", async () => {
  await using provider = new FakeProvider();
  await withGateway(async (world) => {
    await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
    const run = await socket.call("agent", { message: "wait", idempotencyKey: "one" });
    assertEquals(run.ok, true);
    const waiting = world.run("gateway", "restart", "--wait", "60s");
    let isOver = false;
    waiting.then(() => isOver = true);
    await waitUntil("the gateway to wait", async () => {
      const { payload } = await socket.call("logs.tail", { limit: 50 });
      return payload.lines.some((line: string) => line.includes("restart waits: "));
    });
    assertEquals(isOver, false);
    const forced = await world.run("gateway", "restart", "--force");
    assertEquals(forced.code, 0, forced.stderr);
    assertEquals((await waiting).code, 0);
  }, provider.config);
});

Deno.test("gateway restart at the same time, several times, leaves a gateway", async () => {
  await withGateway(async (world, gateway) => {
    const restarts = await Promise.all([
      world.run("gateway", "restart", "--force"),
      world.run("gateway", "restart", "--force"),
    ]);
    for (const { code, stderr } of restarts) assertEquals(code, 0, stderr);
    assertEquals((await world.run("health")).code, 0);
    assertEquals((await gateway.stop()).code, 0);
  });
});

Deno.test("commands.restart=false and a foreign listener are left alone", async () => {
  await withGateway(async (world) => {
    const refused = await world.run("gateway", "restart");
    assertEquals(refused.code, 1);
    assertMatch(refused.stderr, /commands\.restart is false\nFix: openclaw config set/);
    assertEquals((await world.run("health")).code, 0);
  }, { commands: { restart: false } });

  await using world = await World.create(PROGRAM);
  await writeConfig(world, {});
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: world.port, onListen() {} },
    ({ url }) => {
      asked.push(url);
      return new Response("foreign");
    },
  );
  try {
    const stop = await world.run("gateway", "stop");
    assertEquals([stop.code, stop.stdout.split("\n")[0]], [0, "Gateway service disabled."]);
    const run = await world.run("gateway", "run", "--bind", "loopback");
    assertEquals(run.code, 75);
    assertMatch(
      run.stderr,
      /Gateway failed to start: another gateway instance is already listening/,
    );
    assertStringIncludes(
      run.stderr,
      "If the gateway is supervised, stop it with: openclaw gateway",
    );
    assertStringIncludes(run.stderr, `Port ${world.port} is already in use.\n- pid ${Deno.pid}`);
    assertEquals(asked, [], "without a service manager nobody is probed");
    const env = { INVOCATION_ID: "x", OPENCLAW_SERVICE_MARKER: "openclaw" };
    await using supervised = await World.create(PROGRAM, {
      ...env,
      OPENCLAW_GATEWAY_PORT: String(world.port),
    });
    await writeConfig(supervised, {});
    const held = await supervised.run("gateway", "run", "--bind", "loopback");
    assertEquals(held.code, 78, held.stderr);
    assertStringIncludes(held.stderr, "existing gateway is healthy, leaving it in control");
    assert(asked.length > 0);
  } finally {
    await server.shutdown();
  }
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../lib/base/mod.ts";
import { HeldTimers } from "../../lib/base/testing.ts";
import { isProcessAlive } from "../../lib/platform/mod.ts";
import { type FakeConnection, refuse } from "../../lib/protocol/client/_fake_gateway.ts";
import { eventually, NodeSide, TestNodeHost } from "../harness/node_host.ts";

const ignore = Deno.build.os === "windows";

interface Pair {
  gateway: NodeSide;
  host: TestNodeHost;
}

/** A test with a connected node. */
function connectedTest(name: string, test: (pair: Pair) => Promise<void>): void {
  Deno.test({
    name: `node host: ${name}`,
    ignore,
    async fn() {
      await using gateway = new NodeSide();
      await using host = await TestNodeHost.start({ url: gateway.fake.url, token: "shared" });
      await gateway.connected();
      await test({ gateway, host });
    },
  });
}

const sh = (line: string) => ({ command: ["sh", "-c", line] });

connectedTest("connects as a node with the device of its machine", async ({ gateway, host }) => {
  const connect = await gateway.connected();
  const { device, client, auth, ...rest } = connect;
  assertEquals(rest, {
    minProtocol: 4,
    maxProtocol: 4,
    role: "node",
    scopes: [],
    caps: ["system"],
    commands: [
      "system.run.prepare",
      "system.run",
      "system.which",
      "system.execApprovals.get",
      "system.execApprovals.set",
    ],
    pathEnv: "/usr/bin:/bin",
  });
  assertEquals([client.id, client.mode, client.platform, client.displayName, client.instanceId], [
    "node-host",
    "node",
    "linux",
    "test node",
    "instance-1",
  ]);
  assertEquals(auth, { token: "shared" });
  const identity = JSON.parse(await Deno.readTextFile(`${host.dir}/identity/device.json`));
  assertEquals(device.id, identity.deviceId);
  const alive = await eventually(() => gateway.events[0], "a sign of life");
  assertEquals([alive.event, alive.trigger], ["node.presence.alive", "connect"]);
});

connectedTest("answers, runs, refuses", async ({ gateway, host }) => {
  const which = await gateway.invoke("system.which", { bins: ["sh", "no-such-program"] });
  assertEquals(Object.keys(which.payload.bins), ["sh"]);
  const denied = await gateway.invoke("system.run", { command: ["echo", "hi"] });
  assertEquals([denied.ok, denied.error.code], [false, "UNAVAILABLE"]);
  assert(denied.error.message.startsWith("SYSTEM_RUN_DENIED: approval required"));
  await eventually(() => gateway.events.find(({ event }) => event === "exec.denied"), "event");
  const unknown = await gateway.invoke("camera.snap", {});
  assertEquals(unknown.error, { code: "UNAVAILABLE", message: "command not supported" });
  await host.allowAll();
  const ran = await gateway.invoke("system.run", { command: ["echo", "hi"] });
  assertEquals([ran.payload.exitCode, ran.payload.stdout], [0, "hi\n"]);
  await eventually(() => gateway.events.find(({ event }) => event === "exec.finished"), "event");
});

connectedTest(
  "runs what was prepared and approved, and nothing else",
  async ({ gateway, host }) => {
    await Deno.writeTextFile(`${host.dir}/job.sh`, "echo one\n");
    const wish = { command: ["sh", "job.sh"], cwd: host.dir };
    const { payload: { plan } } = await gateway.invoke("system.run.prepare", wish);
    const approved = {
      command: plan.argv,
      rawCommand: plan.commandText,
      cwd: plan.cwd,
      systemRunPlan: plan,
      runId: "approval-1",
      approved: true,
      approvalDecision: "allow-once",
    };
    assertEquals((await gateway.invoke("system.run", approved)).payload.stdout, "one\n");
    const other = { ...approved, command: [...plan.argv, "x"], rawCommand: undefined };
    assert((await gateway.invoke("system.run", other)).error.message.includes("another command"));
    await Deno.writeTextFile(`${host.dir}/job.sh`, "echo two\n");
    const { error } = await gateway.invoke("system.run", approved);
    assertEquals(
      error.message,
      "SYSTEM_RUN_DENIED: approval script operand changed before execution",
    );
  },
);

connectedTest("runs a repeated id or key once", async ({ gateway, host }) => {
  await host.allowAll();
  const job = sh("echo run >> count; sleep 0.2; wc -l < count");
  const over = { idempotencyKey: "same" };
  const ids = [
    gateway.send("system.run", job, over),
    gateway.send("system.run", job, over),
    gateway.send("system.run", job, { ...over, id: "inv-1" }),
  ];
  for (const id of ids) assertEquals((await gateway.result(id)).payload.stdout.trim(), "1");
  await gateway.invoke("system.run", job, over);
  assertEquals(await host.file("count"), "run\n");
});

connectedTest(
  "kills the whole tree of a program that takes too long",
  async ({ gateway, host }) => {
    await host.allowAll();
    const timeoutMs = 1_234_567;
    using limit = new HeldTimers(timeoutMs);
    const id = gateway.send("system.run", {
      ...sh("sleep 600 & echo $! > pid; sleep 600"),
      timeoutMs,
    });
    const grandchild = Number(await host.file("pid"));
    assert(isProcessAlive(grandchild));
    limit.fire();
    const { payload } = await gateway.result(id);
    assertEquals([payload.timedOut, payload.success], [true, false]);
    await eventually(() => !isProcessAlive(grandchild), "end of the grandchild");
  },
);

connectedTest("finishes a run over a restart of the gateway", async ({ gateway, host }) => {
  await host.allowAll();
  const job = sh("echo run >> count; while [ ! -e go ]; do sleep 0.02; done; wc -l < count");
  gateway.send("system.run", job, { idempotencyKey: "over" });
  await host.file("count");
  gateway.connection!.socket.close(1012, "service restart");
  await gateway.connected(2);
  const again = gateway.send("system.run", job, { idempotencyKey: "over" });
  await Deno.writeTextFile(`${host.dir}/go`, "");
  assertEquals((await gateway.result(again)).payload.stdout.trim(), "1");
  assert(host.lines.some((line) => line.includes("service restart")));
});

Deno.test({
  name: "node host: tells of what ended while no gateway was there",
  ignore,
  async fn() {
    await using gateway = new NodeSide();
    const back = Promise.withResolvers<void>();
    await using host = await TestNodeHost.start({
      url: gateway.fake.url,
      wait: (_ms, signal) => {
        signal.addEventListener("abort", () => back.resolve(), { once: true });
        return back.promise;
      },
    });
    await gateway.connected();
    await host.allowAll();
    gateway.send(
      "system.run",
      sh("echo $$ > up; until [ -e go ]; do sleep 0.02; done"),
    );
    const pid = Number(await host.file("up"));
    gateway.connection!.socket.close(1012, "service restart");
    await eventually(() => host.lines.some((line) => line.startsWith("Lost")), "the loss");
    await Deno.writeTextFile(`${host.dir}/go`, "");
    await eventually(() => !isProcessAlive(pid), "the end of the program");
    back.resolve();
    const finished = await eventually(
      () => gateway.events.find(({ event }) => event === "exec.finished"),
      "the event",
    );
    assertEquals(finished.exitCode, 0);
  },
});

connectedTest("passes over what makes no sense", async ({ gateway, host }) => {
  const { socket } = gateway.connection!;
  const nodeId = ((await gateway.connected()).device as { id: string }).id;
  const bytes = crypto.getRandomValues(new Uint8Array(256));
  const request = (payload: unknown) =>
    JSON.stringify({ type: "event", event: "node.invoke.request", payload });
  const garbage = [
    "",
    "{",
    "null",
    "[]",
    String.fromCharCode(...bytes),
    '{"type":"res"}',
    '{"type":"res","id":"99","ok":true}',
    '{"type":"event"}',
    '{"type":"event","event":"unknown","payload":1}',
    ...[null, 1, "x", [], {}, { id: 1, nodeId, command: "system.which" }].map(request),
    request({ id: "x", nodeId: "other", command: "system.which", paramsJSON: "{}" }),
    request({ id: "x", nodeId, command: 1 }),
  ];
  for (const text of garbage) socket.send(text);
  socket.send(bytes);
  socket.send(request({ id: "bad-json", nodeId, command: "system.which", paramsJSON: "{" }));
  socket.send(request({ id: "no-params", nodeId, command: "system.which", paramsJSON: null }));
  assert((await gateway.result("bad-json")).error.message.includes("paramsJSON is not JSON"));
  assert((await gateway.result("no-params")).error.message.includes("paramsJSON required"));
  const which = await gateway.invoke("system.which", { bins: ["sh"] });
  assertEquals(which.ok, true);
  assertEquals(gateway.fake.connections.length, 1);
  assertEquals(gateway.results.some(({ id }) => id === "x"), false);
  assert(host.lines.includes("Ignored a malformed invoke"));
});

connectedTest("ends its programs, answers for them and goes", async ({ gateway, host }) => {
  await host.allowAll();
  const id = gateway.send("system.run", sh("sleep 600 & echo $! > pid; sleep 600"));
  const grandchild = Number(await host.file("pid"));
  host.stop.abort();
  await host.ended;
  assert(!(await gateway.result(id)).ok || (await gateway.result(id)).payload.success === false);
  await eventually(() => !isProcessAlive(grandchild), "end of the grandchild");
});

connectedTest("caps the output of a program", async ({ gateway, host }) => {
  await host.allowAll();
  const { payload } = await gateway.invoke("system.run", sh("yes | head -c 100000000"));
  assertEquals([payload.exitCode, payload.truncated], [0, true]);
  assert(payload.stdout.endsWith("\n... (truncated)"));
  assert(payload.stdout.length < 210_000);
});

function refuseAuth(code: string, extra: Record<string, unknown> = {}) {
  return (connection: FakeConnection, id: string) =>
    refuse(connection, id, {
      code: "INVALID_REQUEST",
      message: `unauthorized: ${code}`,
      details: { code, ...extra },
    });
}

Deno.test("node host: waits for its approval and says how to give it", async () => {
  await using gateway = new NodeSide();
  let tries = 0;
  const letIn = gateway.onConnect;
  gateway.onConnect = (connection, id) => {
    if (++tries === 3) gateway.onConnect = letIn;
    refuse(connection, id, {
      code: "NOT_PAIRED",
      message: "pairing required",
      details: { code: "PAIRING_REQUIRED", requestId: "req-7" },
    });
  };
  await using host = await TestNodeHost.start({ url: gateway.fake.url });
  await eventually(() => gateway.events[0], "a sign of life");
  const hint = "This node waits for approval. On the gateway's machine run: " +
    "openclaw devices approve req-7";
  assertEquals(host.lines.filter((line) => line === hint).length, 1);
  assertEquals(tries, 3);
});

Deno.test("node host: keeps the token it is given, and forgets it when it is refused", async () => {
  await using gateway = new NodeSide();
  gateway.auth = { role: "node", scopes: [], deviceToken: "device-token-1" };
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-node-host-" });
  try {
    {
      await using _first = await TestNodeHost.start({ url: gateway.fake.url, stateDir });
      await eventually(() => gateway.events[0], "a sign of life");
      await eventually(() => {
        try {
          return Deno.readTextFileSync(`${stateDir}/identity/device-auth.json`);
        } catch {
          return undefined;
        }
      }, "the stored token");
    }
    const letIn = gateway.onConnect;
    gateway.onConnect = (connection, id) => {
      gateway.onConnect = letIn;
      refuseAuth("AUTH_DEVICE_TOKEN_MISMATCH")(connection, id);
    };
    gateway.auth = { role: "node", scopes: [] };
    await using _second = await TestNodeHost.start({
      url: gateway.fake.url,
      stateDir,
      token: "shared",
    });
    assertEquals((await gateway.connected(2)).auth, {
      token: "shared",
      deviceToken: "device-token-1",
    });
    assertEquals((await gateway.connected(3)).auth, { token: "shared" });
    const file = JSON.parse(await Deno.readTextFile(`${stateDir}/identity/device-auth.json`));
    assertEquals(file.tokens, {});
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("node host: gives up on a wrong credential and not on a lock-out", async () => {
  await using gateway = new NodeSide();
  let tries = 0;
  gateway.onConnect = (connection, id) =>
    refuseAuth(++tries === 1 ? "AUTH_RATE_LIMITED" : "AUTH_TOKEN_MISMATCH")(connection, id);
  await using host = await TestNodeHost.start({ url: gateway.fake.url, token: "wrong" });
  const error = await assertRejects(() => host.ended, AppError);
  assertEquals(error.code, "GATEWAY_AUTH_FAILED");
  assertEquals(tries, 2);
});

Deno.test("node host: goes on trying while there is no gateway", async () => {
  let pauses = 0;
  const { promise: tried, resolve } = Promise.withResolvers<void>();
  await using host = await TestNodeHost.start({
    url: "ws://127.0.0.1:1",
    wait: () => {
      if (++pauses === 3) resolve();
      return new Promise((done) => setTimeout(done, 5));
    },
  });
  await tried;
  assertEquals(host.lines.length, 1);
  assert(host.lines[0]!.startsWith("Cannot reach ws://127.0.0.1:1:"));
});

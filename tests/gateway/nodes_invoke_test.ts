/**
 * `node.invoke`: the way of a command to a node and back, and everything that can come between.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectDevice, TestNode } from "../harness/node.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { withGateway } from "./methods_harness.ts";

const IPHONE: Frame = {
  client: { id: "openclaw-ios", version: "1.0", platform: "iOS 18.0", mode: "node" },
  caps: ["canvas"],
  commands: ["canvas.present", "location.get"],
};
const IN_BACKGROUND = {
  code: "NODE_BACKGROUND_UNAVAILABLE",
  message: "NODE_BACKGROUND_UNAVAILABLE: canvas",
};
const UNLISTED = "SYSTEM_RUN_DENIED: approval required (not listed)";

interface Scene {
  gateway: TestGateway;
  socket: TestSocket;
  node: TestNode;
  /** Asks the node for `system.which`, or for what `over` says. */
  invoke(key: string, over?: Frame): Promise<Frame>;
}

async function withNode(
  test: (scene: Scene) => Promise<void>,
  over: Frame = {},
  config: Frame = {},
): Promise<void> {
  await withGateway(async ({ gateway, socket }) => {
    await using node = await TestNode.connect(gateway.wsUrl, over);
    const invoke = (key: string, more: Frame = {}) =>
      socket.call("node.invoke", {
        nodeId: node.id,
        command: "system.which",
        idempotencyKey: key,
        ...more,
      });
    await test({ gateway, socket, node, invoke });
  }, config);
}

Deno.test("node.invoke: the answer comes back, as payload or as JSON", async () => {
  await withNode(async ({ node, invoke }) => {
    const first = invoke("k1", { params: { bins: ["a"] }, timeoutMs: 5000 });
    const { payload: asked, seq } = await node.socket.event("node.invoke.request");
    assertEquals(seq, undefined);
    assertEquals({ ...asked, id: typeof asked.id }, {
      id: "string",
      nodeId: node.id,
      command: "system.which",
      paramsJSON: '{"bins":["a"]}',
      timeoutMs: 5000,
      idempotencyKey: "k1",
    });
    const answer = { id: asked.id, nodeId: node.id, ok: true, payload: { x: 1 } };
    assertEquals((await node.call("node.invoke.result", answer)).payload, { ok: true });
    assertEquals((await first).payload, {
      ok: true,
      nodeId: node.id,
      command: "system.which",
      payload: { x: 1 },
      payloadJSON: null,
    });
    const late = await node.call("node.invoke.result", answer);
    assertEquals(late.payload, { ok: true, ignored: true });

    const second = invoke("k2");
    const { payload: plain } = await node.socket.event("node.invoke.request");
    assertEquals([plain.paramsJSON, plain.timeoutMs], [null, 30_000]);
    const json = { id: plain.id, nodeId: node.id, ok: true, payloadJSON: '{"x":2}' };
    await node.call("node.invoke.result", json);
    const { payload } = await second;
    assertEquals([payload.payload, payload.payloadJSON], [{ x: 2 }, '{"x":2}']);
  });
});

Deno.test("node.invoke: a repeat joins what is under way and gets what came of it", async () => {
  await withNode(async ({ gateway, socket, node, invoke }) => {
    const first = invoke("k1");
    const { id } = await node.asked();
    const joined = invoke("k1");
    await socket.call("health");
    await node.call("node.invoke.result", { id, nodeId: node.id, ok: true, payload: 1 });
    assertEquals((await first).payload.payload, 1);
    assertEquals((await joined).payload.payload, 1);
    assertEquals((await invoke("k1")).payload.payload, 1);
    const failing = invoke("k2");
    await node.answer({ ok: false, error: { code: "BUSY", message: "not now" } });
    assertEquals((await failing).error.message, "BUSY: not now");
    const again = invoke("k2");
    await node.answer({ ok: true, payload: 2 });
    assertEquals((await again).payload.payload, 2, "a refusal is not kept");
    const other = invoke("k1", { params: { bins: ["x"] } });
    await node.answer({ ok: true, payload: 3 });
    assertEquals(
      (await other).payload.payload,
      3,
      "another question is not answered from the kept",
    );
    const { socket: stranger } = await connectDevice(gateway.wsUrl, await TestDevice.create(), {});
    const foreign = stranger.call("node.invoke", {
      nodeId: node.id,
      command: "system.which",
      idempotencyKey: "k1",
    });
    await node.answer({ ok: true, payload: 4 });
    assertEquals(
      (await foreign).payload.payload,
      4,
      "nobody gets what another device was answered",
    );
    assertEquals(node.socket.events("node.invoke.request").length, 5);
    await stranger[Symbol.asyncDispose]();

    await node[Symbol.asyncDispose]();
    assertEquals((await invoke("k1")).payload.payload, 1, "also when the node is gone");
    await using second = await TestNode.connect(gateway.wsUrl);
    const elsewhere = socket.call("node.invoke", {
      nodeId: second.id,
      command: "system.which",
      idempotencyKey: "k1",
    });
    await second.answer({ ok: true, payload: 2 });
    assertEquals((await elsewhere).payload.payload, 2, "a key counts for one node");
  });
});

Deno.test("node.invoke: the answer of a key survives a restart", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const device = await TestDevice.create();
  const params = { nodeId: device.id, command: "system.which", idempotencyKey: "k1" };
  {
    await using gateway = await TestGateway.start({ stateDir });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    await using node = await TestNode.connect(gateway.wsUrl, {}, device);
    const first = socket.call("node.invoke", params);
    await node.answer({ ok: true, payload: 1 });
    assertEquals((await first).payload.payload, 1);
  }
  await using gateway = await TestGateway.start({ stateDir });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  assertEquals((await socket.call("node.invoke", params)).payload.payload, 1);
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("node.invoke: an answer that is too large to be kept is asked for again", async () => {
  await withNode(async ({ node, invoke }) => {
    const payload = "x".repeat(1024 * 1024);
    for (let i = 0; i < 2; i++) {
      const waiting = invoke("k1");
      await node.answer({ ok: true, payload });
      assertEquals((await waiting).payload.payload.length, payload.length);
    }
  });
});

Deno.test("node.invoke: failures of the node are told as it told them", async () => {
  await withNode(async ({ node, invoke }) => {
    const cases: [key: string, answer: Frame, message: string, nodeError: unknown][] = [
      ["a", { error: { code: "X", message: "no" } }, "X: no", { code: "X", message: "no" }],
      ["b", { error: { message: "no" } }, "no", { message: "no" }],
      ["c", {}, "node invoke failed", null],
      ["d", { error: { message: UNLISTED } }, UNLISTED, { message: UNLISTED }],
    ];
    for (const [key, answer, message, nodeError] of cases) {
      const failing = invoke(key);
      await node.answer({ ok: false, ...answer });
      const { error } = await failing;
      assertEquals([error.code, error.message], ["UNAVAILABLE", message]);
      assertEquals(error.details.nodeError, nodeError);
      assertEquals(
        error.details.hint,
        message === UNLISTED
          ? `openclaw approvals allowlist add <program> --node ${node.id}`
          : `openclaw nodes describe ${node.id}`,
      );
    }
  });
});

Deno.test("gateway.restart.preflight: a command of a node counts as long as it waits", async () => {
  await withNode(async ({ socket, node, invoke }) => {
    const preflight = async () => (await socket.call("gateway.restart.preflight")).payload;
    const waiting = invoke("k1");
    const { id } = await node.asked();
    const { safe, counts, summary } = await preflight();
    assertEquals([safe, counts.activeTasks, summary], [
      false,
      1,
      "1 command of a node is under way",
    ]);
    await node.call("node.invoke.result", { id, nodeId: node.id, ok: true });
    await waiting;
    assertEquals((await preflight()).safe, true);
  });
});

Deno.test("node.invoke: a node that does not answer in time", async () => {
  await withNode(async ({ node, invoke }) => {
    const waiting = invoke("k1", { timeoutMs: 50 });
    const { id } = await node.asked();
    const { error } = await waiting;
    assertEquals([error.code, error.message], [
      "UNAVAILABLE",
      "TIMEOUT: node invoke timed out",
    ]);
    assertEquals(error.details.nodeError, { code: "TIMEOUT", message: "node invoke timed out" });
    const late = await node.call("node.invoke.result", { id, nodeId: node.id, ok: true });
    assertEquals(late.payload, { ok: true, ignored: true });
    const again = invoke("k1");
    assertEquals(
      (await node.asked()).idempotencyKey,
      "k1",
      "the node can tell that it is a repeat",
    );
    await node.socket[Symbol.asyncDispose]();
    assertEquals((await again).error.details.code, "NOT_CONNECTED");
  });
});

Deno.test("node.invoke: a node that goes ends what waits for it, one that is not there refuses", async () => {
  await withNode(async ({ node, invoke }) => {
    const waiting = invoke("k1");
    await node.asked();
    await node.socket[Symbol.asyncDispose]();
    const { error } = await waiting;
    assertEquals([error.code, error.message, error.details.code], [
      "UNAVAILABLE",
      "node disconnected (system.which)",
      "NOT_CONNECTED",
    ]);
    for (const nodeId of [node.id, "zz"]) {
      const gone = await invoke("k2", { nodeId });
      assertEquals([gone.error.code, gone.error.message, gone.error.details.code], [
        "UNAVAILABLE",
        "node not connected",
        "NOT_CONNECTED",
      ]);
    }
  });
});

Deno.test("node.invoke: what may not be asked for is refused with the reason", async () => {
  const config = { gateway: { mode: "local", nodes: { denyCommands: ["system.run"] } } };
  await withNode(
    async ({ gateway, node, invoke, socket }) => {
      const refused = async (command: string) => {
        const { error } = await invoke("k1", { command });
        assertEquals([error.code, error.details.command], ["INVALID_REQUEST", command]);
        return [error.details.reason, error.message];
      };
      for (const command of ["camera.snap", "system.run"]) {
        assertEquals(await refused(command), [
          "command not allowlisted",
          `node command not allowed: "${command}" is not in the allowlist for platform "linux"`,
        ]);
      }
      assertEquals(await refused("system.notify"), [
        "command not declared by node",
        'node command not allowed: the node (platform: linux) does not support "system.notify"',
      ]);
      await using silent = await TestNode.connect(gateway.wsUrl, { commands: [] });
      const { error } = await invoke("k1", { nodeId: silent.id });
      assertEquals(error.details.reason, "node did not declare commands");
      for (const command of ["system.execApprovals.get", "system.execApprovals.set"]) {
        const { error } = await invoke("k1", { command });
        assertEquals(
          error.message,
          "node.invoke does not allow system.execApprovals.*; use exec.approvals.node.*",
        );
      }
      const blank = await invoke("k1", { command: " " });
      assertEquals(blank.error.message, "nodeId and command required");
      const missing = await socket.call("node.invoke", { nodeId: node.id, command: "x" });
      assertEquals(
        missing.error.message,
        "invalid node.invoke params: must have required property 'idempotencyKey'",
      );
      await using reader = await TestSocket.connect(gateway.wsUrl, TOKEN, {
        scopes: ["operator.read"],
      });
      const weak = await reader.call("node.invoke", { nodeId: node.id, command: "system.which" });
      assertEquals(weak.error.message, "missing scope: operator.write");
      assertEquals(node.socket.events("node.invoke.request"), [], "the node was never asked");
    },
    {},
    config,
  );
});

Deno.test("node.invoke: gateway.nodes.allowCommands opens what is closed by default", async () => {
  const config = { gateway: { mode: "local", nodes: { allowCommands: ["camera.snap"] } } };
  await withNode(
    async ({ node, invoke }) => {
      const waiting = invoke("k1", { command: "camera.snap" });
      await node.answer({ ok: true, payload: { format: "jpg" } });
      assertEquals((await waiting).payload.payload, { format: "jpg" });
    },
    { commands: ["camera.snap"] },
    config,
  );
});

Deno.test("node.invoke: nobody can claim that a program was approved", async () => {
  await withNode(async ({ node, invoke }) => {
    const run = (key: string, params: Frame) => invoke(key, { command: "system.run", params });
    const claim = { command: ["id"], approved: true, approvalDecision: "allow-always" };
    const noRun = await run("k1", claim);
    assertEquals(noRun.error.details.code, "MISSING_RUN_ID");
    const unknown = await run("k2", { ...claim, runId: "r1" });
    assertEquals(unknown.error.message, "unknown or expired approval id");
    const plain = run("k3", { command: ["id"], approvalDecision: "deny", systemRunPlan: {} });
    assertEquals((await node.asked()).paramsJSON, '{"command":["id"]}');
    await node[Symbol.asyncDispose]();
    await plain;
    assertEquals(node.socket.events("node.invoke.request").length, 1);
  });
});

Deno.test("node.invoke.result: only the node that was asked can answer", async () => {
  await withNode(async ({ gateway, node, invoke }) => {
    await using other = await TestNode.connect(gateway.wsUrl);
    const waiting = invoke("k1");
    const { id } = await node.asked();
    const foreign = await other.call("node.invoke.result", { id, nodeId: node.id, ok: true });
    assertEquals([foreign.error.code, foreign.error.message], [
      "INVALID_REQUEST",
      "nodeId mismatch",
    ]);
    const own = await other.call("node.invoke.result", { id, nodeId: other.id, ok: true });
    assertEquals(own.payload, { ok: true, ignored: true });
    await node.call("node.invoke.result", { id, nodeId: node.id, ok: true, payload: "mine" });
    assertEquals((await waiting).payload.payload, "mine");
  });
});

Deno.test("exec.approvals.node: get and set are relayed", async () => {
  const commands = ["system.run", "system.execApprovals.get", "system.execApprovals.set"];
  await withNode(async ({ socket, node }) => {
    const file = { version: 1, defaults: { security: "deny" } };
    const got = socket.call("exec.approvals.node.get", { nodeId: node.id });
    assertEquals(
      (await node.socket.seen(({ event }) => event === "node.invoke.request", "it"))
        .payload.command,
      "system.execApprovals.get",
    );
    await node.answer({ ok: true, payloadJSON: JSON.stringify({ path: "p", hash: "h", file }) });
    assertEquals((await got).payload, { path: "p", hash: "h", file });
    const set = socket.call("exec.approvals.node.set", { nodeId: node.id, file, baseHash: "h" });
    const asked = await node.asked();
    assertEquals([asked.command, JSON.parse(asked.paramsJSON)], [
      "system.execApprovals.set",
      { file, baseHash: "h" },
    ]);
    const error = { code: "INVALID_REQUEST", message: "file changed" };
    await node.call("node.invoke.result", { id: asked.id, nodeId: node.id, ok: false, error });
    assertEquals((await set).error.message, "INVALID_REQUEST: file changed");
    const gone = await socket.call("exec.approvals.node.get", { nodeId: "zz" });
    assertEquals([gone.error.code, gone.error.details.code], ["UNAVAILABLE", "NOT_CONNECTED"]);
  }, { commands });
  await withNode(async ({ socket, node }) => {
    const { error } = await socket.call("exec.approvals.node.get", { nodeId: node.id });
    assertEquals(error.details.reason, "command not declared by node");
  });
});

Deno.test("node.invoke: what an app in the background cannot do waits for it, over a restart too", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const device = await TestDevice.create();
  const invoke = (socket: TestSocket, over: Frame = {}) =>
    socket.call("node.invoke", {
      nodeId: device.id,
      command: "canvas.present",
      params: { url: "x" },
      idempotencyKey: "k1",
      ...over,
    });
  let queuedActionId = "";
  {
    await using gateway = await TestGateway.start({ stateDir });
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    await using phone = await TestNode.connect(gateway.wsUrl, IPHONE, device);
    const large = invoke(socket, { params: "x".repeat(1024 * 1024), idempotencyKey: "large" });
    await phone.answer({ ok: false, error: IN_BACKGROUND });
    assertEquals((await large).error.details.code, "NODE_INVOKE_FAILED", "too large to be queued");
    const waiting = invoke(socket);
    await phone.answer({ ok: false, error: IN_BACKGROUND });
    const { error } = await waiting;
    assertEquals([error.code, error.message, error.retryable], [
      "UNAVAILABLE",
      "node command queued until iOS returns to foreground",
      true,
    ]);
    assertEquals([error.details.code, error.details.nodeError], [
      "QUEUED_UNTIL_FOREGROUND",
      IN_BACKGROUND,
    ]);
    queuedActionId = error.details.queuedActionId;
    const repeat = await invoke(socket);
    assertEquals(repeat.error.details.queuedActionId, queuedActionId, "queued once");
    const location = invoke(socket, { command: "location.get" });
    await phone.answer({ ok: false, error: IN_BACKGROUND });
    assertEquals((await location).error.details.code, "NODE_INVOKE_FAILED", "needs no screen");
  }
  await using gateway = await TestGateway.start({ stateDir });
  await using phone = await TestNode.connect(gateway.wsUrl, IPHONE, device);
  const { payload } = await phone.call("node.pending.pull");
  assertEquals(payload.nodeId, device.id);
  assertEquals(
    payload.actions.map(({ id, command, paramsJSON }: Frame) => [id, command, paramsJSON]),
    [[queuedActionId, "canvas.present", '{"url":"x"}']],
  );
  const acked = await phone.call("node.pending.ack", { ids: [queuedActionId] });
  assertEquals(acked.payload, {
    nodeId: device.id,
    ackedIds: [queuedActionId],
    remainingCount: 0,
  });
  assertEquals((await phone.call("node.pending.pull")).payload.actions, []);
  await Deno.remove(stateDir, { recursive: true });
});

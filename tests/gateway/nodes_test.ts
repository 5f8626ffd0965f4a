/**
 * Nodes come, are approved, listed, renamed, replaced and removed.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectDevice, LINUX_NODE, TestNode } from "../harness/node.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { withGateway } from "./methods_harness.ts";

/** Headers of a client that comes through a proxy, which makes it remote. */
const REMOTE = { "x-forwarded-for": "192.0.2.9" };

Deno.test("nodes: a local one is paired silently, hears the wake words and may act at once", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    await using node = await TestNode.connect(gateway.wsUrl, { permissions: { a: true } });
    const { auth } = node.hello;
    assertEquals([auth.role, auth.scopes], ["node", []]);
    assertMatch(auth.deviceToken, /^[A-Za-z0-9_-]{43}$/);
    for (const name of ["voicewake.changed", "voicewake.routing.changed"]) {
      const told = await node.socket.event(name);
      assertEquals(told.seq, undefined, `${name} has no number`);
    }
    assertEquals(node.socket.events("voicewake.changed")[0]!.payload, {
      triggers: ["openclaw", "claude", "computer"],
    });
    const { payload: request } = await socket.event("node.pair.requested");
    assertEquals([request.nodeId, request.commands, request.silent], [
      node.id,
      ["system.run", "system.which"],
      false,
    ]);
    assertEquals(request.requiredApproveScopes, ["operator.pairing", "operator.admin"]);
    const { nodes } = await result("node.list");
    const { connectedAtMs, approvedAtMs, ...row } = nodes[0];
    assert(connectedAtMs >= approvedAtMs);
    assertEquals(nodes.length, 1);
    assertEquals(row, {
      nodeId: node.id,
      displayName: "Box",
      platform: "linux",
      clientId: "node-host",
      clientMode: "node",
      remoteIp: "127.0.0.1",
      version: "1.0",
      caps: ["system"],
      commands: ["system.run", "system.which"],
      permissions: { a: true },
      paired: true,
      connected: true,
      lastSeenAtMs: row.lastSeenAtMs,
      lastSeenReason: "connect",
    });
    const described = await result("node.describe", { nodeId: node.id });
    assertEquals([described.nodeId, described.connected], [node.id, true]);
    const { environments } = await result("environments.list");
    assertEquals(environments[1], {
      id: `node:${node.id}`,
      type: "node",
      label: "Box",
      status: "available",
      capabilities: ["system", "system.run", "system.which"],
    });
    const missing = await socket.call("node.describe", { nodeId: "zz" });
    assertEquals([missing.error.code, missing.error.message], [
      "INVALID_REQUEST",
      "unknown nodeId",
    ]);
  });
});

Deno.test("nodes: a remote one waits for its device's approval", async () => {
  await withGateway(async ({ gateway, result }) => {
    const device = await TestDevice.create();
    const first = await connectDevice(gateway.wsUrl, device, LINUX_NODE, REMOTE);
    const { details } = first.response.error;
    assertEquals([first.response.error.code, details.reason, details.requestedRole], [
      "NOT_PAIRED",
      "not-paired",
      "node",
    ]);
    await result("device.pair.approve", { requestId: details.requestId });
    const second = await connectDevice(gateway.wsUrl, device, LINUX_NODE, REMOTE);
    assert(second.response.ok, JSON.stringify(second.response.error));
    assertEquals((await result("node.list")).nodes[0].connected, true);
    for (const { socket } of [first, second]) await socket[Symbol.asyncDispose]();
  });
});

Deno.test("nodes: one without a device is refused", async () => {
  await withGateway(async ({ gateway }) => {
    await using socket = await TestSocket.open(gateway.wsUrl);
    const { error } = await socket.call("connect", {
      minProtocol: 4,
      maxProtocol: 4,
      ...LINUX_NODE,
      auth: { token: TOKEN },
    });
    assertEquals([error.code, error.details.code], ["NOT_PAIRED", "DEVICE_IDENTITY_REQUIRED"]);
  });
});

Deno.test("nodes: the methods of the other role are refused to both", async () => {
  await withGateway(async ({ gateway, socket }) => {
    await using node = await TestNode.connect(gateway.wsUrl);
    assertEquals((await node.call("node.list")).error.message, "unauthorized role: node");
    assertEquals((await node.call("health")).ok, true);
    for (const method of ["node.invoke.result", "node.event", "node.pending.pull"]) {
      const { error } = await socket.call(method);
      assertEquals(error.message, "unauthorized role: operator", method);
    }
  });
});

Deno.test("nodes: a known one has to ask for commands it did not have", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    const device = await TestDevice.create();
    const declare = async (commands: string[]) =>
      await TestNode.connect(gateway.wsUrl, { commands }, device);
    const shown = async () => (await result("node.describe", { nodeId: device.id })).commands;
    {
      await using _node = await declare(["system.which"]);
      const { pending } = await result("node.pair.list");
      assertEquals(pending[0].requiredApproveScopes, ["operator.pairing", "operator.admin"]);
      const { requestId } = pending[0];
      const { node } = await result("node.pair.approve", { requestId });
      assertMatch(node.token, /^[\w-]{48}$/);
      const verified = await result("node.pair.verify", { nodeId: node.nodeId, token: node.token });
      assertEquals([verified.ok, verified.node.nodeId], [true, device.id]);
      const resolved = await socket.event("node.pair.resolved");
      assertEquals([resolved.payload.requestId, resolved.payload.decision], [
        requestId,
        "approved",
      ]);
    }
    await using node = await declare(["system.which", "system.run", "camera.snap"]);
    const asked = await socket.event(
      "node.pair.requested",
      ({ commands }) => commands.includes("system.run"),
    );
    assertEquals(asked.payload.commands, ["system.run", "system.which"], "no camera on linux");
    assertEquals(await shown(), ["system.which"]);
    const early = await socket.call("node.invoke", {
      nodeId: node.id,
      command: "system.run",
      idempotencyKey: "k1",
    });
    assertEquals([early.error.code, early.error.details.reason], [
      "INVALID_REQUEST",
      "command not approved",
    ]);
    assertEquals(early.error.details.hint, "openclaw nodes pending");

    const { requestId } = asked.payload;
    await using weak = await TestSocket.connect(gateway.wsUrl, TOKEN, {
      scopes: ["operator.pairing", "operator.write"],
    });
    const refused = await weak.call("node.pair.approve", { requestId });
    assertEquals(refused.error.message, "missing scope: operator.admin");
    await result("node.pair.approve", { requestId });
    assertEquals(await shown(), ["system.run", "system.which"], "at once, without a reconnect");
    const now = socket.call("node.invoke", {
      nodeId: node.id,
      command: "system.run",
      idempotencyKey: "k2",
    });
    await node.answer({ ok: true });
    assertEquals((await now).ok, true);
  });
});

Deno.test("nodes: approval of commands that run nothing takes write, of none pairing alone", async () => {
  await withGateway(async ({ gateway, result }) => {
    const approver = async (...scopes: string[]) =>
      await TestSocket.connect(gateway.wsUrl, TOKEN, { scopes });
    await using pairing = await approver("operator.pairing");
    await using writer = await approver("operator.pairing", "operator.write");
    const ask = async (nodeId: string, commands: string[]) =>
      (await result("node.pair.request", { nodeId, commands })).request.requestId;
    const plain = await ask("n1", []);
    assertEquals((await pairing.call("node.pair.approve", { requestId: plain })).ok, true);
    const canvas = await ask("n2", ["canvas.present"]);
    assertEquals(
      (await pairing.call("node.pair.approve", { requestId: canvas })).error.message,
      "missing scope: operator.write",
    );
    assertEquals((await writer.call("node.pair.approve", { requestId: canvas })).ok, true);
    const rejected = await ask("n3", []);
    assertEquals(await result("node.pair.reject", { requestId: rejected }), {
      requestId: rejected,
      nodeId: "n3",
    });
    for (const method of ["node.pair.approve", "node.pair.reject"]) {
      const { error } = await writer.call(method, { requestId: rejected });
      assertEquals(error.message, "unknown requestId", method);
    }
    const listed = await result("node.pair.list");
    assertEquals(listed.pending, []);
    assertEquals(listed.paired.map(({ nodeId }: Frame) => nodeId).sort(), ["n1", "n2"]);
    assertEquals(await result("node.pair.verify", { nodeId: "n1", token: "x" }), { ok: false });
  });
});

Deno.test("nodes: a newer connection of a node takes the place of the older one", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    await using first = await TestNode.connect(gateway.wsUrl);
    const caught = socket.call("node.invoke", {
      nodeId: first.id,
      command: "system.which",
      idempotencyKey: "k1",
    });
    await first.asked();
    await using second = await TestNode.connect(gateway.wsUrl, {}, first.device);
    const { error } = await caught;
    assertEquals([error.code, error.details.code], ["UNAVAILABLE", "NOT_CONNECTED"]);
    assertEquals(await first.socket.closed, {
      code: 1000,
      reason: "replaced by a newer connection of this node",
    });
    const again = socket.call("node.invoke", {
      nodeId: first.id,
      command: "system.which",
      idempotencyKey: "k2",
    });
    await second.answer({ ok: true, payload: { from: "second" } });
    assertEquals((await again).payload.payload, { from: "second" });
    const { nodes } = await result("node.list");
    assertEquals(nodes.map(({ connected }: Frame) => connected), [true]);
    const here = (await result("system-presence")) as unknown as Frame[];
    const entry = here.find(({ mode }) => mode === "node");
    assertEquals(entry?.reason, "connect", "the node is still there");
  });
});

Deno.test("nodes: a name that a person gives stays", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    const device = await TestDevice.create();
    {
      await using node = await TestNode.connect(gateway.wsUrl, {}, device);
      const renamed = await result("node.rename", { nodeId: node.id, displayName: " Desk " });
      assertEquals(renamed, { nodeId: node.id, displayName: "Desk" });
    }
    await using node = await TestNode.connect(gateway.wsUrl, {}, device);
    const { displayName } = await result("node.describe", { nodeId: node.id });
    assertEquals(displayName, "Desk");
    const unknown = await socket.call("node.rename", { nodeId: "zz", displayName: "x" });
    assertEquals(unknown.error.message, "unknown nodeId");
    const blank = await socket.call("node.rename", { nodeId: node.id, displayName: " " });
    assertEquals(blank.error.message, "displayName required");
  });
});

Deno.test("nodes: a removed one loses its socket and its approval", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    await using node = await TestNode.connect(gateway.wsUrl);
    assertEquals(await result("node.pair.remove", { nodeId: node.id }), { nodeId: node.id });
    assertEquals(await node.socket.closed, { code: 4001, reason: "device removed" });
    const resolved = await socket.event("node.pair.resolved");
    assertEquals([resolved.payload.requestId, resolved.payload.decision], ["", "removed"]);
    assertEquals((await result("node.list")).nodes, []);
    const again = await socket.call("node.pair.remove", { nodeId: node.id });
    assertEquals(again.error.message, "unknown nodeId");
  });
});

Deno.test("nodes: one that goes was seen until then", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    const node = await TestNode.connect(gateway.wsUrl);
    const { connectedAtMs } = await result("node.describe", { nodeId: node.id });
    await node[Symbol.asyncDispose]();
    await socket.event("presence");
    let row: Frame = {};
    // What is noted is not what anybody is told, so there is no event to wait for.
    for (let i = 0; i < 1000 && row.lastSeenReason !== "disconnect"; i++) {
      row = await result("node.describe", { nodeId: node.id });
    }
    assertEquals([row.connected, row.lastSeenReason], [false, "disconnect"]);
    assert(row.lastSeenAtMs >= connectedAtMs);
  });
});

Deno.test("nodes: the list keeps those that are gone, over a restart too", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const device = await TestDevice.create();
  {
    await using gateway = await TestGateway.start({ stateDir });
    await using owner = await TestSocket.connect(gateway.wsUrl, TOKEN);
    await using _node = await TestNode.connect(gateway.wsUrl, {}, device);
    const { requestId } = (await owner.event("node.pair.requested")).payload;
    assertEquals((await owner.call("node.pair.approve", { requestId })).ok, true);
  }
  await using gateway = await TestGateway.start({ stateDir });
  await using owner = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const { payload } = await owner.call("node.list");
  assertEquals(
    payload.nodes.map(({ nodeId, connected, paired, commands }: Frame) => [
      nodeId,
      connected,
      paired,
      commands,
    ]),
    [[device.id, false, true, ["system.run", "system.which"]]],
  );
  const { environments } = (await owner.call("environments.list")).payload;
  assertEquals(environments[1].status, "unavailable");
  await Deno.remove(stateDir, { recursive: true });
});

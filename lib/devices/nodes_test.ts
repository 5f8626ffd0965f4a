import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { connect, isOnDisk, newDevice, START, type TestContext, withStore } from "./_testing.ts";
import { allowedNodeCommands, scopesToApprove } from "./node_commands.ts";
import type { NodeRequestRow, NodeResolution, NodeRow } from "./node_types.ts";
import { NodeRegistryStore } from "./nodes.ts";
import { DevicePairing } from "./pairing.ts";
import { DeviceTokens } from "./tokens.ts";

const ADMIN = ["operator.admin"];
const NODE = { nodeId: "n1", platform: "linux", displayName: "box", caps: ["system"] };
const device = await newDevice();

function record({ store, clock }: TestContext) {
  const requested: NodeRequestRow[] = [];
  const resolved: NodeResolution[] = [];
  const revoked: unknown[] = [];
  const nodes = new NodeRegistryStore(store, clock, {
    onRequested: (request) => requested.push(request),
    onResolved: (resolution) => resolved.push(resolution),
    onRevoked: (revocation) => revoked.push(revocation),
  });
  return { nodes, requested, resolved, revoked };
}

async function code(attempt: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => attempt, AppError)).code;
}

Deno.test("allowedNodeCommands() goes by platform, family and configuration", () => {
  const can = (
    node: { platform?: string; deviceFamily?: string },
    command: string,
    policy = {},
  ) => allowedNodeCommands(node, policy).has(command);
  for (const platform of ["linux", "Linux 6.8", "darwin", "macOS 15.7", "win32"]) {
    assert(can({ platform }, "system.run"), platform);
  }
  for (const platform of ["ios", "iPadOS 18", "android", "plan9", ""]) {
    assert(!can({ platform }, "system.run"), platform);
    assert(can({ platform }, "canvas.present"), platform);
  }
  assert(can({ platform: "?", deviceFamily: "iPhone" }, "contacts.search"));
  assert(!can({ platform: "linux" }, "canvas.present"));
  const sensitive = [
    "camera.snap",
    "camera.clip",
    "screen.record",
    "contacts.add",
    "calendar.add",
    "reminders.add",
    "sms.send",
    "file.write",
  ];
  for (const command of sensitive) {
    for (const platform of ["ios", "android", "macos", "linux", "windows", "?"]) {
      assert(!can({ platform }, command), `${platform} ${command}`);
      assert(can({ platform }, command, { allowCommands: [` ${command} `] }), command);
    }
  }
  const both = { allowCommands: ["sms.send"], denyCommands: ["sms.send", "system.run"] };
  assert(!can({ platform: "linux" }, "sms.send", both));
  assert(!can({ platform: "linux" }, "system.run", both));
});

Deno.test("scopesToApprove() asks for more the more a node can do", () => {
  assertEquals(scopesToApprove([]), ["operator.pairing"]);
  assertEquals(scopesToApprove(["canvas.present"]), ["operator.pairing", "operator.write"]);
  for (const command of ["system.run", "system.run.prepare", "system.which"]) {
    assertEquals(scopesToApprove(["a", command]), ["operator.pairing", "operator.admin"]);
  }
});

Deno.test("admit() lets a first-time node use its commands and asks for them", async () => {
  await withStore(async (context) => {
    const { nodes, requested } = record(context);
    const commands = ["system.which", "camera.snap", "system.run", "system.run"];
    const admission = await nodes.admit({ ...NODE, commands }, {});
    assertEquals(admission.commands, ["system.run", "system.which"]);
    assertEquals(admission.refused, [{ command: "camera.snap", reason: "not-allowed" }]);
    assertEquals(requested, [admission.request!]);
    assertEquals(admission.request?.requiredApproveScopes, ["operator.pairing", "operator.admin"]);
    const again = await nodes.admit({ ...NODE, commands }, {});
    assertEquals(again.request?.requestId, admission.request?.requestId);
    assertEquals(requested.length, 1);
    assertEquals(
      (await nodes.admit({ nodeId: "n2", commands: ["sms.send"] }, {})).request,
      undefined,
    );
  });
});

Deno.test("admit() holds a known node to what was approved, and asks for the rest", async () => {
  await withStore(async (context) => {
    const { nodes, requested } = record(context);
    const first = await nodes.admit({ ...NODE, commands: ["system.which"] }, {});
    await nodes.approve(first.request!.requestId, ADMIN);
    const same = await nodes.admit({ ...NODE, commands: ["system.which"] }, {});
    assertEquals(same, { commands: ["system.which"], refused: [] });
    const more = await nodes.admit({ ...NODE, commands: ["system.which", "system.run"] }, {});
    assertEquals(more.commands, ["system.which"]);
    assertEquals(more.refused, [{ command: "system.run", reason: "not-approved" }]);
    assertEquals(requested.length, 2);
    await nodes.approve(more.request!.requestId, ADMIN);
    const now = await nodes.admit({ ...NODE, commands: ["system.which", "system.run"] }, {});
    assertEquals(now.commands, ["system.run", "system.which"]);
    const denied = await nodes.admit(
      { ...NODE, commands: ["system.run"] },
      { denyCommands: ["system.run"] },
    );
    assertEquals(denied.refused, [{ command: "system.run", reason: "not-allowed" }]);
  });
});

Deno.test("request() keeps one request for a node, with a new id when it grows, for five minutes", async () => {
  await withStore(async (context) => {
    const { nodes, requested } = record(context);
    const one = await nodes.request({ ...NODE, commands: ["a"], silent: true });
    assertEquals([one.status, one.created, one.request.silent], ["pending", true, true]);
    context.clock.advance(1_000);
    const two = await nodes.request({ ...NODE, commands: ["a", "b"] });
    assertEquals([two.created, two.request.ts], [false, START]);
    assertEquals(
      await code(nodes.approve(one.request.requestId, ADMIN)),
      "PAIRING_REQUEST_NOT_FOUND",
      "what was looked at is not what would be approved",
    );
    const three = await nodes.request({ ...NODE, commands: ["b"] });
    assertEquals([three.request.commands, three.request.ts], [["b"], START]);
    assertEquals(three.request.requestId, two.request.requestId);
    assertEquals(requested.length, 2);
    context.clock.advance(300_000);
    assertEquals(nodes.list(), { pending: [], paired: [] });
    assertEquals(
      await code(nodes.approve(three.request.requestId, ADMIN)),
      "PAIRING_REQUEST_NOT_FOUND",
    );
  });
});

Deno.test("approve() needs the scopes of the commands and shows the token once", async () => {
  await withStore(async (context) => {
    const { nodes, resolved } = record(context);
    const { request } = await nodes.request({ ...NODE, commands: ["system.run"] });
    const { requestId } = request;
    for (const scopes of [["operator.pairing"], ["operator.pairing", "operator.write"]]) {
      assertEquals(await code(nodes.approve(requestId, scopes)), "SCOPE_MISSING");
    }
    const { node } = await nodes.approve(requestId, ADMIN);
    assertMatch(node.token, /^[\w-]{48}$/);
    assertEquals(resolved, [{ requestId, nodeId: "n1", decision: "approved", ts: START }]);
    assertEquals(nodes.list().paired, [{
      nodeId: "n1",
      platform: "linux",
      displayName: "box",
      caps: ["system"],
      commands: ["system.run"],
      createdAtMs: START,
      approvedAtMs: START,
    }]);
    assertEquals((await nodes.verify("n1", node.token)).node?.nodeId, "n1");
    assertEquals(await nodes.verify("n1", `${node.token}x`), { ok: false });
    assertEquals(await nodes.verify("n2", node.token), { ok: false });
    assert(!await isOnDisk(context.stateDir, node.token));
    await context.reopen();
    assert((await record(context).nodes.verify("n1", node.token)).ok);
  });
});

Deno.test("approve() succeeds once when two approve at the same time", async () => {
  await withStore(async (context) => {
    const { nodes } = record(context);
    const { requestId } = (await nodes.request(NODE)).request;
    const results = await Promise.allSettled([
      nodes.approve(requestId, ADMIN),
      nodes.approve(requestId, ADMIN),
    ]);
    assertEquals(results.map((one) => one.status).sort(), ["fulfilled", "rejected"]);
  });
});

Deno.test("reject() and remove() report what they ended", async () => {
  await withStore(async (context) => {
    const { nodes, resolved, revoked } = record(context);
    const { requestId } = (await nodes.request(NODE)).request;
    assertEquals(await nodes.reject(requestId), { requestId, nodeId: "n1" });
    const again = (await nodes.request(NODE)).request;
    await nodes.approve(again.requestId, ADMIN);
    assertEquals(await nodes.remove("n1"), { nodeId: "n1" });
    assertEquals(await code(nodes.remove("n1")), "NODE_NOT_FOUND");
    assertEquals(resolved.map((one) => one.decision), ["rejected", "approved", "removed"]);
    assertEquals(resolved.at(-1)?.requestId, "");
    assertEquals(revoked, [{ deviceId: "n1", role: "node" }]);
  });
});

Deno.test("remove() takes the node's role from its device", async () => {
  await withStore(async (context) => {
    const { nodes } = record(context);
    const { store, clock } = context;
    const pairing = new DevicePairing(store, clock);
    const { deviceId } = device;
    const local = { isLocal: true };
    await pairing.evaluate(connect(device, { ...local, role: "node", scopes: [] }));
    await nodes.remove(deviceId);
    assertEquals(pairing.get(deviceId), undefined);
    await pairing.evaluate(connect(device, { ...local, role: "node", scopes: [] }));
    await pairing.evaluate(connect(device, local));
    const tokens = new DeviceTokens(store, clock);
    const node = await tokens.issue({ deviceId, role: "node" });
    const operator = await tokens.issue({ deviceId, role: "operator" });
    await nodes.remove(deviceId);
    assertEquals(pairing.get(deviceId)?.roles, ["operator"]);
    assertEquals(pairing.get(deviceId)?.role, "operator");
    assert(!(await tokens.verify(deviceId, "node", node!.token, [])).ok);
    assert((await tokens.verify(deviceId, "operator", operator!.token, [])).ok);
  });
});

Deno.test("rows() joins approved nodes and devices that are paired as nodes", async () => {
  await withStore(async (context) => {
    const { nodes } = record(context);
    const pairing = new DevicePairing(context.store, context.clock);
    const { deviceId } = device;
    await pairing.evaluate(
      connect(device, { isLocal: true, role: "node", scopes: [], displayName: "box" }),
    );
    await pairing.touch(deviceId, "connect");
    assertEquals(await nodes.rename(deviceId, "Desk"), { nodeId: deviceId, displayName: "Desk" });
    const { request } = await nodes.admit(
      { ...NODE, nodeId: deviceId, version: "1.2", commands: ["system.run"] },
      {},
    );
    await nodes.approve(request!.requestId, ADMIN);
    const alone = await nodes.request({ ...NODE, nodeId: "n9" });
    await nodes.approve(alone.request.requestId, ADMIN);
    const rows = nodes.rows();
    assertEquals(rows.map((row) => row.nodeId), [deviceId, "n9"]);
    const expected: NodeRow = {
      nodeId: deviceId,
      displayName: "Desk",
      platform: "linux",
      clientId: "cli",
      clientMode: "cli",
      version: "1.2",
      caps: ["system"],
      commands: ["system.run"],
      paired: true,
      approvedAtMs: START,
      lastSeenAtMs: START,
      lastSeenReason: "connect",
    };
    assertEquals(rows[0]!, expected);
    assertEquals(nodes.row(deviceId)!, expected);
    assertEquals(nodes.row("n0"), undefined);
    assertEquals(await code(nodes.rename("n0", "x")), "NODE_NOT_FOUND");
    const { writes } = context.store.stats();
    const same = { ...NODE, nodeId: deviceId, version: "1.2", commands: ["system.run"] };
    await nodes.admit(same, {});
    assertEquals(context.store.stats().writes, writes);
    await nodes.admit({ ...same, version: "1.3" }, {});
    assertEquals(nodes.row(deviceId)?.version, "1.3");
  });
});

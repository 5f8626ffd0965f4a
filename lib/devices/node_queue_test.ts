import { assertEquals, assertNotEquals } from "@std/assert";
import { MAX_NODE_ACTIONS, NODE_ACTION_TTL_MS } from "../protocol/mod.ts";
import { START, type TestContext, withStore } from "./_testing.ts";
import { NodeQueue } from "./node_queue.ts";
import { NodeRegistryStore } from "./nodes.ts";

function action(idempotencyKey: string, command = "camera.list") {
  return { command, paramsJSON: '{"a":1}', idempotencyKey };
}

function open({ store, clock }: TestContext): NodeQueue {
  return new NodeQueue(store, clock);
}

Deno.test("NodeQueue keeps commands over a restart until the node has done them", async () => {
  await withStore(async (context) => {
    const queue = open(context);
    const first = await queue.addAction("n1", action("k1"));
    const repeat = await queue.addAction("n1", action("k1"));
    assertEquals(repeat.id, first.id, "one key is queued once");
    const second = await queue.addAction("n1", { ...action("k2"), paramsJSON: null });
    await queue.addAction("n2", action("k1"));
    await context.reopen();
    const again = open(context);
    assertEquals(again.actions("n1").map((row) => ({ ...row })), [
      { id: first.id, command: "camera.list", paramsJSON: '{"a":1}', enqueuedAtMs: START },
      { id: second.id, command: "camera.list", paramsJSON: null, enqueuedAtMs: START },
    ]);
    assertEquals(await again.acknowledge("n2", [first.id]), 1, "only the node's own");
    assertEquals(await again.acknowledge("n1", [first.id, "unknown"]), 1);
    assertEquals(again.actions("n1").map(({ id }) => id), [second.id]);
    context.clock.advance(NODE_ACTION_TTL_MS);
    assertEquals(again.actions("n1"), []);
  });
});

Deno.test("NodeQueue keeps the newest commands of a node", async () => {
  await withStore(async (context) => {
    const queue = open(context);
    for (let i = 0; i < MAX_NODE_ACTIONS + 2; i++) await queue.addAction("n1", action(`k${i}`));
    const rows = queue.actions("n1");
    assertEquals(rows.length, MAX_NODE_ACTIONS);
    assertNotEquals((await queue.addAction("n1", action("k0"))).id, rows[0]!.id);
  });
});

Deno.test("NodeQueue hands out requests by urgency and always asks for the status", async () => {
  await withStore(async (context) => {
    const queue = open(context);
    const empty = queue.drain("n1");
    assertEquals([empty.revision, empty.hasMore], [0, false]);
    assertEquals(empty.items.map(({ id, priority }) => [id, priority]), [
      ["baseline-status", "default"],
    ]);
    const status = await queue.addWork("n1", { type: "status.request" });
    assertEquals([status.revision, status.queued.priority, status.queued.expiresAtMs], [
      1,
      "normal",
      null,
    ]);
    const urgent = { type: "location.request", priority: "high", expiresInMs: 1000 };
    const location = await queue.addWork("n1", urgent);
    assertEquals(location.queued.expiresAtMs, START + 1000);
    const renewed = await queue.addWork("n1", urgent);
    assertEquals([renewed.revision, renewed.queued.id], [3, location.queued.id]);
    const one = queue.drain("n1", 1);
    assertEquals([one.items.map(({ id }) => id), one.hasMore], [[location.queued.id], true]);
    await queue.acknowledge("n1", [status.queued.id]);
    assertEquals(queue.drain("n1").items.map(({ id }) => id), [
      location.queued.id,
      "baseline-status",
    ]);
    context.clock.advance(1000);
    assertEquals(queue.drain("n1").items.map(({ id }) => id), ["baseline-status"]);
  });
});

Deno.test("removing a node empties its queues", async () => {
  await withStore(async (context) => {
    const queue = open(context);
    const nodes = new NodeRegistryStore(context.store, context.clock);
    const { request } = await nodes.request({ nodeId: "n1", commands: ["camera.list"] });
    await nodes.approve(request.requestId, ["operator.admin"]);
    await queue.addAction("n1", action("k1"));
    await queue.addWork("n1", { type: "location.request" });
    await nodes.remove("n1");
    assertEquals(queue.actions("n1"), []);
    assertEquals(queue.drain("n1").revision, 0);
    assertEquals(queue.drain("n1").items.length, 1);
  });
});

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { MAX_NODE_INVOKES, NODE_INVOKE_TIMEOUT_MS } from "../../protocol/mod.ts";
import { clientOf, FakeTime } from "../_testing.ts";
import { type ConnectedNode, ConnectedNodes } from "./connected_nodes.ts";
import { NodeInvocations } from "./invocations.ts";

function nodeOf(connId = "c1") {
  const { client, sink } = clientOf({ connId, role: "node", deviceId: "n1" });
  const node: ConnectedNode = {
    nodeId: "n1",
    client,
    declaration: { nodeId: "n1" },
    connectedAtMs: 1,
  };
  return { node, client, sink };
}

Deno.test("NodeInvocations.send() ends by the usual time when none is given", async () => {
  using time = new FakeTime();
  const { node, sink } = nodeOf();
  const invocations = new NodeInvocations();
  const attempts = [{ command: "a" }, { command: "b", timeoutMs: 0 }]
    .map((request) => invocations.send(node, request));
  assertEquals(sink.frames.map(({ payload }) => payload.timeoutMs), [
    NODE_INVOKE_TIMEOUT_MS,
    NODE_INVOKE_TIMEOUT_MS,
  ]);
  const ends = attempts.map((attempt) => assertRejects(() => attempt, AppError));
  time.advance(NODE_INVOKE_TIMEOUT_MS - 1);
  assertEquals(time.pending, 2);
  time.advance(1);
  for (const end of ends) assertEquals((await end).code, "NODE_TIMEOUT");
});

Deno.test("NodeInvocations.send() refuses when too many commands wait for one node", async () => {
  const { node, client } = nodeOf();
  const invocations = new NodeInvocations();
  const waiting = Array.from(
    { length: MAX_NODE_INVOKES },
    () => assertRejects(() => invocations.send(node, { command: "a" }), AppError),
  );
  const error = assertThrows(() => invocations.send(node, { command: "a" }), AppError);
  assertEquals([error.code, error.retryable], ["UNAVAILABLE", true]);
  invocations.drop(client);
  for (const end of await Promise.all(waiting)) assertEquals(end.code, "NOT_CONNECTED");
});

Deno.test("NodeInvocations.send() does not wait for a connection that has ended", () => {
  const { node, sink } = nodeOf();
  sink.close(1000);
  const invocations = new NodeInvocations();
  const error = assertThrows(() => invocations.send(node, { command: "a" }), AppError);
  assertEquals([error.code, invocations.size], ["NOT_CONNECTED", 0]);
});

Deno.test("NodeInvocations.close() leaves nobody waiting and no timer behind", async () => {
  using time = new FakeTime();
  const { node } = nodeOf();
  const invocations = new NodeInvocations();
  const end = assertRejects(() => invocations.send(node, { command: "a" }), AppError);
  assertEquals([invocations.size, time.pending], [1, 1]);
  invocations.close();
  assertEquals([(await end).code, invocations.size, time.pending], ["NOT_CONNECTED", 0, 0]);
});

Deno.test("NodeInvocations.settle() takes an answer from the connection that was asked only", async () => {
  const { node, client, sink } = nodeOf();
  const other = nodeOf("c2");
  const invocations = new NodeInvocations();
  const answer = invocations.send(node, { command: "a", params: { x: 1 } });
  const { id, paramsJSON } = sink.frames[0]!.payload;
  assertEquals(paramsJSON, '{"x":1}');
  const result = { id, nodeId: "n1", ok: true, payloadJSON: "no json" };
  assertEquals(invocations.settle(other.client, result), false);
  assertEquals(invocations.settle(client, result), true);
  assertEquals(invocations.settle(client, result), false, "once");
  assertEquals(await answer, { ok: true, payloadJSON: "no json" });
});

Deno.test("ConnectedNodes keeps the newest connection of a node", () => {
  const [older, newer] = [nodeOf("c1"), nodeOf("c2")];
  const nodes = new ConnectedNodes();
  assertEquals(nodes.add(older.node), undefined);
  assertEquals(nodes.add(newer.node), older.node);
  assertEquals([nodes.of(older.client), nodes.of(newer.client)], [undefined, newer.node]);
  nodes.remove(older.client);
  assertEquals(nodes.get("n1"), newer.node, "the end of the older one changes nothing");
  nodes.remove(newer.client);
  assertEquals([...nodes.all()], []);
});

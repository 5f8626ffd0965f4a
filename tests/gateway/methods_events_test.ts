import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Frame } from "../harness/socket.ts";
import { withGateway } from "./methods_harness.ts";

Deno.test("system-event and wake tell the agent, presence tells the clients", async () => {
  await withGateway(async ({ socket, result }) => {
    const text =
      "Node: box (192.0.2.7) · app 1.2.3 · last input 5s ago · mode local · reason launch";
    assertEquals(await result("system-event", { text }), { ok: true });
    const { payload } = await socket.event("presence");
    const entry = payload.presence.find(({ host }: Frame) => host === "box");
    assertEquals(
      [entry.ip, entry.version, entry.lastInputSeconds, entry.mode, entry.reason],
      ["192.0.2.7", "1.2.3", 5, "local", "launch"],
    );
    assertEquals(await result("wake", { mode: "next-heartbeat", text: "later" }), { ok: true });
    assertEquals(await result("wake", { mode: "now", text: "kettle is on" }), { ok: true });
    const final = await socket.event("chat", ({ state }) => state === "final");
    assertEquals(final.payload.sessionKey, "agent:main:main");
    const { messages } = await result("chat.history", { sessionKey: "main" });
    const said = JSON.stringify(messages[0].content);
    assertMatch(said, /System: \[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\] kettle is on/);
    assertStringIncludes(said, "] later");
    assertStringIncludes(said, "Node: box");
  });
});

Deno.test("diagnostics.stability, set-heartbeats, update.status and the identity", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    await socket.call("no.such");
    const report = await result("diagnostics.stability", { limit: 2 });
    assertEquals([report.capacity, report.dropped, report.firstSeq], [1000, 0, 1]);
    assertEquals(report.events.map(({ type }: Frame) => type), ["client.connected", "rpc.refused"]);
    assertEquals(report.events[1].method, "unknown");
    const { events } = await result("diagnostics.stability", { sinceSeq: report.lastSeq });
    assertEquals(events, []);
    assertEquals(await result("set-heartbeats", { enabled: false }), { ok: true, enabled: false });
    assertEquals(await result("update.status"), { sentinel: null });
    const identity = await result("gateway.identity.get");
    assertMatch(identity.deviceId, /^[0-9a-f]{64}$/);
    assertEquals(identity.publicKey.length, 43);
    assertEquals(await result("gateway.identity.get"), identity);
    const file = await Deno.readTextFile(`${gateway.stateDir}/identity/device.json`);
    assertEquals(JSON.parse(file).deviceId, identity.deviceId);
  });
});

import { assertEquals } from "@std/assert";
import { RedactionSet } from "../base/mod.ts";
import { MAX_BUFFERED_BYTES } from "../protocol/mod.ts";
import { clientOf } from "./_testing.ts";
import { Broadcaster } from "./broadcaster.ts";

function scene(...identities: Parameters<typeof clientOf>[0][]) {
  const broadcaster = new Broadcaster();
  const all = identities.map((identity, index) =>
    clientOf({ connId: `conn-${index + 1}`, ...identity })
  );
  for (const { client } of all) broadcaster.add(client);
  return {
    broadcaster,
    clients: all.map(({ client }) => client),
    sinks: all.map(({ sink }) => sink),
  };
}

Deno.test("Broadcaster.broadcast() numbers events for each connection by itself", () => {
  const { broadcaster, sinks } = scene({}, {});
  broadcaster.broadcast("tick", { ts: 1 });
  const { client: late, sink: lateSink } = clientOf({ connId: "late" });
  broadcaster.add(late);
  broadcaster.broadcast("health", { ok: true }, { presence: 2, health: 3 });
  assertEquals(sinks[0]!.frames, [
    { type: "event", event: "tick", payload: { ts: 1 }, seq: 1 },
    {
      type: "event",
      event: "health",
      payload: { ok: true },
      stateVersion: { presence: 2, health: 3 },
      seq: 2,
    },
  ]);
  assertEquals(sinks[1]!.frames, sinks[0]!.frames);
  assertEquals(lateSink.frames.map(({ event, seq }) => [event, seq]), [["health", 1]]);
});

Deno.test("Broadcaster.broadcast() keeps to the guard of each event, and spends no number on others", () => {
  const { broadcaster, sinks } = scene(
    { scopes: [] },
    { scopes: ["operator.read"] },
    { scopes: ["operator.pairing"] },
    { role: "node", scopes: [] },
  );
  const events = [
    "chat",
    "tick",
    "device.pair.requested",
    "voicewake.changed",
    "made.up",
    "presence",
  ];
  for (const event of events) broadcaster.broadcast(event, {});
  const seen = sinks.map(({ frames }) => frames.map(({ event, seq }) => `${seq} ${event}`));
  assertEquals(seen, [
    ["1 tick", "2 presence"],
    ["1 chat", "2 tick", "3 voicewake.changed", "4 presence"],
    ["1 tick", "2 device.pair.requested", "3 presence"],
    ["1 tick", "2 voicewake.changed", "3 presence"],
  ]);
});

Deno.test("Broadcaster.hasReceivers() answers before anything is built", () => {
  const { broadcaster, clients } = scene({ scopes: [] }, { scopes: ["operator.read"] });
  const ask = () => ["chat", "tick", "made.up"].map((event) => broadcaster.hasReceivers(event));
  assertEquals(ask(), [true, true, false]);
  broadcaster.remove(clients[1]!);
  assertEquals([ask(), broadcaster.size], [[false, true, false], 1]);
  broadcaster.remove(clients[0]!);
  assertEquals([ask(), broadcaster.get("conn-1")], [[false, false, false], undefined]);
});

Deno.test("Broadcaster.broadcast() lets a slow connection miss what may be missed, with a gap", () => {
  const { broadcaster, sinks } = scene({}, {});
  const [slow, quick] = sinks as [typeof sinks[0], typeof sinks[0]];
  broadcaster.broadcast("tick", {});
  slow.bufferedAmount = MAX_BUFFERED_BYTES + 1;
  broadcaster.broadcast("chat", { state: "delta" });
  broadcaster.broadcast("presence", {});
  slow.bufferedAmount = MAX_BUFFERED_BYTES;
  broadcaster.broadcast("chat", { state: "final" });
  assertEquals(slow.frames.map(({ seq }) => seq), [1, 4]);
  assertEquals(quick.frames.map(({ seq }) => seq), [1, 2, 3, 4]);
  assertEquals(slow.closed, undefined);
});

Deno.test("Broadcaster.broadcast() closes a slow connection for what it must not miss", () => {
  const cases: [event: string, payload: unknown][] = [
    ["chat", { state: "final" }],
    ["chat", { state: "error" }],
    ["agent", { stream: "assistant" }],
    ["tick", {}],
    ["shutdown", {}],
  ];
  for (const [event, payload] of cases) {
    const { broadcaster, sinks } = scene({}, {});
    sinks[0]!.bufferedAmount = MAX_BUFFERED_BYTES + 1;
    broadcaster.broadcast(event, payload);
    assertEquals(sinks[0]!.closed, { code: 1008, reason: "slow consumer" }, event);
    assertEquals([sinks[0]!.frames.length, sinks[1]!.frames.length], [0, 1], event);
  }
});

Deno.test("Broadcaster.sendTo() sends without a number, and takes none", () => {
  const { broadcaster, clients, sinks } = scene({}, { scopes: [] });
  broadcaster.sendTo(clients[0]!, "agent", { a: 1 });
  broadcaster.broadcast("tick", {});
  broadcaster.sendTo(clients[1]!, "agent", { a: 1 });
  assertEquals(sinks[0]!.frames[0], { type: "event", event: "agent", payload: { a: 1 } });
  assertEquals([sinks[0]!.frames[1]?.seq, sinks[1]!.frames.length], [1, 1]);
});

Deno.test("Broadcaster.sendTo() to a slow connection drops what may be dropped, else closes it", () => {
  const { broadcaster, clients, sinks } = scene({});
  sinks[0]!.bufferedAmount = MAX_BUFFERED_BYTES + 1;
  broadcaster.sendTo(clients[0]!, "session.tool", {});
  assertEquals([sinks[0]!.frames, sinks[0]!.closed], [[], undefined]);
  broadcaster.sendTo(clients[0]!, "agent", {});
  assertEquals(sinks[0]!.frames, []);
  assertEquals(sinks[0]!.closed, { code: 1008, reason: "slow consumer" });
});

Deno.test("a closed connection swallows everything and spends no numbers", () => {
  const { broadcaster, clients, sinks } = scene({});
  broadcaster.closeAll(1012, "service restart");
  clients[0]!.send("{}");
  broadcaster.broadcast("tick", {});
  broadcaster.closeAll(1000, "again");
  assertEquals([sinks[0]!.frames, sinks[0]!.closed], [[], {
    code: 1012,
    reason: "service restart",
  }]);
});

Deno.test("Broadcaster sends no event with a secret in it", () => {
  const redaction = new RedactionSet();
  const broadcaster = new Broadcaster(redaction);
  const { client, sink } = clientOf();
  broadcaster.add(client);
  redaction.add("secret-in-force-0123");
  const payload = { text: "it is secret-in-force-0123" };
  broadcaster.broadcast("chat", payload);
  broadcaster.sendTo(client, "agent", payload);
  const [first, second] = sink.frames;
  assertEquals([first?.payload, first?.seq], [{ text: "it is [redacted]" }, 1]);
  assertEquals(second?.payload, { text: "it is [redacted]" });
});

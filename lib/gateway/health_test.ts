import { assertEquals } from "@std/assert";
import type { AgentsSnapshot } from "../agents/mod.ts";
import type { SessionStore } from "../sessions/mod.ts";
import { clientOf, FakeTime } from "./_testing.ts";
import { Broadcaster } from "./broadcaster.ts";
import { EventLoopMonitor } from "./event_loop.ts";
import { HealthMonitor } from "./health.ts";
import { Presence } from "./presence.ts";

const MINUTE_MS = 60_000;

function newMonitor(time: FakeTime) {
  const broadcaster = new Broadcaster();
  const facts = { host: "box", ip: undefined, platform: "", deviceFamily: "", modelIdentifier: "" };
  const queries: unknown[] = [];
  const store = {
    path: "/state/openclaw.sqlite",
    listSessions: (query: unknown) => {
      queries.push(query);
      return { sessions: [{ key: "agent:main:main", updatedAt: time.ms - 7 }], total: 9 };
    },
  };
  const agents = {
    defaultId: "main",
    agents: [{ id: "main", name: "Main" }, { id: "other" }],
  };
  const health = new HealthMonitor({
    heartbeats: () => [],
    clock: time,
    // Health asks for this and nothing else of the store and of the agents.
    store: store as unknown as SessionStore,
    agents: () => agents as unknown as AgentsSnapshot,
    broadcaster,
    presence: new Presence(facts, () => time.now()),
    eventLoop: new EventLoopMonitor(time, () => 0),
  });
  const { client, sink } = clientOf({ scopes: [] });
  return { health, broadcaster, client, sink, queries };
}

Deno.test("HealthMonitor.snapshot() shows agents and their newest sessions", () => {
  using time = new FakeTime();
  const { health, queries } = newMonitor(time);
  const { ok, ts, defaultAgentId, agents, sessions } = health.snapshot();
  assertEquals([ok, ts, defaultAgentId], [true, time.ms, "main"]);
  assertEquals(sessions, {
    path: "/state/openclaw.sqlite",
    count: 9,
    recent: [{ key: "agent:main:main", updatedAt: time.ms - 7, age: 7 }],
  });
  assertEquals(agents.map(({ agentId, name, isDefault }) => [agentId, name, isDefault]), [
    ["main", "Main", true],
    ["other", undefined, false],
  ]);
  assertEquals(queries, [{ limit: 5 }, { limit: 5, agentId: "other" }]);
});

Deno.test("HealthMonitor.snapshot() is kept for a minute, unless a fresh one is wanted", () => {
  using time = new FakeTime();
  const { health } = newMonitor(time);
  const first = health.snapshot();
  time.advance(MINUTE_MS - 1);
  assertEquals([health.snapshot() === first, health.version], [true, 1]);
  time.advance(1);
  const second = health.snapshot();
  assertEquals([second === first, second.ts, health.version], [false, time.ms, 2]);
  assertEquals([health.snapshot(true) === second, health.version], [false, 3]);
});

Deno.test("HealthMonitor.announceSoon() gathers the clients of 50 ms into one broadcast", () => {
  using time = new FakeTime();
  const { health, broadcaster, client, sink } = newMonitor(time);
  broadcaster.add(client);
  health.announceSoon();
  time.advance(30);
  health.announceSoon();
  time.advance(19);
  assertEquals(sink.frames.length, 0);
  time.advance(1);
  assertEquals(sink.frames.map(({ event, stateVersion }) => [event, stateVersion.health]), [
    ["health", 1],
  ]);
  time.advance(100);
  health.announceSoon();
  time.advance(50);
  assertEquals(sink.frames.map(({ seq }) => seq), [1, 2]);
});

Deno.test("HealthMonitor refreshes every minute while somebody listens, until it is stopped", () => {
  using time = new FakeTime();
  const { health, broadcaster, client, sink } = newMonitor(time);
  health.start();
  time.advance(MINUTE_MS);
  assertEquals(health.version, 0);
  broadcaster.add(client);
  time.advance(2 * MINUTE_MS);
  assertEquals([health.version, sink.frames.length], [2, 2]);
  health.announceSoon();
  health.stop();
  time.advance(10 * MINUTE_MS);
  assertEquals([sink.frames.length, time.pending], [2, 0]);
});

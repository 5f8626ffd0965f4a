import { assertEquals } from "@std/assert";
import { VERSION } from "../base/mod.ts";
import { ManualClock } from "./_testing.ts";
import { type HostFacts, Presence } from "./presence.ts";

const FACTS: HostFacts = {
  host: "box",
  ip: "192.0.2.7",
  platform: "linux 6",
  deviceFamily: "Linux",
  modelIdentifier: "x64",
};
const MINUTE_MS = 60_000;

function newPresence(facts: Partial<HostFacts> = {}) {
  const clock = new ManualClock();
  const presence = new Presence({ ...FACTS, ...facts }, () => clock.now());
  const names = () => presence.list().map(({ host }) => host);
  return { clock, presence, names };
}

Deno.test("Presence.list() always has the gateway itself", () => {
  const { clock, presence } = newPresence();
  clock.ms += 60 * MINUTE_MS;
  const [self] = presence.list();
  assertEquals(
    self?.text,
    `Gateway: box (192.0.2.7) · app ${VERSION} · mode gateway · reason self`,
  );
  assertEquals([self?.ts, self?.reason], [clock.ms, "self"]);
  const [nameless] = newPresence({ ip: undefined }).presence.list();
  assertEquals(nameless?.text, `Gateway: box · app ${VERSION} · mode gateway · reason self`);
  assertEquals("ip" in nameless!, false);
});

Deno.test("Presence.list() is newest first", () => {
  const { clock, presence, names } = newPresence();
  for (const host of ["a", "b", "c"]) {
    presence.upsert(host, { host });
    clock.ms += 1000;
  }
  assertEquals(names(), ["box", "c", "b", "a"]);
  presence.upsert("a", { host: "a" });
  clock.ms++;
  assertEquals(names(), ["box", "a", "c", "b"]);
});

Deno.test("Presence forgets after five minutes who is not renewed", () => {
  const { clock, presence, names } = newPresence();
  presence.upsert("a", { host: "a" });
  presence.upsert("b", { host: "b" });
  clock.ms += 4 * MINUTE_MS;
  presence.touch(["b", "nobody"]);
  clock.ms += MINUTE_MS;
  assertEquals(names(), ["box", "b", "a"]);
  clock.ms += 1;
  assertEquals(names(), ["box", "b"]);
});

Deno.test("Presence.disconnect() marks who left, for others to see", () => {
  const { presence } = newPresence();
  presence.upsert("a", { host: "a", reason: "connect" });
  assertEquals([presence.disconnect("a"), presence.disconnect("b")], [true, false]);
  assertEquals(presence.list().map(({ reason }) => reason).sort(), ["disconnect", "self"]);
});

Deno.test("Presence.version grows with what others can see", () => {
  const { presence } = newPresence();
  const versions = [presence.version];
  const steps = [
    () => presence.upsert("a", {}),
    () => presence.touch(["a"]),
    () => presence.disconnect("nobody"),
    () => presence.disconnect("a"),
  ];
  for (const step of steps) {
    step();
    versions.push(presence.version);
  }
  assertEquals(versions, [1, 2, 2, 2, 3]);
});

Deno.test("Presence keeps 200 entries, and of clients those that were there last", () => {
  const { clock, presence, names } = newPresence();
  presence.upsert("stays", { host: "stays" });
  for (let i = 0; i < 300; i++) {
    clock.ms++;
    presence.upsert(`visitor-${i}`, { host: `visitor-${i}` });
    presence.disconnect(`visitor-${i}`);
    presence.touch(["stays"]);
  }
  assertEquals(names().length, 200);
  assertEquals([names().includes("stays"), names().includes("visitor-299")], [true, true]);
  assertEquals(names().includes("visitor-0"), false);
});

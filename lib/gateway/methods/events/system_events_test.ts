import { assertEquals } from "@std/assert";
import { parseNodeText } from "./mod.ts";
import { SystemEvents } from "./system_events.ts";

const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5), monotonic: () => 0 };

Deno.test("SystemEvents keeps the newest of each session until they are taken", () => {
  const events = new SystemEvents(clock);
  events.add("a", " one ");
  events.add("a", "one");
  events.add("a", "");
  events.add("b", "two");
  assertEquals(events.list(), ["one", "two"]);
  assertEquals(events.take("a"), "System: [2026-01-02 03:04:05 UTC] one");
  assertEquals([events.take("a"), events.list()], ["", ["two"]]);
  for (let i = 0; i < 30; i++) events.add("b", `event ${i}`);
  assertEquals(events.list().length, 20);
  assertEquals(events.list().at(-1), "event 29");
  events.add("c", "x".repeat(5000));
  assertEquals(events.list().at(-1)?.length, 2000);
});

Deno.test("parseNodeText() reads what devices report, and nothing else", () => {
  assertEquals(parseNodeText("Node: box"), { host: "box" });
  assertEquals(
    parseNodeText("Node: my box (192.0.2.1) · app 1.0 · mode remote · reason periodic"),
    {
      host: "my box",
      ip: "192.0.2.1",
      version: "1.0",
      mode: "remote",
      reason: "periodic",
    },
  );
  assertEquals(parseNodeText("The kettle is on"), {});
});

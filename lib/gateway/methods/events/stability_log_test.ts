import { assertEquals } from "@std/assert";
import { MAX_STABILITY_EVENTS } from "../../../protocol/mod.ts";
import { StabilityLog } from "./stability_log.ts";

Deno.test("StabilityLog keeps the newest events and says how many went", () => {
  const log = new StabilityLog({ now: () => 5, monotonic: () => 5 });
  assertEquals(log.report({}).events, []);
  assertEquals("firstSeq" in log.report({}), false);
  for (let i = 0; i < MAX_STABILITY_EVENTS + 2; i++) log.record("rpc.refused", { method: `m${i}` });
  log.record("run.failed", { code: "X", seq: -1 });
  const report = log.report({ limit: 2 });
  assertEquals([report.count, report.dropped, report.firstSeq, report.lastSeq], [
    1000,
    3,
    4,
    1003,
  ]);
  assertEquals(report.events.map(({ seq, type }) => [seq, type]), [
    [1002, "rpc.refused"],
    [1003, "run.failed"],
  ]);
  assertEquals(report.summary.byType, { "rpc.refused": 999, "run.failed": 1 });
  assertEquals(log.report({ type: "run.failed" }).events.length, 1);
  assertEquals(log.report({ sinceSeq: 1001 }).events.length, 2);
});

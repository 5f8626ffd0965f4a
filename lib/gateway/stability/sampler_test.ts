import { assertEquals } from "@std/assert";
import { FakeTime } from "../_testing.ts";
import type { EventLoopMonitor } from "../event_loop.ts";
import { StabilityLog } from "../methods/events/stability_log.ts";
import { startSampling } from "./sampler.ts";

Deno.test("startSampling() notes memory every five minutes and each time the loop gets late", () => {
  using time = new FakeTime();
  const stability = new StabilityLog(time);
  let degraded = false;
  const figures = () => ({ degraded, delayP99Ms: 600, delayMaxMs: 900, cpuCoreRatio: 1 });
  const stop = startSampling({
    stability,
    eventLoop: { figures } as unknown as EventLoopMonitor,
    memory: () => ({ rss: 5, heapUsed: 3 }),
  });
  time.advance(300_000);
  assertEquals(stability.report({}).summary.byType, { "memory.sample": 2 });
  for (const isLate of [true, true, false, true]) {
    degraded = isLate;
    time.advance(30_000);
  }
  stop();
  const { events } = stability.report({ type: "event-loop.delayed" });
  assertEquals([events.length, events[0]!.delayMaxMs, time.pending], [2, 900, 0]);
});

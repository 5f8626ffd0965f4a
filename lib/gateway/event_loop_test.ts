import { assertEquals } from "@std/assert";
import { FakeTime } from "./_testing.ts";
import { EventLoopMonitor } from "./event_loop.ts";

/** Lets the monitor's timer fire, each time that much late. */
function sample(monitor: EventLoopMonitor, time: FakeTime, delays: readonly number[]): void {
  monitor.start();
  const base = time.monotonic.bind(time);
  let late = 0;
  time.monotonic = () => base() + late;
  for (const delay of delays) {
    late += delay;
    time.advance(1000);
  }
  monitor.stop();
}

Deno.test("EventLoopMonitor.figures() are zero before the first sample", () => {
  using time = new FakeTime();
  const monitor = new EventLoopMonitor(time, () => 0);
  monitor.start();
  time.advance(999);
  assertEquals(monitor.figures(), {
    degraded: false,
    reasons: [],
    intervalMs: 1000,
    delayP99Ms: 0,
    delayMaxMs: 0,
    cpuCoreRatio: 0,
    utilization: 0,
  });
  monitor.stop();
  assertEquals(time.pending, 0);
});

Deno.test("EventLoopMonitor.figures() show one late second as the greatest delay only", () => {
  using time = new FakeTime();
  const monitor = new EventLoopMonitor(time, () => 0);
  sample(monitor, time, [...new Array<number>(59).fill(3), 900]);
  const { degraded, delayP99Ms, delayMaxMs } = monitor.figures();
  assertEquals([degraded, delayP99Ms, delayMaxMs], [false, 3, 900]);
});

Deno.test("EventLoopMonitor.figures() say degraded when lateness is the rule", () => {
  using time = new FakeTime();
  const monitor = new EventLoopMonitor(time, () => 0);
  sample(monitor, time, new Array<number>(10).fill(501));
  const { degraded, reasons, delayP99Ms } = monitor.figures();
  assertEquals([degraded, reasons, delayP99Ms], [true, ["delay"], 501]);
});

Deno.test("EventLoopMonitor.figures() forget what is over a minute ago", () => {
  using time = new FakeTime();
  const monitor = new EventLoopMonitor(time, () => 0);
  sample(monitor, time, [5000, 5000, ...new Array<number>(60).fill(0)]);
  assertEquals(monitor.figures().delayMaxMs, 0);
});

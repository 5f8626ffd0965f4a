import { assertEquals } from "@std/assert";
import { HttpTraffic } from "./traffic.ts";

Deno.test("HttpTraffic.idle() waits for the last request, and no longer than it may", async () => {
  const traffic = new HttpTraffic();
  assertEquals(await traffic.idle(0), true);
  const [first, second] = [traffic.begin(), traffic.begin()];
  assertEquals([traffic.active, await traffic.idle(1)], [2, false]);
  const idle = traffic.idle(60_000);
  first();
  assertEquals(traffic.active, 1);
  second();
  assertEquals([await idle, traffic.active], [true, 0]);
});

Deno.test("HttpTraffic.stop() tells answers that would never end", () => {
  const traffic = new HttpTraffic();
  assertEquals(traffic.stopping.aborted, false);
  traffic.stop();
  assertEquals(traffic.stopping.aborted, true);
});

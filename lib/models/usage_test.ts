import { assertEquals } from "@std/assert";
import { usageCost } from "./usage.ts";

Deno.test("usageCost() charges per million tokens", () => {
  const usage = { input: 1_000_000, output: 500_000, cacheRead: 2_000_000, cacheWrite: 0 };
  const price = { input: 2, output: 8, cacheRead: 0.5, cacheWrite: 9 };
  assertEquals(usageCost(usage, price), {
    input: 2,
    output: 4,
    cacheRead: 1,
    cacheWrite: 0,
    total: 7,
  });
});

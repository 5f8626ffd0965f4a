import { assertEquals } from "@std/assert";
import { DEFAULT_FAILURE_LIMITS, FailureLimiter } from "./failure_limiter.ts";

class FakeClock {
  ms = 50_000;
  now(): number {
    return this.ms;
  }
  monotonic(): number {
    return this.ms;
  }
}

Deno.test("FailureLimiter locks for longer each time, up to the maximum", () => {
  const clock = new FakeClock();
  const limiter = new FailureLimiter(clock);
  const locks: number[] = [];
  for (let round = 0; round < 6; round++) {
    while (limiter.lockedForMs("a") === 0) limiter.fail("a");
    locks.push(limiter.lockedForMs("a") / 60_000);
    clock.ms += limiter.lockedForMs("a");
  }
  assertEquals(locks, [1, 2, 4, 8, 15, 15]);
});

Deno.test("FailureLimiter forgets failures outside the window", () => {
  const clock = new FakeClock();
  const limiter = new FailureLimiter(clock);
  for (let i = 0; i < 40; i++) {
    limiter.fail("a");
    clock.ms += 7000;
  }
  assertEquals(limiter.lockedForMs("a"), 0);
});

Deno.test("FailureLimiter.succeed() clears a key", () => {
  const limiter = new FailureLimiter(new FakeClock());
  for (let i = 0; i < 9; i++) limiter.fail("a");
  limiter.succeed("a");
  limiter.fail("a");
  assertEquals(limiter.lockedForMs("a"), 0);
});

Deno.test("FailureLimiter locks failing keys when all together spend the global budget", () => {
  const limiter = new FailureLimiter(new FakeClock(), () => ({
    ...DEFAULT_FAILURE_LIMITS,
    globalMaxFailures: 20,
  }));
  for (let i = 0; i < 20; i++) limiter.fail(`address-${i}`);
  assertEquals(limiter.lockedForMs("address-3") > 0, true);
  assertEquals(limiter.lockedForMs("never-failed"), 0);
});

Deno.test("FailureLimiter remembers a bounded number of keys", () => {
  const limiter = new FailureLimiter(new FakeClock(), () => ({
    ...DEFAULT_FAILURE_LIMITS,
    maxKeys: 5,
  }));
  for (let i = 0; i < 9; i++) limiter.fail("first");
  for (let i = 0; i < 5; i++) limiter.fail(`other-${i}`);
  limiter.fail("first");
  assertEquals(limiter.lockedForMs("first"), 0);
});

import { assertEquals } from "@std/assert";
import { ManualClock } from "../_testing.ts";
import { HookGuard } from "./guard.ts";

const HERE = "127.0.0.1";

Deno.test("judge() locks an address after twenty failures, which the right token does not feel", () => {
  const clock = new ManualClock();
  const guard = new HookGuard(clock);
  for (let index = 0; index < 20; index++) {
    const given = index % 2 === 0 ? `guess ${index}` : undefined;
    assertEquals(guard.judge("right token", given, HERE), { ok: false });
  }
  assertEquals(guard.judge("right token", "guess", HERE), { ok: false, retryAfterMs: 60_000 });
  clock.advance(20_000);
  assertEquals(guard.judge("right token", undefined, HERE), { ok: false, retryAfterMs: 40_000 });
  assertEquals(guard.judge("right token", "guess", "192.0.2.1"), { ok: false });
  assertEquals(guard.judge("right token", "right token", HERE), { ok: true });
  assertEquals(guard.judge("right token", "guess", HERE), { ok: false });
});

Deno.test("judge() forgets failures after a minute", () => {
  const clock = new ManualClock();
  const guard = new HookGuard(clock);
  const fail = () => guard.judge("right token", "guess", HERE);
  for (let index = 0; index < 19; index++) fail();
  clock.advance(60_000);
  for (let index = 0; index < 19; index++) assertEquals(fail(), { ok: false });
});

Deno.test("judge() follows a new token", () => {
  const guard = new HookGuard(new ManualClock());
  assertEquals(guard.judge("first token", "first token", HERE).ok, true);
  assertEquals(guard.judge("second token", "first token", HERE).ok, false);
  assertEquals(guard.judge("second token", "second token", HERE).ok, true);
});

import { assertEquals } from "@std/assert";
import { type Attempt, Authenticator } from "./authenticator.ts";

class FakeClock {
  ms = 1_000_000;
  now(): number {
    return this.ms;
  }
  monotonic(): number {
    return this.ms;
  }
}

function remote(attempt: Partial<Attempt>): Attempt {
  return { address: "192.0.2.1", isLocalDirect: false, ...attempt };
}

Deno.test("Authenticator.check() accepts only the exact token", () => {
  const auth = new Authenticator({ mode: "token", secret: "correct-token" }, new FakeClock());
  assertEquals(auth.check(remote({ token: "correct-token" })).ok, true);
  const wrong = [
    "correct-toke",
    "correct-token2",
    "correct-token\0",
    "",
    "Correct-token",
    "x".repeat(9000),
  ];
  for (const token of wrong) {
    assertEquals(auth.check(remote({ token })).ok, false, token);
  }
  assertEquals(auth.check(remote({ password: "correct-token" })), {
    ok: false,
    reason: "token_missing",
  });
});

Deno.test("Authenticator.check() accepts a secret longer than the compared minimum", () => {
  const secret = "s".repeat(2000);
  const auth = new Authenticator({ mode: "password", secret }, new FakeClock());
  assertEquals(auth.check(remote({ password: secret })).ok, true);
  assertEquals(auth.check(remote({ password: secret + "s" })).ok, false);
});

Deno.test("Authenticator.check() locks an address after ten wrong tokens, and only that one", () => {
  const clock = new FakeClock();
  const auth = new Authenticator({ mode: "token", secret: "right" }, clock);
  for (let i = 0; i < 10; i++) {
    assertEquals(auth.check(remote({ token: "wrong" })), {
      ok: false,
      reason: "token_mismatch",
    });
  }
  const locked = auth.check(remote({ token: "right", address: "::ffff:192.0.2.1" }));
  assertEquals(locked, {
    ok: false,
    reason: "rate_limited",
    retryAfterMs: 60_000,
  });
  assertEquals(auth.check(remote({ token: "right", address: "192.0.2.2" })).ok, true);
  clock.ms += 60_001;
  assertEquals(auth.check(remote({ token: "right" })).ok, true);
});

Deno.test("Authenticator.check() does not count missing credentials", () => {
  const auth = new Authenticator({ mode: "token", secret: "right" }, new FakeClock());
  for (let i = 0; i < 50; i++) auth.check(remote({}));
  assertEquals(auth.check(remote({ token: "right" })).ok, true);
});

Deno.test("Authenticator.check() limits browsers on loopback by origin, other local programs never", () => {
  const auth = new Authenticator({ mode: "token", secret: "right" }, new FakeClock());
  const page = {
    address: "127.0.0.1",
    isLocalDirect: true,
    origin: "http://localhost:3000",
  };
  for (let i = 0; i < 10; i++) auth.check({ ...page, token: "wrong" });
  const verdict = auth.check({ ...page, token: "right" });
  assertEquals(verdict.ok, false);
  const program = { address: "127.0.0.1", isLocalDirect: true };
  for (let i = 0; i < 50; i++) auth.check({ ...program, token: "wrong" });
  assertEquals(auth.check({ ...program, token: "right" }).ok, true);
});

Deno.test("Authenticator.check() lets everyone in under mode none", () => {
  assertEquals(
    new Authenticator({ mode: "none" }, new FakeClock()).check(remote({})),
    {
      ok: true,
      method: "none",
    },
  );
});

Deno.test("Authenticator.check() refuses everyone while the credential is not configured", () => {
  for (const mode of ["token", "password"] as const) {
    const auth = new Authenticator({ mode }, new FakeClock());
    for (const given of ["", "any"]) {
      const verdict = auth.check(remote({ token: given, password: given }));
      assertEquals(verdict, { ok: false, reason: `${mode}_missing_config` });
    }
  }
});

Deno.test("Authenticator.replace() counts changes, not writes of the same", () => {
  const auth = new Authenticator({ mode: "token", secret: "old" }, new FakeClock());
  assertEquals([auth.replace({ secret: "old" }), auth.generation], [false, 0]);
  assertEquals([auth.replace({ secret: "new" }), auth.generation], [true, 1]);
  assertEquals(auth.check(remote({ token: "old" })).ok, false);
  assertEquals(auth.check(remote({ token: "new" })).ok, true);
});

Deno.test("Authenticator.countFailure() keeps guesses at device tokens apart", () => {
  const auth = new Authenticator({ mode: "token", secret: "right" }, new FakeClock());
  for (let i = 0; i < 10; i++) auth.countFailure(remote({}), "device_token_mismatch");
  assertEquals(auth.check(remote({ token: "right" })).ok, true);
  assertEquals(auth.lockedForMs(remote({}), "device"), 60_000);
  assertEquals(auth.lockedForMs(remote({}), "shared"), 0);
});

Deno.test("Authenticator.check() locks an IPv6 network of /64, and no other", () => {
  const auth = new Authenticator({ mode: "token", secret: "right" }, new FakeClock());
  for (let i = 0; i < 10; i++) {
    auth.check(remote({ token: "wrong", address: `2001:db8:0:1:${i}::1` }));
  }
  const from = (address: string) => auth.check(remote({ token: "right", address })).ok;
  assertEquals([from("2001:db8:0:1:ffff::"), from("2001:db8:0:2::1")], [false, true]);
});

Deno.test("Authenticator.check() refuses repeated guesses from everywhere once all are too many", () => {
  const auth = new Authenticator({ mode: "token", secret: "right" }, new FakeClock());
  for (let i = 0; i < 1000; i++) {
    auth.check(remote({ token: "wrong", address: `10.0.${i >> 8}.${i & 255}` }));
  }
  const guesser = auth.check(remote({ token: "right", address: "10.0.0.7" }));
  assertEquals(!guesser.ok && guesser.reason, "rate_limited");
  assertEquals(auth.check(remote({ token: "right", address: "192.0.2.1" })).ok, true);
});

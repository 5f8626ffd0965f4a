import { assertEquals, assertMatch } from "@std/assert";
import { envOf } from "../../base/mod.ts";
import type { OpenClawConfig } from "../../config/mod.ts";
import { ManualClock, recordingLogger } from "../_testing.ts";
import { Authenticator } from "../authenticator.ts";
import { attemptLimits, liveSecret, originPolicy } from "./settings.ts";

type Auth = NonNullable<NonNullable<OpenClawConfig["gateway"]>["auth"]>;

function secretOf(auth: Auth, mode: "token" | "password" | "trusted-proxy", env = {}, flags = {}) {
  const { log, lines } = recordingLogger();
  const config: OpenClawConfig = { gateway: { auth } };
  const snapshot = { config, parsed: { gateway: { auth } }, env: envOf(env) };
  return { secret: liveSecret(snapshot, mode, flags, log), lines };
}

Deno.test("liveSecret() takes the credential of a changed configuration, in the mode of the start", () => {
  assertEquals(secretOf({ token: "new" }, "token").secret, { mode: "token", secret: "new" });
  const other = secretOf({ mode: "token", password: "new", token: "t" }, "password");
  assertEquals(other.secret, { mode: "password", secret: "new" });
  const flagged = secretOf({ token: "new" }, "token", {}, { token: "flag" });
  assertEquals(flagged.secret, { mode: "token", secret: "flag" });
});

Deno.test("liveSecret() keeps what is in force when there is nothing better", () => {
  assertEquals(secretOf({}, "token"), { secret: undefined, lines: [] });
  const cases: [auth: Auth, mode: "token" | "password" | "trusted-proxy", line: RegExp][] = [
    [{ token: "${GONE}" }, "token", /GONE/],
    [{ token: "change-me-now" }, "token", /placeholder/],
    [{}, "password", /no password is set/],
    [{ trustedProxy: { userHeader: "x" } }, "trusted-proxy", /gateway\.trustedProxies is not set/],
  ];
  for (const [auth, mode, line] of cases) {
    const { secret, lines } = secretOf(auth, mode);
    assertEquals(secret, undefined);
    assertMatch(lines.join(), line);
  }
});

Deno.test("attemptLimits() takes what is configured, and the longest lock along with the first", () => {
  const { limits, exemptsLoopback } = attemptLimits({
    auth: { rateLimit: { maxAttempts: 3, lockoutMs: 3_600_000, exemptLoopback: false } },
  });
  assertEquals([limits.maxFailures, limits.windowMs], [3, 60_000]);
  assertEquals([limits.lockMs, limits.maxLockMs, exemptsLoopback], [3_600_000, 3_600_000, false]);
});

Deno.test("attemptLimits() are read at each attempt", () => {
  let maxAttempts = 10;
  const authenticator = new Authenticator(
    { mode: "token", secret: "right" },
    new ManualClock(),
    () => attemptLimits({ auth: { rateLimit: { maxAttempts, exemptLoopback: false } } }),
  );
  const local = { address: "127.0.0.1", isLocalDirect: true };
  const wrong = () => authenticator.check({ ...local, token: "wrong" });
  assertEquals([wrong(), wrong()].map((verdict) => verdict.ok), [false, false]);
  assertEquals(authenticator.check({ ...local, token: "right" }).ok, true);
  maxAttempts = 2;
  wrong();
  wrong();
  const locked = authenticator.check({ ...local, token: "right" });
  assertEquals(!locked.ok && locked.reason, "rate_limited");
});

Deno.test("originPolicy() allows the gateway's own names where other machines can connect", () => {
  const at = (hosts: string[], allowedOrigins?: string[]) =>
    originPolicy(
      allowedOrigins === undefined ? {} : { controlUi: { allowedOrigins } },
      { hosts, port: 18789 },
      "token",
    ).allowedOrigins;
  assertEquals(at(["127.0.0.1", "::1"]), []);
  const own = ["http://localhost:18789", "http://127.0.0.1:18789"];
  assertEquals(at(["0.0.0.0"]), own);
  assertEquals(at(["192.0.2.1"]), [...own, "http://192.0.2.1:18789"]);
  assertEquals(at(["0.0.0.0"], ["https://ui.example"]), ["https://ui.example"]);
});

Deno.test("originPolicy() hears any local page only where a credential is asked for", () => {
  const modes = ["token", "password", "none", "trusted-proxy"] as const;
  const bound = { hosts: ["127.0.0.1"], port: 18789 };
  const hears = modes.map((mode) => originPolicy({}, bound, mode).hearsLocalPages);
  assertEquals(hears, [true, true, false, false]);
});

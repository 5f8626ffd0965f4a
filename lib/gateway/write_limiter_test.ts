import { assert, assertEquals } from "@std/assert";
import type { ClientIdentity } from "./client.ts";
import { WriteLimiter } from "./write_limiter.ts";

function identity(changes: Partial<ClientIdentity>): ClientIdentity {
  return {
    connId: "c1",
    role: "operator",
    scopes: [],
    caps: [],
    clientId: "cli",
    clientMode: "cli",
    clientVersion: "1",
    platform: "linux",
    address: "127.0.0.1",
    isLocalDirect: true,
    ...changes,
  };
}

Deno.test("WriteLimiter.refuse() takes three writes in any minute and says when the next one may come", () => {
  let now = 1000;
  const limiter = new WriteLimiter({ now: () => now, monotonic: () => now });
  const client = identity({});
  for (const time of [1000, 2000, 3000]) {
    now = time;
    assertEquals(limiter.refuse("config.patch", client), undefined);
  }
  now = 60_999;
  const refusal = limiter.refuse("config.apply", client);
  assertEquals(refusal?.retryAfterMs, 1);
  assertEquals(refusal?.message, "rate limit exceeded for config.apply; retry after 1s");
  now = 61_000;
  assertEquals(limiter.refuse("config.apply", client), undefined);
  assert(limiter.refuse("config.apply", client));
});

Deno.test("WriteLimiter.refuse() counts a device over its connections, per address", () => {
  const limiter = new WriteLimiter({ now: () => 0, monotonic: () => 0 });
  const of = (connId: string, deviceId?: string, address = "127.0.0.1") =>
    limiter.refuse(
      "config.patch",
      identity({ connId, address, ...(deviceId ? { deviceId } : {}) }),
    );
  assertEquals([of("1", "d"), of("2", "d"), of("3", "d")], [undefined, undefined, undefined]);
  assert(of("4", "d"));
  assertEquals(of("5", "d", "192.0.2.1"), undefined);
  assertEquals(of("6", "e"), undefined);
  assertEquals(of("7"), undefined);
});

Deno.test("WriteLimiter.refuse() does not count other methods", () => {
  const limiter = new WriteLimiter({ now: () => 0, monotonic: () => 0 });
  for (let i = 0; i < 9; i++) assertEquals(limiter.refuse("config.get", identity({})), undefined);
  assertEquals(limiter.refuse("update.run", identity({})), undefined);
});

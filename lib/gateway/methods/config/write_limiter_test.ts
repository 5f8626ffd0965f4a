import { assert, assertEquals } from "@std/assert";
import type { ClientIdentity } from "../../client.ts";
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

Deno.test("WriteLimiter.admit() takes three writes in any minute and says when the next one may come", () => {
  let now = 1000;
  const limiter = new WriteLimiter({ now: () => now, monotonic: () => now });
  const client = identity({});
  for (const time of [1000, 2000, 3000]) {
    now = time;
    assertEquals(limiter.admit("config.patch", client), undefined);
  }
  now = 60_999;
  const refusal = limiter.admit("config.apply", client);
  assertEquals(refusal?.error.retryAfterMs, 1);
  assertEquals(refusal?.error.message, "rate limit exceeded for config.apply; retry after 1s");
  now = 61_000;
  assertEquals(limiter.admit("config.apply", client), undefined);
  assert(limiter.admit("config.apply", client));
});

Deno.test("WriteLimiter.admit() counts a device over its connections, per address", () => {
  const limiter = new WriteLimiter({ now: () => 0, monotonic: () => 0 });
  const of = (connId: string, deviceId?: string, address = "127.0.0.1") =>
    limiter.admit("m", identity({ connId, address, ...(deviceId ? { deviceId } : {}) }));
  assertEquals([of("1", "d"), of("2", "d"), of("3", "d")], [undefined, undefined, undefined]);
  assert(of("4", "d"));
  assertEquals(of("5", "d", "192.0.2.1"), undefined);
  assertEquals(of("6", "e"), undefined);
  assertEquals(of("7"), undefined);
});

import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { AppError, sha256Hex } from "../base/mod.ts";
import type { Role } from "../protocol/mod.ts";
import { connect, isOnDisk, newDevice, START, type TestContext, withStore } from "./_testing.ts";
import { DevicePairing } from "./pairing.ts";
import type { DeviceConnect } from "./pairing_rules.ts";
import { DeviceTokens, type DeviceTokens as Tokens } from "./tokens.ts";

const ADMIN = ["operator.admin"];
const HOUR = 60 * 60_000;
const device = await newDevice();
const { deviceId } = device;

async function pair(context: TestContext, changes: Partial<DeviceConnect> = {}) {
  const { store, clock } = context;
  const pairing = new DevicePairing(store, clock);
  await pairing.evaluate(connect(device, { isLocal: true, ...changes }));
  const revoked: unknown[] = [];
  const tokens = new DeviceTokens(store, clock, { onRevoked: (one) => revoked.push(one) });
  return { pairing, tokens, revoked };
}

/** The tokens as a gateway sees them that has just started. */
async function restarted(context: TestContext): Promise<DeviceTokens> {
  return new DeviceTokens(await context.reopen(), context.clock);
}

async function issue(
  tokens: Tokens,
  presented?: string,
  scopes: string[] = [],
): Promise<string> {
  const issued = await tokens.issue({ deviceId, role: "operator", presented, scopes });
  return issued?.token ?? "";
}

async function isValid(tokens: Tokens, token: string): Promise<boolean> {
  return (await tokens.verify(deviceId, "operator", token, [])).ok;
}

async function code(attempt: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => attempt, AppError)).code;
}

Deno.test("issue() answers a token with the normalised scopes of the approval", async () => {
  const table: [string[], string[]][] = [
    [["operator.read"], ["operator.read"]],
    [["operator.write"], ["operator.read", "operator.write"]],
    [ADMIN, ["operator.admin", "operator.read", "operator.write"]],
    [["operator.talk.secrets", "operator.approvals"], [
      "operator.approvals",
      "operator.talk.secrets",
    ]],
  ];
  for (const [scopes, expected] of table) {
    await withStore(async (context) => {
      const { tokens } = await pair(context, { scopes });
      const issued = await tokens.issue({ deviceId, role: "operator" });
      assertMatch(issued!.token, /^[\w-]{43}$/);
      assertEquals([issued?.scopes, issued?.issuedAtMs], [expected, START]);
    });
  }
});

Deno.test("issue() hands out nothing for a role or a device that is not approved", async () => {
  await withStore(async (context) => {
    const { tokens } = await pair(context);
    assertEquals(await tokens.issue({ deviceId, role: "node" }), undefined);
    assertEquals(await tokens.issue({ deviceId: "0".repeat(64), role: "operator" }), undefined);
  });
});

Deno.test("issue() keeps the token that is presented or still remembered", async () => {
  await withStore(async (context) => {
    const { tokens } = await pair(context);
    const token = await issue(tokens);
    const { writes } = context.store.stats();
    assertEquals(await issue(tokens), token);
    assertEquals(await issue(tokens, "something else"), token);
    assert(context.store.stats().writes - writes <= 1);
    const later = await restarted(context);
    assertEquals(await issue(later, token), token);
    assertEquals(await issue(later), token);
  });
});

Deno.test("issue() keeps the token before valid until the new one is used", async () => {
  await withStore(async (context) => {
    const first = await issue((await pair(context)).tokens);
    const tokens = await restarted(context);
    const second = await issue(tokens);
    assertNotEquals(second, first);
    assert(await isValid(tokens, first) && await isValid(tokens, second));
    assertEquals(await issue(tokens, second), second);
    assertEquals([await isValid(tokens, first), await isValid(tokens, second)], [false, true]);
  });
});

Deno.test("issue() ends the token before after a day", async () => {
  await withStore(async (context) => {
    const first = await issue((await pair(context)).tokens);
    const tokens = await restarted(context);
    await issue(tokens);
    context.clock.advance(24 * HOUR - 1);
    assert(await isValid(tokens, first));
    context.clock.advance(1);
    assert(!await isValid(tokens, first));
  });
});

Deno.test("issue() never locks out a client that presents the token before", async () => {
  await withStore(async (context) => {
    const first = await issue((await pair(context)).tokens);
    await issue(await restarted(context));
    // The answers with the new tokens are lost each time.
    for (let round = 0; round < 3; round++) {
      const tokens = await restarted(context);
      const next = await issue(tokens, first);
      assertNotEquals(next, first);
      assert(await isValid(tokens, first), `round ${round}`);
      assert(await isValid(tokens, next), `round ${round}`);
    }
  });
});

Deno.test("verify() tells a wrong token from a token that may do too little", async () => {
  await withStore(async (context) => {
    const { tokens } = await pair(context, { scopes: ["operator.write"] });
    const token = await issue(tokens);
    const check = async (role: Role, text: string, scopes: string[], id = deviceId) => {
      const verdict = await tokens.verify(id, role, text, scopes);
      return verdict.ok ? "ok" : verdict.reason;
    };
    assertEquals(await check("operator", token, []), "ok");
    assertEquals(await check("operator", token, ["operator.read", "operator.write"]), "ok");
    assertEquals(await check("operator", token, ADMIN), "scope_mismatch");
    for (const wrong of ["", `${token}x`, token.slice(1), token.toLowerCase(), "0".repeat(43)]) {
      assertEquals(await check("operator", wrong, ADMIN), "device_token_mismatch");
    }
    assertEquals(await check("node", token, []), "device_token_mismatch");
    assertEquals(await check("operator", token, [], "0".repeat(64)), "device_token_mismatch");
    const hash = await sha256Hex(token);
    assertEquals(await check("operator", hash, []), "device_token_mismatch");
  });
});

Deno.test("a silent upgrade widens the token, an approval replaces it", async () => {
  await withStore(async (context) => {
    const { pairing, tokens } = await pair(context);
    const token = await issue(tokens);
    await pairing.evaluate(connect(device, { isOwner: true, scopes: ["operator.approvals"] }));
    assertEquals(await tokens.verify(deviceId, "operator", token, ["operator.approvals"]), {
      ok: true,
      scopes: ["operator.approvals", "operator.read"],
    });
    const verdict = await pairing.evaluate(connect(device, { scopes: ADMIN }));
    assert(verdict.kind === "pending");
    await pairing.approve(verdict.request.requestId, ADMIN);
    assert(!await isValid(tokens, token));
    const next = await issue(tokens);
    assertNotEquals(next, token);
    assert((await tokens.verify(deviceId, "operator", next, ADMIN)).ok);
  });
});

Deno.test("rotate() replaces a token at once, within the approval and the caller's scopes", async () => {
  await withStore(async (context) => {
    const { tokens, revoked } = await pair(context, { scopes: ["operator.write"] });
    const old = await issue(tokens);
    context.clock.advance(5);
    const rotated = await tokens.rotate(deviceId, "operator", {
      scopes: ["operator.read"],
      callerScopes: ["operator.pairing", "operator.read"],
    });
    assertEquals([rotated.scopes, rotated.issuedAtMs], [["operator.read"], START + 5]);
    assertEquals(revoked, [{ deviceId, role: "operator" }]);
    assertEquals([await isValid(tokens, old), await isValid(tokens, rotated.token)], [false, true]);
    const callerScopes = ADMIN;
    const denied: [string, Role, string[] | undefined][] = [
      [deviceId, "node", undefined],
      ["0".repeat(64), "operator", undefined],
      [deviceId, "operator", ADMIN],
    ];
    for (const [id, role, scopes] of denied) {
      assertEquals(
        await code(tokens.rotate(id, role, { scopes, callerScopes })),
        "DEVICE_TOKEN_DENIED",
      );
    }
    assertEquals(
      await code(tokens.rotate(deviceId, "operator", { callerScopes: ["operator.pairing"] })),
      "SCOPE_MISSING",
    );
    const wide = await tokens.issue({ deviceId, role: "operator", scopes: ["operator.write"] });
    assertEquals(wide?.scopes, ["operator.read", "operator.write"]);
    assert(!await isValid(tokens, rotated.token));
  });
});

Deno.test("revoke() ends a token until the device gets a new one", async () => {
  await withStore(async (context) => {
    const { tokens, pairing, revoked } = await pair(context);
    const old = await issue(tokens);
    assertEquals(await tokens.revoke(deviceId, "operator"), {
      deviceId,
      role: "operator",
      revokedAtMs: START,
    });
    assertEquals(revoked, [{ deviceId, role: "operator" }]);
    assertEquals(pairing.list().paired[0]?.tokens[0]?.revokedAtMs, START);
    assert(!await isValid(tokens, old));
    assertEquals(await code(tokens.revoke(deviceId, "node")), "DEVICE_TOKEN_DENIED");
    const next = await issue(tokens, old);
    assertNotEquals(next, old);
    assertEquals([await isValid(tokens, old), await isValid(tokens, next)], [false, true]);
  });
});

Deno.test("a removed device's token is worth nothing, also after it is paired again", async () => {
  await withStore(async (context) => {
    const { pairing, tokens } = await pair(context);
    const old = await issue(tokens);
    await pairing.remove(deviceId);
    assert(!await isValid(tokens, old));
    await pairing.evaluate(connect(device, { isLocal: true }));
    assertNotEquals(await issue(tokens, old), old);
    assert(!await isValid(tokens, old));
  });
});

Deno.test("tokens are on disk as hashes only, before they are handed out", async () => {
  await withStore(async (context) => {
    const { tokens } = await pair(context);
    const token = await issue(tokens);
    const bytes = String.fromCharCode(
      ...Uint8Array.fromBase64(token, { alphabet: "base64url" }),
    );
    assert(await isOnDisk(context.stateDir, await sha256Hex(token)));
    assert(!await isOnDisk(context.stateDir, token));
    assert(!await isOnDisk(context.stateDir, bytes));
  });
});

Deno.test("issue() gives callers at the same time tokens that all work", async () => {
  await withStore(async (context) => {
    const { tokens } = await pair(context);
    const all = await Promise.all(Array.from({ length: 3 }, () => issue(tokens)));
    const last = all.at(-1)!;
    assert(await isValid(tokens, last));
    assertEquals(new Set(all).size, 1);
  });
});

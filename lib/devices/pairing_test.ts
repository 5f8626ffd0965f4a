import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { hasScope, OPERATOR_SCOPES } from "../protocol/mod.ts";
import { connect, newDevice, START, type TestContext, withStore } from "./_testing.ts";
import { DevicePairing, type PendingVerdict } from "./pairing.ts";
import { pairingRequired } from "./pairing_refusal.ts";
import type { DeviceConnect } from "./pairing_rules.ts";
import { DeviceTokens } from "./tokens.ts";
import type { PairingRequest, PairingResolution, SetupGrant } from "./types.ts";

const ADMIN = ["operator.admin"];
const MINUTE = 60_000;
const device = await newDevice();

interface Recorded {
  pairing: DevicePairing;
  requested: PairingRequest[];
  resolved: PairingResolution[];
  revoked: unknown[];
}

function record({ store, clock }: TestContext): Recorded {
  const events = {
    requested: [] as PairingRequest[],
    resolved: [] as PairingResolution[],
    revoked: [] as unknown[],
  };
  const pairing = new DevicePairing(store, clock, {
    onRequested: (request) => events.requested.push(request),
    onResolved: (resolution) => events.resolved.push(resolution),
    onRevoked: (revocation) => events.revoked.push(revocation),
  });
  return { pairing, ...events };
}

async function pend(pairing: DevicePairing, changes: Partial<DeviceConnect> = {}) {
  const verdict = await pairing.evaluate(connect(device, changes));
  assertEquals(verdict.kind, "pending");
  return verdict as PendingVerdict;
}

async function code(attempt: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => attempt, AppError)).code;
}

Deno.test("evaluate() follows the table of silent approvals", async () => {
  const local = { isLocal: true };
  const owner = { isLocal: true, isOwner: true };
  const browser = { isLocal: true, isBrowser: true };
  const setup: SetupGrant = { roles: ["node", "operator"], scopes: ["operator.write"] };
  const node = { role: "node" as const, scopes: [] };
  const write = { scopes: ["operator.write"] };
  const otherMachine = { platform: "darwin" };
  const table: [Partial<DeviceConnect>, Partial<DeviceConnect> | undefined, string][] = [
    [{}, undefined, "pending not-paired"],
    [local, undefined, "approved not-paired"],
    [browser, undefined, "approved not-paired"],
    [owner, undefined, "approved not-paired"],
    [{ isTrustedAddress: true, ...node }, undefined, "approved not-paired"],
    [{ isTrustedAddress: true, ...write, role: "node" }, undefined, "pending not-paired"],
    [{ isTrustedAddress: true }, undefined, "pending not-paired"],
    [{ setup, ...node }, undefined, "approved not-paired"],
    [{ setup, scopes: ADMIN }, undefined, "pending not-paired"],
    [{}, {}, "paired"],
    [{ scopes: [] }, {}, "paired"],
    [{}, write, "paired"],
    [{ scopes: ["operator.talk.secrets"] }, { scopes: ADMIN }, "paired"],
    [write, {}, "pending scope-upgrade"],
    [{ ...write, ...local }, {}, "pending scope-upgrade"],
    [{ ...write, ...browser }, {}, "pending scope-upgrade"],
    [{ ...write, ...owner }, {}, "approved scope-upgrade"],
    [node, {}, "pending role-upgrade"],
    [{ ...node, ...local }, {}, "approved role-upgrade"],
    [{ ...write, ...local }, node, "approved role-upgrade"],
    [otherMachine, {}, "pending metadata-upgrade"],
    [{ ...otherMachine, ...local }, {}, "approved metadata-upgrade"],
    [{ ...otherMachine, ...browser }, {}, "pending metadata-upgrade"],
    [{ ...otherMachine, ...local, ...write }, {}, "pending scope-upgrade"],
    [{ ...otherMachine, ...owner, ...write }, {}, "approved metadata-upgrade"],
    [{ platform: "Linux 6.9" }, {}, "paired"],
    [{ deviceFamily: "box" }, {}, "paired"],
    [{ scopes: ["operator.read", "operator.nonsense"] }, {}, "paired"],
  ];
  for (const [asked, before, expected] of table) {
    await withStore(async (context) => {
      const { pairing } = record(context);
      if (before !== undefined) {
        await pairing.evaluate(connect(device, { ...before, isLocal: true }));
      }
      const verdict = await pairing.evaluate(connect(device, asked));
      const reason = verdict.kind === "paired" ? "" : ` ${verdict.reason}`;
      assertEquals(verdict.kind + reason, expected, JSON.stringify([asked, before]));
    });
  }
});

Deno.test("evaluate() grants exactly what was asked for, or what the setup code says", async () => {
  await withStore(async (context) => {
    const { pairing, resolved } = record(context);
    await pairing.evaluate(connect(device, { isLocal: true, scopes: ["operator.write", "x"] }));
    assertEquals(pairing.get(device.deviceId)?.scopes, ["operator.write"]);
    assertEquals(resolved.map((one) => one.decision), ["approved"]);
    const setup: SetupGrant = { roles: ["node", "operator"], scopes: ["operator.approvals"] };
    const other = await newDevice();
    await pairing.evaluate(connect(other, { role: "node", scopes: [], setup }));
    const { roles, scopes } = pairing.get(other.deviceId)!;
    assertEquals([roles, scopes], [["node", "operator"], ["operator.approvals"]]);
  });
});

Deno.test("evaluate() keeps one request whose id stays while scopes and roles are collected", async () => {
  await withStore(async (context) => {
    const { pairing, requested } = record(context);
    const first = await pend(pairing);
    context.clock.advance(1_000);
    const again = await pend(pairing);
    const write = await pend(pairing, { scopes: ["operator.write"] });
    context.clock.advance(1_000);
    const read = await pend(pairing);
    const node = await pend(pairing, { role: "node", scopes: [] });
    const ids = [first, again, write, read, node].map((one) => one.request.requestId);
    assertEquals(new Set(ids).size, 1);
    assertEquals(again.request, first.request);
    assertEquals(node.request.roles, ["node", "operator"]);
    assertEquals(node.request.scopes, ["operator.read", "operator.write"]);
    assertEquals(
      [first, again, write, read].map((one) => one.request.updatedAtMs - START),
      [0, 0, 1_000, 1_000],
    );
    assertEquals(requested.map((one) => one.scopes.length), [1, 2, 2]);
    assertEquals(pairing.list().pending, [node.request]);
    assertEquals(read.requested, { role: "operator", scopes: ["operator.read"] });
  });
});

Deno.test("evaluate() lets a request vanish five minutes after the device last asked", async () => {
  await withStore(async (context) => {
    const { pairing, requested } = record(context);
    const { request } = await pend(pairing);
    context.clock.advance(4 * MINUTE);
    assertEquals((await pend(pairing)).request.requestId, request.requestId);
    context.clock.advance(4 * MINUTE);
    assertEquals(pairing.list().pending.length, 1);
    context.clock.advance(MINUTE);
    assertEquals(pairing.list().pending, []);
    assertEquals(
      await code(pairing.approve(request.requestId, ADMIN)),
      "PAIRING_REQUEST_NOT_FOUND",
    );
    assertNotEquals((await pend(pairing)).request.requestId, request.requestId);
    assertEquals(requested.length, 2);
  });
});

Deno.test("evaluate() bounds the number of requests and the length of texts", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    const displayName = `\u001b[31m${"n".repeat(5_000)}`;
    for (let index = 0; index < 205; index++) {
      const deviceId = index.toString(16).padStart(64, "0");
      context.clock.advance(1);
      await pairing.evaluate(connect({ ...device, deviceId }, { displayName }));
    }
    const { pending } = pairing.list();
    assertEquals(pending.length, 200);
    assertEquals(pending.at(-1)?.deviceId, (5).toString(16).padStart(64, "0"));
    assertEquals(pending[0]?.displayName?.length, 200);
    assert(!pending[0]!.displayName!.includes("\u001b"));
  });
});

Deno.test("approve() merges into what the device has and ends its tokens", async () => {
  await withStore(async (context) => {
    const { pairing, resolved } = record(context);
    await pairing.evaluate(connect(device, { isLocal: true }));
    const { request } = await pend(pairing, { scopes: ["operator.approvals"] });
    assert(request.isRepair);
    context.clock.advance(1_000);
    const { device: approved } = await pairing.approve(request.requestId, ADMIN);
    assertEquals(approved.scopes, ["operator.approvals", "operator.read"]);
    assertEquals([approved.createdAtMs, approved.approvedAtMs], [START, START + 1_000]);
    assertEquals(approved.tokens, [{
      role: "operator",
      scopes: ["operator.approvals", "operator.read"],
      createdAtMs: START,
      rotatedAtMs: START + 1_000,
    }]);
    assertEquals(pairing.list().pending, []);
    assertEquals(resolved.at(-1), {
      requestId: request.requestId,
      deviceId: device.deviceId,
      decision: "approved",
      ts: START + 1_000,
    });
  });
});

Deno.test("approve() asks the approver to hold what is asked for", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    const { request } = await pend(pairing, { scopes: ["operator.write", "operator.approvals"] });
    const { requestId } = request;
    for (const scopes of [[], ["operator.pairing"], ["operator.write", "operator.pairing"]]) {
      assertEquals(await code(pairing.approve(requestId, scopes)), "SCOPE_MISSING");
    }
    assertEquals(pairing.get(device.deviceId), undefined);
    await pairing.approve(requestId, ["operator.approvals", "operator.write"]);
    assertEquals((await pairing.evaluate(connect(device))).kind, "paired");
  });
});

Deno.test("approve() refuses a request that has grown since it was shown", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    const { request } = await pend(pairing);
    context.clock.advance(10);
    await pend(pairing, { scopes: ADMIN });
    const seen = { seenUpdatedAtMs: request.updatedAtMs };
    assertEquals(
      await code(pairing.approve(request.requestId, ADMIN, seen)),
      "PAIRING_REQUEST_CHANGED",
    );
    const [shown] = pairing.list().pending;
    await pairing.approve(request.requestId, ADMIN, { seenUpdatedAtMs: shown!.updatedAtMs });
  });
});

Deno.test("approve() never grants more than was asked for, whatever the order", async () => {
  for (let seed = 1; seed <= 25; seed++) {
    let state = seed;
    const random = (limit: number) => (state = state * 48271 % 2147483647) % limit;
    await withStore(async (context) => {
      const { pairing } = record(context);
      const asked = new Set<string>();
      const granted = new Set<string>();
      for (let step = 0; step < 12; step++) {
        const scopes = OPERATOR_SCOPES.filter(() => random(4) === 0);
        const verdict = await pairing.evaluate(connect(device, { scopes }));
        if (verdict.kind === "pending") {
          for (const scope of scopes) asked.add(scope);
          if (random(3) !== 0) continue;
          await pairing.approve(verdict.request.requestId, ADMIN);
          for (const scope of asked) granted.add(scope);
          asked.clear();
        }
        for (const scope of pairing.get(device.deviceId)?.scopes ?? []) {
          assert(granted.has(scope), `seed ${seed}: ${scope}`);
        }
        for (const scope of granted) {
          assert(hasScope(pairing.get(device.deviceId)!.scopes, scope), `seed ${seed}: ${scope}`);
        }
      }
    });
  }
});

Deno.test("approve() succeeds once when two approve at the same time", async () => {
  await withStore(async (context) => {
    const { pairing, resolved } = record(context);
    const { request } = await pend(pairing);
    const results = await Promise.allSettled([
      pairing.approve(request.requestId, ADMIN),
      pairing.approve(request.requestId, ADMIN),
      pairing.reject(request.requestId),
    ]);
    assertEquals(results.map((one) => one.status), ["fulfilled", "rejected", "rejected"]);
    assertEquals(resolved.length, 1);
  });
});

Deno.test("reject() lets the device ask again", async () => {
  await withStore(async (context) => {
    const { pairing, resolved } = record(context);
    const { request } = await pend(pairing);
    const { requestId } = request;
    assertEquals(await pairing.reject(requestId), { requestId, deviceId: device.deviceId });
    assertEquals(resolved.map((one) => one.decision), ["rejected"]);
    assertEquals(await code(pairing.reject(requestId)), "PAIRING_REQUEST_NOT_FOUND");
    assertNotEquals((await pend(pairing)).request.requestId, requestId);
  });
});

Deno.test("remove() forgets the device with everything it had", async () => {
  await withStore(async (context) => {
    const { pairing, revoked } = record(context);
    await pairing.evaluate(connect(device, { isLocal: true }));
    await pend(pairing, { scopes: ADMIN });
    assertEquals(await pairing.remove(device.deviceId), { deviceId: device.deviceId });
    assertEquals(revoked, [{ deviceId: device.deviceId }]);
    assertEquals(pairing.list(), { pending: [], paired: [] });
    assertEquals(await code(pairing.remove(device.deviceId)), "DEVICE_NOT_FOUND");
    assertEquals((await pend(pairing)).reason, "not-paired");
  });
});

Deno.test("rename() outlives what the device calls itself", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    assertEquals(await code(pairing.rename(device.deviceId, "Desk")), "DEVICE_NOT_FOUND");
    await pairing.evaluate(connect(device, { isLocal: true, displayName: "box" }));
    assertEquals((await pairing.rename(device.deviceId, " Desk ")).displayName, "Desk");
    await pairing.evaluate(
      connect(device, { isLocal: true, isOwner: true, displayName: "box", scopes: ADMIN }),
    );
    assertEquals(pairing.get(device.deviceId)?.displayName, "Desk");
  });
});

Deno.test("touch() writes at most once a minute", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    assertEquals(await pairing.touch(device.deviceId, "connect"), "unpaired");
    await pairing.evaluate(connect(device, { isLocal: true }));
    assertEquals(await pairing.touch(device.deviceId, "connect"), "persisted");
    context.clock.advance(59_999);
    assertEquals(await pairing.touch(device.deviceId, "connect"), "throttled");
    context.clock.advance(1);
    assertEquals(await pairing.touch(device.deviceId, "presence.alive"), "persisted");
    const [row] = pairing.list().paired;
    assertEquals([row?.lastSeenAtMs, row?.lastSeenReason], [START + MINUTE, "presence.alive"]);
  });
});

Deno.test("DevicePairing finds everything again after a restart", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    await pairing.evaluate(connect(device, { isLocal: true }));
    await pend(pairing, { scopes: ADMIN });
    const before = pairing.list();
    await context.reopen();
    assertEquals(record(context).pairing.list(), before);
  });
});

Deno.test("evaluate() writes nothing for a device that has what it asks for", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    await pairing.evaluate(connect(device, { isLocal: true }));
    await pend(pairing, { scopes: ADMIN });
    const before = context.store.stats().writes;
    await pairing.evaluate(connect(device));
    await pend(pairing, { scopes: ADMIN });
    assertEquals(context.store.stats().writes, before);
  });
});

Deno.test("evaluate() treats another key under a known id as another device", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    await pairing.evaluate(connect(device, { isLocal: true, scopes: ADMIN }));
    const { deviceId } = device;
    const tokens = new DeviceTokens(context.store, context.clock);
    await pairing.evaluate(connect(device, { isLocal: true, role: "node", scopes: [] }));
    const node = await tokens.issue({ deviceId, role: "node" });
    const { publicKeyBase64Url } = await newDevice();
    const changed = { deviceId, publicKeyBase64Url };
    const verdict = await pairing.evaluate(connect(changed)) as PendingVerdict;
    assertEquals([verdict.kind, verdict.reason], ["pending", "not-paired"]);
    const { device: row } = await pairing.approve(verdict.request.requestId, ADMIN);
    assertEquals([row.publicKey, row.scopes], [publicKeyBase64Url, ["operator.read"]]);
    assertEquals(row.roles, ["operator"]);
    assert(!(await tokens.verify(deviceId, "node", node!.token, [])).ok);
  });
});

Deno.test("pairingRequired() names the one command and fits a close reason", async () => {
  await withStore(async (context) => {
    const { pairing } = record(context);
    const first = pairingRequired(await pend(pairing));
    assertEquals(first.code, "NOT_PAIRED");
    const { requestId } = first.details;
    assertEquals(first.details, {
      code: "PAIRING_REQUIRED",
      reason: "not-paired",
      requestId,
      remediationHint: `openclaw devices approve ${requestId}`,
      deviceId: device.deviceId,
      requestedRole: "operator",
      requestedScopes: ["operator.read"],
    });
    await pairing.approve(requestId, ADMIN);
    const upgrades: Partial<DeviceConnect>[] = [
      { scopes: ADMIN },
      { role: "node", scopes: [] },
      { platform: "darwin" },
    ];
    for (const changes of upgrades) {
      const { message, details } = pairingRequired(await pend(pairing, changes));
      assert(message.startsWith("pairing required: "));
      assert(message.length <= 120, message);
      assertEquals(details.approvedRoles, ["operator"]);
      assertEquals(details.approvedScopes, ["operator.read"]);
    }
  });
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type FakeMethod, startFakeGateway } from "../testing/gateway_test.ts";
import { createHome } from "../testing/run_test.ts";

const NOW = Date.UTC(2026, 10, 22, 8, 0, 0);
const PHONE = "ab".repeat(32);
const DESK = "cd".repeat(32);
const PENDING = {
  requestId: "1f0c6d2e-1111-4000-8000-000000000001",
  deviceId: PHONE,
  publicKey: "k",
  displayName: "Phone\u001b[31m\u202e",
  platform: "ios",
  remoteIp: "192.0.2.9",
  role: "operator",
  roles: ["operator"],
  scopes: ["operator.read", "operator.write"],
  ts: NOW - 120_000,
};
const DESK_ROW = {
  deviceId: DESK,
  publicKey: "k",
  clientId: "cli",
  platform: "linux",
  role: "operator",
  roles: ["node", "operator"],
  scopes: ["operator.admin"],
  createdAtMs: NOW - 7_200_000,
  approvedAtMs: NOW - 7_200_000,
  lastSeenAtMs: NOW - 60_000,
  tokens: [
    { role: "node", scopes: [], createdAtMs: 1, revokedAtMs: 2 },
    { role: "operator", scopes: ["operator.admin"], createdAtMs: 1 },
  ],
};
const LIST = { pending: [PENDING], paired: [DESK_ROW] };

/** A gateway with the list above and some methods besides, and a home that talks to it. */
async function start(methods: Record<string, FakeMethod> = {}, list: unknown = LIST) {
  const gateway = startFakeGateway({ methods: { "device.pair.list": () => list, ...methods } });
  const home = await createHome({ port: gateway.port });
  return {
    gateway,
    run: home.run,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

Deno.test("devices list shows both tables and the next command", async () => {
  await using world = await start();
  const { code, out, err } = await world.run("devices", "list");
  assertEquals([code, err], [0, ""]);
  assertEquals(
    out,
    `Waiting for approval (1)
Request   Device        Name       Asks for               Has now  From       Age
1f0c6d2e  abababababab  Phone[31m  operator: read, write  -        192.0.2.9  2m

Approve: openclaw devices approve 1f0c6d2e
Turn down: openclaw devices reject 1f0c6d2e

Approved (1)
Device        Name          May do                 Tokens                    Last seen  Approved
cdcdcdcdcdcd  cli on linux  node; operator: admin  node (revoked), operator  1m ago     2h ago
`,
  );
  assertEquals(world.gateway.connects[0]!.scopes, ["operator.pairing"]);
  const json = await world.run("devices", "list", "--json");
  assertEquals(JSON.parse(json.out), { source: "gateway", ...LIST });
  await using empty = await start({}, { pending: [], paired: [] });
  assertStringIncludes((await empty.run("devices", "list")).out, "Let one in: openclaw qr\n");
});

Deno.test("devices list without a gateway reads the state folder and creates nothing", async () => {
  await using home = await createHome();
  const { code, out, err } = await home.run("devices", "list");
  assertEquals([code, out], [0, "No devices, and none is waiting.\nLet one in: openclaw qr\n"]);
  assertStringIncludes(err, "The gateway does not answer");
  const names = [...Deno.readDirSync(`${home.dir}/.openclaw`)].map(({ name }) => name);
  assertEquals(names, ["openclaw.json"]);
  const json = await home.run("devices", "list", "--json");
  assertEquals(JSON.parse(json.out), { source: "local", pending: [], paired: [] });
  const far = await home.run("devices", "list", "--url", "ws://127.0.0.1:1", "--token", "t");
  assertEquals(far.code, 69, "the state of this machine says nothing about another gateway");
});

Deno.test("devices approve asks for what it hands out and shows before and now", async () => {
  const after = { ...DESK_ROW, deviceId: PHONE, roles: ["operator"], scopes: PENDING.scopes };
  await using world = await start({
    "device.pair.approve": ({ requestId }) => ({ requestId, device: after }),
  });
  for (const words of [["1f0c"], ["--latest"], [PHONE.slice(0, 10)]]) {
    const { code, out, err } = await world.run("devices", "approve", ...words);
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, "Approved request 1f0c6d2e\n");
    assertStringIncludes(out, "Before     nothing\nNow        operator: read, write\n");
    assertEquals(world.gateway.calls.at(-1), {
      method: "device.pair.approve",
      params: { requestId: PENDING.requestId },
    });
    const scopes = ["operator.pairing", "operator.read", "operator.write"];
    assertEquals(world.gateway.connects.at(-1)!.scopes, scopes);
  }
  const json = await world.run("devices", "approve", "1f0c", "--json");
  assertEquals(JSON.parse(json.out).before, null);
  assertEquals((await world.run("devices", "approve")).code, 64);
  assertEquals((await world.run("devices", "approve", "1f0c", "--latest")).code, 64);
  const unknown = await world.run("devices", "approve", "77");
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.err, "Fix: openclaw devices list\n");
});

Deno.test("devices reject and remove take the beginning of an id", async () => {
  await using world = await start({
    "device.pair.reject": ({ requestId }) => ({ requestId, deviceId: PHONE }),
    "device.pair.remove": ({ deviceId }) => ({ deviceId }),
  });
  const rejected = await world.run("devices", "reject", "1f0c");
  assertEquals(rejected.out, "Turned down request 1f0c6d2e: Phone[31m\n");
  const removed = await world.run("devices", "remove", "cdcd", "--json");
  assertEquals(JSON.parse(removed.out), { deviceId: DESK });
  assertEquals(world.gateway.calls.filter(({ method }) => method !== "device.pair.list"), [
    { method: "device.pair.reject", params: { requestId: PENDING.requestId } },
    { method: "device.pair.remove", params: { deviceId: DESK } },
  ]);
  const waiting = await world.run("devices", "remove", PHONE);
  assertEquals(waiting.code, 1);
  assertStringIncludes(waiting.err, `Fix: openclaw devices reject ${PENDING.requestId}\n`);
});

Deno.test("devices rotate and revoke act on one role and show no token", async () => {
  await using world = await start({
    "device.token.rotate": ({ deviceId, role, scopes = ["operator.admin"] }) => ({
      deviceId,
      role,
      scopes,
      rotatedAtMs: 5,
      token: "secret-token",
    }),
    "device.token.revoke": ({ deviceId, role }) => ({ deviceId, role, revokedAtMs: 6 }),
  });
  const role = ["--role", "operator"];
  const vague = await world.run("devices", "rotate", "cd");
  assertEquals(vague.code, 64);
  assertStringIncludes(vague.err, "Missing --role");
  const rotated = await world.run("devices", "rotate", "cd", ...role, "--scope", "operator.read");
  assertStringIncludes(rotated.out, "May do: operator: read\n");
  const json = await world.run("devices", "rotate", "--device", DESK, ...role, "--json");
  assertEquals(JSON.parse(json.out), {
    deviceId: DESK,
    role: "operator",
    scopes: ["operator.admin"],
    rotatedAtMs: 5,
  });
  for (const { out, err } of [rotated, json]) assert(!(out + err).includes("secret-token"));
  const revoked = await world.run("devices", "revoke", "cd", ...role, "--json");
  assertEquals(JSON.parse(revoked.out), { deviceId: DESK, role: "operator", revokedAtMs: 6 });
  assertEquals(world.gateway.calls.filter(({ method }) => method === "device.token.rotate"), [
    {
      method: "device.token.rotate",
      params: { deviceId: DESK, role: "operator", scopes: ["operator.read"] },
    },
    { method: "device.token.rotate", params: { deviceId: DESK, role: "operator" } },
  ]);
  assertEquals((await world.run("devices", "revoke")).code, 64);
});

Deno.test("devices clear shows what would go and acts only when told", async () => {
  const gone = { code: "INVALID_REQUEST", message: "unknown requestId" };
  await using world = await start({
    "device.pair.remove": ({ deviceId }) => ({ deviceId }),
    "device.pair.reject": () => ({
      refused: { ...gone, details: { code: "PAIRING_REQUEST_NOT_FOUND" } },
    }),
  });
  const asked = await world.run("devices", "clear", "--pending");
  assertEquals(asked.code, 64);
  assertStringIncludes(asked.out, "cdcdcdcdcdcd  cli on linux");
  assertStringIncludes(asked.err, "Cannot clear 1 device and 1 request: it was not confirmed");
  assertStringIncludes(asked.err, "Try: openclaw devices clear --pending --yes");
  assert(world.gateway.calls.every(({ method }) => method === "device.pair.list"));
  const done = await world.run("devices", "clear", "--pending", "--yes");
  assertEquals([done.code, done.out], [0, "Removed 1 device.\nTurned down 1 request.\n"]);
  const json = await world.run("devices", "clear", "--yes", "--json");
  assertEquals(JSON.parse(json.out), { removed: [DESK], rejected: [] });
});

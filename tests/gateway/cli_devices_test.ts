/**
 * `openclaw devices` and `openclaw qr` against a real gateway, with a device that comes from afar.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseSetupCode } from "../../lib/devices/mod.ts";
import { TestDevice } from "../harness/device.ts";
import { runCommandLine } from "../harness/cli.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectParams, type Frame, TestSocket } from "../harness/socket.ts";

/** Headers of a client that comes through a proxy, which makes it remote. */
const REMOTE = { "x-forwarded-for": "192.0.2.9" };

/** Runs one command line on the gateway's machine. */
async function run(
  { stateDir, port }: { stateDir: string; port: number },
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  return await runCommandLine({
    HOME: stateDir,
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_GATEWAY_PORT: String(port),
    OPENCLAW_GATEWAY_TOKEN: TOKEN,
  }, args);
}

function machine(gateway: TestGateway): { stateDir: string; port: number } {
  return { stateDir: gateway.stateDir, port: gateway.gateway.port };
}

/** Connects from afar; answers what came back. */
async function connect(
  gateway: TestGateway,
  device: TestDevice,
  over: Frame = {},
): Promise<Frame> {
  await using socket = await TestSocket.open(gateway.wsUrl, REMOTE);
  const params = connectParams({ auth: { token: TOKEN }, scopes: ["operator.read"], ...over });
  const { nonce } = socket.frames[0]!.payload;
  const signed = await device.sign(params, { nonce, signedAt: Date.now(), version: "v3" });
  return await socket.call("connect", { ...params, device: signed });
}

Deno.test("devices: the command line approves, narrows, revokes and removes a device", async () => {
  await using gateway = await TestGateway.start();
  const here = machine(gateway);
  const device = await TestDevice.create();
  const waiting = await connect(gateway, device);
  const { requestId } = waiting.error.details;

  const list = await run(here, "devices", "list");
  assertEquals(list.code, 0, list.err);
  assertStringIncludes(list.out, `Approve: openclaw devices approve ${requestId.slice(0, 8)}\n`);
  assertMatch(list.out, /cli on linux +operator: read +- +127\.0\.0\.1 +\d+m?s/);
  const approved = await run(here, "devices", "approve", requestId.slice(0, 8));
  assertEquals(approved.code, 0, approved.err);
  assertStringIncludes(approved.out, "Before     nothing\nNow        operator: read\n");
  const inside = await connect(gateway, device);
  assert(inside.ok, JSON.stringify(inside.error));
  const { deviceToken } = inside.payload.auth;

  const upgrade = await connect(gateway, device, { scopes: ["operator.admin"] });
  assertEquals(upgrade.error.details.reason, "scope-upgrade");
  const latest = await run(here, "devices", "approve", "--latest");
  assertStringIncludes(latest.out, "Before     operator: read\nNow        operator: admin, read\n");

  const old = await connect(gateway, device, { auth: { deviceToken } });
  assertEquals(old.error.details.code, "AUTH_DEVICE_TOKEN_MISMATCH", "approval ends old tokens");
  const prefix = device.id.slice(0, 12);
  const narrow = ["--scope", "operator.read"];
  const wide = await connect(gateway, device);
  const rotated = await run(here, "devices", "rotate", prefix, "--role", "operator", ...narrow);
  assertEquals(rotated.code, 0, rotated.err);
  assertStringIncludes(rotated.out, "May do: operator: read\n");
  const ended = { auth: { deviceToken: wide.payload.auth.deviceToken } };
  assertEquals((await connect(gateway, device, ended)).ok, false);
  const revoked = await run(here, "devices", "revoke", prefix, "--json");
  assertEquals([revoked.code, JSON.parse(revoked.out).deviceId], [0, device.id]);

  const removed = await run(here, "devices", "remove", prefix);
  assertEquals(removed.code, 0, removed.err);
  assertEquals((await connect(gateway, device)).error.details.reason, "not-paired");
  const again = await run(here, "devices", "remove", prefix);
  assertEquals(again.code, 1);
  assertStringIncludes(again.err, "it waits for approval");
});

Deno.test("devices: clear forgets all, reject turns down, list needs no gateway", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const here = { stateDir, port: 0 };
  const [one, other] = [await TestDevice.create(), await TestDevice.create()];
  {
    await using gateway = await TestGateway.start({ stateDir });
    here.port = gateway.gateway.port;
    const first = await connect(gateway, one);
    await run(here, "devices", "approve", first.error.details.requestId);
    const rejected = await connect(gateway, other);
    const words = ["devices", "reject", rejected.error.details.requestId, "--json"];
    assertEquals(JSON.parse((await run(here, ...words)).out).deviceId, other.id);
    await connect(gateway, other);
    assertEquals((await run(here, "devices", "clear")).code, 64);
  }
  const offline = await run(here, "devices", "list", "--json");
  assertEquals(offline.code, 0, offline.err);
  const { source, pending, paired } = JSON.parse(offline.out);
  assertEquals([source, pending[0].deviceId, paired[0].deviceId], ["local", other.id, one.id]);
  const refused = await run(here, "devices", "remove", one.id);
  assertEquals(refused.code, 69, "only a gateway changes devices");

  {
    await using gateway = await TestGateway.start({ stateDir });
    here.port = gateway.gateway.port;
    const cleared = await run(here, "devices", "clear", "--pending", "--yes", "--json");
    assertEquals(JSON.parse(cleared.out).removed, [one.id]);
    assertEquals(JSON.parse(cleared.out).rejected.length, 1);
    const empty = JSON.parse((await run(here, "devices", "list", "--json")).out);
    assertEquals(empty, { source: "gateway", pending: [], paired: [] });
  }
  await Deno.remove(stateDir, { recursive: true });
});

Deno.test("devices: a setup code that was made while the gateway runs lets one device in", async () => {
  await using gateway = await TestGateway.start();
  const here = machine(gateway);
  const issued = await run(here, "qr", "--url", gateway.wsUrl, "--json");
  assertEquals(issued.code, 0, issued.err);
  const { url, bootstrapToken } = parseSetupCode(JSON.parse(issued.out).setupCode);
  assertEquals(url, gateway.wsUrl);
  const device = await TestDevice.create();
  const bySetup = { auth: { bootstrapToken } };
  const inside = await connect(gateway, device, bySetup);
  assert(inside.ok, JSON.stringify(inside.error));
  const second = await connect(gateway, await TestDevice.create(), bySetup);
  assertEquals(second.error.details.code, "AUTH_BOOTSTRAP_TOKEN_INVALID");
  const { paired } = JSON.parse((await run(here, "devices", "list", "--json")).out);
  assertEquals(paired.map(({ deviceId }: Frame) => deviceId), [device.id]);
});

Deno.test("devices: the command line on the gateway's machine is no device itself", async () => {
  await using gateway = await TestGateway.start();
  const health = await run(machine(gateway), "health");
  assertEquals(health.code, 0, health.err);
  const list = await run(machine(gateway), "devices", "list", "--json");
  assertEquals(JSON.parse(list.out), { source: "gateway", pending: [], paired: [] });
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectParams, type Frame, TestSocket } from "../harness/socket.ts";

/** Headers of a client that comes through a proxy, which makes it remote. */
const REMOTE = { "x-forwarded-for": "192.0.2.9" };

interface ConnectOptions {
  headers?: Record<string, string>;
  version?: "v2" | "v3";
  /** Changes the device after it was signed. */
  tamper?: (device: Frame) => Frame;
  signedAt?: number;
}

/** Connects with a device; answers the socket and what came back. */
async function connect(
  gateway: TestGateway,
  device: TestDevice,
  over: Frame = {},
  { headers = {}, version = "v3", tamper = (signed) => signed, signedAt = Date.now() }:
    ConnectOptions = {},
): Promise<{ socket: TestSocket; response: Frame }> {
  const socket = await TestSocket.open(gateway.wsUrl, headers);
  const params = connectParams({ auth: { token: TOKEN }, ...over });
  const { nonce } = socket.frames[0]!.payload;
  const signed = await device.sign(params, { nonce, signedAt, version });
  return { socket, response: await socket.call("connect", { ...params, device: tamper(signed) }) };
}

Deno.test("devices: a local client is paired silently and gets a token", async () => {
  await using gateway = await TestGateway.start();
  await using watcher = await TestSocket.connect(gateway.wsUrl, TOKEN);
  for (const version of ["v2", "v3"] as const) {
    const device = await TestDevice.create();
    const { socket, response } = await connect(gateway, device, {}, { version });
    assert(response.ok, JSON.stringify(response.error));
    const { auth } = response.payload;
    assertEquals(auth.scopes, ["operator.admin", "operator.read", "operator.write"]);
    assertMatch(auth.deviceToken, /^[A-Za-z0-9_-]{43}$/);
    const resolved = await watcher.event(
      "device.pair.resolved",
      ({ deviceId }) => deviceId === device.id,
    );
    assertEquals(resolved.payload.decision, "approved");
    const { payload } = await socket.call("device.pair.list");
    const row = payload.paired.find(({ deviceId }: Frame) => deviceId === device.id);
    assertEquals([row.role, row.publicKey, row.tokens[0].role], [
      "operator",
      device.publicKey,
      "operator",
    ]);
    await socket[Symbol.asyncDispose]();
  }
});

Deno.test("devices: the owner's local client gets more scopes without being asked", async () => {
  await using gateway = await TestGateway.start();
  const device = await TestDevice.create();
  const first = await connect(gateway, device, { scopes: ["operator.read"] });
  assertEquals(first.response.payload.auth.scopes, ["operator.read"]);
  const more = await connect(gateway, device, { scopes: ["operator.admin"] });
  assert(more.response.ok);
  assertEquals((await more.socket.call("config.get")).ok, true);
  for (const { socket } of [first, more]) await socket[Symbol.asyncDispose]();
});

Deno.test("devices: a remote one waits for approval under one request, then connects by its token", async () => {
  await using gateway = await TestGateway.start();
  await using owner = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const device = await TestDevice.create();
  const attempt = (scopes: string[], auth: Frame = { token: TOKEN }) =>
    connect(gateway, device, { scopes, auth }, { headers: REMOTE });

  const first = await attempt(["operator.read"]);
  assertEquals(first.response.error.code, "NOT_PAIRED");
  const { details } = first.response.error;
  assertEquals([details.code, details.reason, details.deviceId], [
    "PAIRING_REQUIRED",
    "not-paired",
    device.id,
  ]);
  assertEquals(details.remediationHint, `openclaw devices approve ${details.requestId}`);
  assertEquals((await first.socket.closed).code, 1008);
  const asked = await owner.event("device.pair.requested");
  assertEquals([asked.payload.requestId, asked.payload.scopes], [details.requestId, [
    "operator.read",
  ]]);

  const second = await attempt(["operator.write"]);
  assertEquals(second.response.error.details.requestId, details.requestId, "one request for all");
  await second.socket[Symbol.asyncDispose]();
  const approved = await owner.call("device.pair.approve", { requestId: details.requestId });
  assertEquals(approved.payload.device.scopes, ["operator.read", "operator.write"]);

  const third = await attempt(["operator.read"]);
  assert(third.response.ok, JSON.stringify(third.response.error));
  const { deviceToken } = third.response.payload.auth;
  assertEquals((await third.socket.call("status")).ok, true);
  const refused = await third.socket.call("config.get");
  assertEquals(refused.ok, true, "read covers config.get");
  assertEquals(
    (await third.socket.call("chat.send", {})).error.message,
    "missing scope: operator.write",
  );

  const byToken = await attempt(["operator.read"], { deviceToken });
  assert(byToken.response.ok, JSON.stringify(byToken.response.error));
  assertEquals(byToken.response.payload.auth.deviceToken, deviceToken);
  const inPlace = await attempt(["operator.read"], { token: deviceToken });
  assert(inPlace.response.ok, "a device token may travel as token");

  const upgrade = await attempt(["operator.admin"]);
  assertEquals(upgrade.response.error.details.reason, "scope-upgrade");
  assertEquals(upgrade.response.error.details.approvedScopes, ["operator.read", "operator.write"]);
  const rejected = await owner.call("device.pair.reject", {
    requestId: upgrade.response.error.details.requestId,
  });
  assertEquals(rejected.payload.deviceId, device.id);

  await owner.call("device.token.revoke", { deviceId: device.id, role: "operator" });
  assertEquals(await third.socket.closed, { code: 4001, reason: "device removed" });
  const revoked = await attempt(["operator.read"], { deviceToken });
  assertEquals(revoked.response.error.details.code, "AUTH_DEVICE_TOKEN_MISMATCH");
  for (const { socket } of [byToken, inPlace, revoked]) await socket[Symbol.asyncDispose]();
});

Deno.test("devices: removing one closes its sockets, and it must be approved again", async () => {
  await using gateway = await TestGateway.start();
  await using owner = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const device = await TestDevice.create();
  const { socket } = await connect(gateway, device);
  assertEquals((await owner.call("device.pair.remove", { deviceId: device.id })).ok, true);
  assertEquals((await socket.closed).code, 4001);
  const again = await connect(gateway, device, {}, { headers: REMOTE });
  assertEquals(again.response.error.details.reason, "not-paired");
  const unknown = await owner.call("device.pair.remove", { deviceId: "nope" });
  assertEquals(unknown.error.message, "unknown deviceId");
  await again.socket[Symbol.asyncDispose]();
});

interface Proof {
  name: string;
  code: string;
  options: ConnectOptions;
}

const BAD_PROOFS: Proof[] = [
  {
    name: "an id that is not the key's",
    code: "DEVICE_AUTH_DEVICE_ID_MISMATCH",
    options: { tamper: (device) => ({ ...device, id: "0".repeat(64) }) },
  },
  {
    name: "an old signature",
    code: "DEVICE_AUTH_SIGNATURE_EXPIRED",
    options: { signedAt: Date.now() - 121_000 },
  },
  {
    name: "no nonce",
    code: "DEVICE_AUTH_NONCE_REQUIRED",
    options: { tamper: (device) => ({ ...device, nonce: " " }) },
  },
  {
    name: "the nonce of another socket",
    code: "DEVICE_AUTH_NONCE_MISMATCH",
    options: { tamper: (device) => ({ ...device, nonce: crypto.randomUUID() }) },
  },
  {
    name: "a signature of something else",
    code: "DEVICE_AUTH_SIGNATURE_INVALID",
    options: { tamper: (device) => ({ ...device, signedAt: device.signedAt - 1 }) },
  },
];

for (const { name, code, options } of BAD_PROOFS) {
  Deno.test(`devices: a proof with ${name} is refused`, async () => {
    await using gateway = await TestGateway.start();
    const { socket, response } = await connect(gateway, await TestDevice.create(), {}, options);
    assertEquals(response.error.details.code, code);
    assertEquals((await socket.closed).code, 1008);
  });
}

Deno.test("devices: a device with a wrong token may try its device token", async () => {
  await using gateway = await TestGateway.start();
  const device = await TestDevice.create();
  const wrong = await connect(gateway, device, { auth: { token: "wrong" } });
  assertEquals(wrong.response.error.details, {
    code: "AUTH_TOKEN_MISMATCH",
    authReason: "token_mismatch",
    canRetryWithDeviceToken: true,
    recommendedNextStep: "retry_with_device_token",
  });
  const setup = await connect(gateway, device, { auth: { bootstrapToken: "wrong" } });
  assertEquals(setup.response.error.details.code, "AUTH_BOOTSTRAP_TOKEN_INVALID");
  for (const { socket } of [wrong, setup]) await socket[Symbol.asyncDispose]();
});

Deno.test("devices: pairings and tokens survive a restart; only hashes are stored", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  const device = await TestDevice.create();
  let deviceToken = "";
  {
    await using gateway = await TestGateway.start({ stateDir });
    const { socket, response } = await connect(gateway, device, { scopes: ["operator.read"] });
    deviceToken = response.payload.auth.deviceToken;
    await socket[Symbol.asyncDispose]();
  }
  const files = ["openclaw.sqlite", "openclaw.sqlite-wal"].map((name) => `${stateDir}/${name}`);
  for (const file of files) {
    const bytes = await Deno.readFile(file).catch(() => new Uint8Array());
    assertEquals(new TextDecoder("latin1").decode(bytes).includes(deviceToken), false, file);
  }
  await using gateway = await TestGateway.start({ stateDir });
  const { socket, response } = await connect(
    gateway,
    device,
    { scopes: ["operator.read"], auth: { deviceToken } },
    { headers: REMOTE },
  );
  assert(response.ok, JSON.stringify(response.error));
  await socket[Symbol.asyncDispose]();
  await Deno.remove(stateDir, { recursive: true });
});

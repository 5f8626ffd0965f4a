import { assert, assertEquals } from "@std/assert";
import { type ClientInfo, type DeviceProof } from "../protocol/client/mod.ts";
import { DEVICE_PROOF_FAILURES } from "../protocol/mod.ts";
import { ManualClock, newDevice, START } from "./_testing.ts";
import { fromBase64, publicKeyPem } from "./keys.ts";
import { proofFailure, type SignedConnect, verifyDeviceProof } from "./proof.ts";
import { signedText } from "./signed_text.ts";
import { createDeviceSigner } from "./signer.ts";
import { deviceIdOf } from "./keys.ts";

const NONCE = "5f0c4c0e-8f0b-4d7c-9a51-0d7c4a1b2c3d";
const CLIENT: ClientInfo = {
  id: "cli",
  mode: "cli",
  version: "1.0",
  platform: " Linux ",
  deviceFamily: "BoX",
};
const SCOPES = ["operator.write", "operator.read"];
const context = { nonce: NONCE, nowMs: START };
const device = await newDevice();

async function signedConnect(token = "secret"): Promise<SignedConnect> {
  const proof = await createDeviceSigner(device, new ManualClock()).sign({
    nonce: NONCE,
    client: CLIENT,
    role: "operator",
    scopes: SCOPES,
    token,
  });
  return {
    client: CLIENT,
    role: "operator",
    scopes: SCOPES,
    auth: token === "" ? { password: "p" } : { token },
    device: proof,
  };
}

function withProof(params: SignedConnect, changes: Partial<DeviceProof>): SignedConnect {
  return { ...params, device: { ...params.device, ...changes } };
}

Deno.test("signedText() joins the fields in order, lowering ASCII only", () => {
  const facts = {
    deviceId: "id",
    clientId: "cli",
    clientMode: "cli",
    role: "operator",
    scopes: ["b", "a"],
    signedAtMs: 17,
    token: "t",
    nonce: "n",
    platform: " LinÜx ",
    deviceFamily: undefined,
  };
  assertEquals(signedText("v3", facts), "v3|id|cli|cli|operator|b,a|17|t|n|linÜx|");
  assertEquals(signedText("v2", facts), "v2|id|cli|cli|operator|b,a|17|t|n");
});

Deno.test("verifyDeviceProof() accepts what the signer made, in every tolerated spelling", async () => {
  const params = await signedConnect();
  const accepted = {
    ok: true as const,
    deviceId: device.deviceId,
    publicKey: device.publicKeyBase64Url,
  };
  assertEquals(await verifyDeviceProof(params, context), accepted);
  const raw = fromBase64(device.publicKeyBase64Url)!;
  const signature = fromBase64(params.device.signature)!.toBase64();
  for (const publicKey of [publicKeyPem(raw), raw.toBase64(), `${device.publicKeyBase64Url}=`]) {
    assertEquals(
      await verifyDeviceProof(withProof(params, { publicKey, signature }), context),
      accepted,
    );
  }
  assertEquals(await verifyDeviceProof(await signedConnect(""), context), accepted);
});

Deno.test("verifyDeviceProof() accepts the older text", async () => {
  const params = await signedConnect();
  const text = signedText("v2", {
    deviceId: device.deviceId,
    clientId: "cli",
    clientMode: "cli",
    role: "operator",
    scopes: SCOPES,
    signedAtMs: START,
    token: "secret",
    nonce: NONCE,
  });
  const signature = await device.sign(text);
  assert((await verifyDeviceProof(withProof(params, { signature }), context)).ok);
});

Deno.test("verifyDeviceProof() takes the first token that is present", async () => {
  const byToken = await signedConnect("first");
  const auth = { token: "first", deviceToken: "second", bootstrapToken: "third", password: "p" };
  assert((await verifyDeviceProof({ ...byToken, auth }, context)).ok);
  const byDevice = await signedConnect("second");
  const rest = { deviceToken: "second", bootstrapToken: "third" };
  assert((await verifyDeviceProof({ ...byDevice, auth: rest }, context)).ok);
  const bySetup = await signedConnect("third");
  const last = { bootstrapToken: "third" };
  assert((await verifyDeviceProof({ ...bySetup, auth: last }, context)).ok);
  assertEquals((await verifyDeviceProof({ ...bySetup, auth: rest }, context)).ok, false);
});

Deno.test("verifyDeviceProof() names the first thing that is wrong", async () => {
  const params = await signedConnect();
  const other = await newDevice();
  const short = new Uint8Array(31).fill(7);
  const shortKey = {
    id: await deviceIdOf(short),
    publicKey: short.toBase64({ alphabet: "base64url", omitPadding: true }),
  };
  const stale = START - 120_001;
  const cases: [Partial<DeviceProof>, string | undefined][] = [
    [{}, undefined],
    [{ id: other.deviceId }, "device-id-mismatch"],
    [{ publicKey: other.publicKeyBase64Url }, "device-id-mismatch"],
    [{ publicKey: "***" }, "device-id-mismatch"],
    [{ publicKey: "-----BEGIN PUBLIC KEY-----" }, "device-id-mismatch"],
    [{ id: device.deviceId.toUpperCase(), signedAt: stale }, "device-id-mismatch"],
    [{ signedAt: stale, nonce: "" }, "device-signature-stale"],
    [{ signedAt: START + 120_001 }, "device-signature-stale"],
    [{ nonce: "  ", signature: "x" }, "device-nonce-missing"],
    [{ nonce: `${NONCE}0`, signature: "x" }, "device-nonce-mismatch"],
    [{ signature: "" }, "device-signature"],
    [{ signature: "***" }, "device-signature"],
    [{ signature: await other.sign("anything") }, "device-signature"],
    [{ signedAt: START - 120_000 }, "device-signature"],
    [{ ...shortKey, nonce: "" }, "device-nonce-missing"],
    [shortKey, "device-public-key"],
  ];
  for (const [changes, reason] of cases) {
    const verdict = await verifyDeviceProof(withProof(params, changes), context);
    assertEquals(verdict.ok ? undefined : verdict.reason, reason, JSON.stringify(changes));
  }
});

Deno.test("verifyDeviceProof() notices every changed field of the connect", async () => {
  const params = await signedConnect();
  const changed: SignedConnect[] = [
    { ...params, client: { ...CLIENT, id: "test" } },
    { ...params, client: { ...CLIENT, mode: "ui" } },
    { ...params, client: { ...CLIENT, platform: "darwin" } },
    { ...params, client: { ...CLIENT, deviceFamily: "phone" } },
    { ...params, role: "node" },
    { ...params, scopes: [...SCOPES, "operator.admin"] },
    { ...params, scopes: [...SCOPES].reverse() },
    { ...params, auth: { token: "other" } },
    { ...params, auth: {} },
  ];
  for (const one of changed) {
    assertEquals(await verifyDeviceProof(one, context), { ok: false, reason: "device-signature" });
  }
});

Deno.test("verifyDeviceProof() never throws on random keys and signatures", async () => {
  const params = await signedConnect();
  for (let round = 0; round < 50; round++) {
    const key = crypto.getRandomValues(new Uint8Array(32));
    const signature = crypto.getRandomValues(new Uint8Array(64)).toBase64();
    const changes = { id: await deviceIdOf(key), publicKey: key.toBase64(), signature };
    const verdict = await verifyDeviceProof(withProof(params, changes), context);
    assertEquals(verdict, { ok: false, reason: "device-signature" });
  }
});

Deno.test("proofFailure() carries the code and the reason of every failure", () => {
  for (const [reason, code] of Object.entries(DEVICE_PROOF_FAILURES)) {
    const error = proofFailure(reason as keyof typeof DEVICE_PROOF_FAILURES);
    assertEquals(error.code, "INVALID_REQUEST");
    assertEquals(error.details, { code, reason });
    assert(error.message.startsWith("device "));
  }
});

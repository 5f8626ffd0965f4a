import { assertEquals } from "@std/assert";
import { DEVICE_PROOF_FAILURES } from "../../lib/protocol/mod.ts";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, type TestGatewayOptions } from "../harness/gateway.ts";
import type { Frame } from "../harness/socket.ts";
import {
  assertRefusal,
  CONTROL_UI,
  type ExpectedRefusal,
  hello,
  type Knock,
  refused,
  REMOTE,
  TUI,
} from "./connect_harness.ts";

interface Case extends ExpectedRefusal {
  /** The row of the table: what `details` tells it by. */
  row: string;
  when: string;
  gateway?: TestGatewayOptions;
  /** The connect, or what leads to it on the same gateway. */
  knock: Knock | ((gateway: TestGateway) => Promise<Knock>);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const APPROVE = /^openclaw devices approve [0-9a-f-]{36}$/;
const PAGE = { origin: "http://localhost:5173" };

const device = await TestDevice.create();
/** A key of a length that no Ed25519 key has, under the id that belongs to it. */
const SHORT_KEY = new Uint8Array(31).fill(7);
const SHORT_ID = new Uint8Array(await crypto.subtle.digest("SHA-256", SHORT_KEY)).toHex();

const PROOFS: Case[] = ([
  {
    row: "device-id-mismatch",
    when: "the id is not that of the key",
    message: /^device identity mismatch$/,
    knock: { tamper: (signed: Frame) => ({ ...signed, id: "0".repeat(64) }) },
  },
  {
    row: "device-signature-stale",
    when: "it was signed two minutes ago",
    message: /^device signature expired$/,
    knock: { signedAt: Date.now() - 121_000 },
  },
  {
    row: "device-signature-stale",
    when: "it was signed in the future",
    message: /^device signature expired$/,
    knock: { signedAt: Date.now() + 150_000 },
  },
  {
    row: "device-nonce-missing",
    when: "the nonce is blank",
    message: /^device nonce required$/,
    knock: { tamper: (signed: Frame) => ({ ...signed, nonce: " " }) },
  },
  {
    row: "device-nonce-mismatch",
    when: "the nonce is that of another socket",
    message: /^device nonce mismatch$/,
    knock: { tamper: (signed: Frame) => ({ ...signed, nonce: crypto.randomUUID() }) },
  },
  {
    row: "device-signature",
    when: "something else was signed",
    message: /^device signature invalid$/,
    knock: { tamper: (signed: Frame) => ({ ...signed, signedAt: signed.signedAt - 1 }) },
  },
  {
    row: "device-public-key",
    when: "the key has not the length of one",
    message: /^device public key invalid$/,
    knock: {
      tamper: (signed: Frame) => ({
        ...signed,
        id: SHORT_ID,
        publicKey: SHORT_KEY.toBase64({ alphabet: "base64url", omitPadding: true }),
      }),
    },
  },
] as const).map(({ row, knock, ...rest }) => ({
  ...rest,
  row,
  code: "INVALID_REQUEST",
  details: { code: DEVICE_PROOF_FAILURES[row], reason: row },
  knock: { device, ...knock },
}));

/** A device that was approved on loopback for reading, as `linux`. */
async function approved(gateway: TestGateway): Promise<TestDevice> {
  const known = await TestDevice.create();
  await hello(gateway, { device: known, params: { scopes: ["operator.read"] } });
  return known;
}

/** What a device that is refused for want of an approval is told. */
function pairing(reason: string, requested: Frame = {}, known: Frame = {}): Frame {
  return {
    code: "PAIRING_REQUIRED",
    reason,
    requestId: UUID,
    remediationHint: APPROVE,
    deviceId: /^[0-9a-f]{64}$/,
    requestedRole: "operator",
    requestedScopes: ["operator.read"],
    ...requested,
    ...known,
  };
}

const KNOWN = { approvedRoles: ["operator"], approvedScopes: ["operator.read"] };

const PAIRINGS: Case[] = [
  {
    row: "not-paired",
    when: "a remote device is unknown",
    code: "NOT_PAIRED",
    message: /^pairing required: device is not approved yet \(requestId: [0-9a-f-]{36}\)$/,
    details: pairing("not-paired"),
    knock: { device, headers: REMOTE, params: { scopes: ["operator.read"] } },
  },
  {
    row: "role-upgrade",
    when: "a known remote device comes as a node",
    code: "NOT_PAIRED",
    message: /^pairing required: device asks for another role \(/,
    details: pairing("role-upgrade", { requestedRole: "node", requestedScopes: [] }, KNOWN),
    knock: async (gateway) => ({
      device: await approved(gateway),
      headers: REMOTE,
      params: { role: "node", scopes: [] },
    }),
  },
  {
    row: "scope-upgrade",
    when: "a known remote device asks for more",
    code: "NOT_PAIRED",
    message: /^pairing required: device asks for more scopes than approved \(/,
    details: pairing("scope-upgrade", { requestedScopes: ["operator.write"] }, KNOWN),
    knock: async (gateway) => ({
      device: await approved(gateway),
      headers: REMOTE,
      params: { scopes: ["operator.write"] },
    }),
  },
  {
    row: "metadata-upgrade",
    when: "a known remote device claims to be another machine",
    code: "NOT_PAIRED",
    message: /^pairing required: device describes itself differently \(/,
    details: pairing("metadata-upgrade", {}, KNOWN),
    knock: async (gateway) => ({
      device: await approved(gateway),
      headers: REMOTE,
      params: {
        scopes: ["operator.read"],
        client: { id: "cli", version: "1", platform: "darwin", mode: "cli" },
      },
    }),
  },
];

const REST: Case[] = [
  {
    row: "DEVICE_IDENTITY_REQUIRED",
    when: "a node brings no device",
    code: "NOT_PAIRED",
    message:
      /^device identity required: nodes prove a paired device \(pair one with: openclaw qr\)$/,
    details: { code: "DEVICE_IDENTITY_REQUIRED" },
    knock: { params: { role: "node", scopes: [] } },
  },
  {
    row: "DEVICE_IDENTITY_REQUIRED",
    when: "nothing is secret and the CLI brings no device",
    gateway: { secret: { mode: "none" } },
    code: "NOT_PAIRED",
    message: /^device identity required \(pair one with: openclaw qr\)$/,
    details: { code: "DEVICE_IDENTITY_REQUIRED" },
    knock: {},
  },
  {
    row: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
    when: "the Control UI brings no device",
    code: "INVALID_REQUEST",
    message: /^control ui requires device identity \(use HTTPS or localhost\)$/,
    details: { code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" },
    knock: { params: CONTROL_UI, headers: PAGE },
  },
  {
    row: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
    when: "a remote TUI brings no device",
    code: "INVALID_REQUEST",
    message: /^control ui requires device identity /,
    details: { code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" },
    knock: { params: TUI, headers: REMOTE },
  },
  {
    row: "origin not allowed",
    when: "a page comes from elsewhere",
    code: "INVALID_REQUEST",
    message: /^origin not allowed \(.*openclaw config set gateway\.controlUi\.allowedOrigins /,
    details: { code: "CONTROL_UI_ORIGIN_NOT_ALLOWED", reason: "origin not allowed" },
    knock: { headers: { origin: "https://elsewhere.example" } },
  },
  {
    row: "origin missing or invalid",
    when: "the Control UI has no origin",
    code: "INVALID_REQUEST",
    message: /^origin missing or invalid \(.*openclaw config set gateway\.controlUi\.allowedOri/,
    details: { code: "CONTROL_UI_ORIGIN_NOT_ALLOWED", reason: "origin missing or invalid" },
    knock: { params: CONTROL_UI },
  },
  {
    row: "protocol mismatch",
    when: "the range is above ours",
    code: "INVALID_REQUEST",
    message: /^protocol mismatch$/,
    details: { expectedProtocol: 4, minimumProbeProtocol: 4 },
    closeCode: 1002,
    closeReason: "protocol mismatch",
    knock: { params: { minProtocol: 5, maxProtocol: 6 } },
  },
  {
    row: "startup-sidecars",
    when: "the gateway still starts",
    code: "UNAVAILABLE",
    message: /^gateway starting; retry shortly$/,
    details: { reason: "startup-sidecars" },
    closeCode: 1013,
    closeReason: "gateway starting",
    knock: (gateway) => {
      gateway.gateway.state.startup.hold("test");
      return Promise.resolve({});
    },
  },
];

/** Every row of the table besides authentication. */
const ROWS = [
  ...Object.keys(DEVICE_PROOF_FAILURES),
  "not-paired",
  "role-upgrade",
  "scope-upgrade",
  "metadata-upgrade",
  "DEVICE_IDENTITY_REQUIRED",
  "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
  "origin not allowed",
  "origin missing or invalid",
  "protocol mismatch",
  "startup-sidecars",
];

const CASES = [...PROOFS, ...PAIRINGS, ...REST];

for (const { row, when, gateway: options = {}, knock, ...expected } of CASES) {
  Deno.test(`connect is refused with "${row}" when ${when}`, async () => {
    await using gateway = await TestGateway.start(options);
    const how = typeof knock === "function" ? await knock(gateway) : knock;
    assertRefusal(await refused(gateway, how), expected);
  });
}

Deno.test("every row of a refused connect has a case", () => {
  const missing = new Set(ROWS).difference(new Set(CASES.map(({ row }) => row)));
  assertEquals([...missing], []);
});

Deno.test("a connect that comes too early is told when to come again", async () => {
  await using gateway = await TestGateway.start();
  const release = gateway.gateway.state.startup.hold("test");
  const { error } = await refused(gateway);
  assertEquals([error.retryable, error.retryAfterMs], [true, 500]);
  const ready = await (await fetch(`${gateway.httpUrl}/readyz`)).json();
  assertEquals([ready.ready, ready.failing], [false, ["test"]]);
  const early = await fetch(`${gateway.httpUrl}/v1/models`);
  assertEquals([early.status, early.headers.get("retry-after")], [503, "1"]);
  await early.body?.cancel();
  release();
  await hello(gateway);
});

Deno.test("a device without a nonce is refused by the schema", async () => {
  await using gateway = await TestGateway.start();
  const tamper = ({ nonce: _nonce, ...rest }: Frame) => rest;
  const { error, closed } = await refused(gateway, { device, tamper });
  assertEquals(
    error.message,
    "invalid connect params: at /device: must have required property 'nonce'",
  );
  assertEquals(closed.code, 1008);
});

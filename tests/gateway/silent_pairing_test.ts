import { assert, assertEquals } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { RawWebSocket } from "../harness/raw_websocket.ts";
import { connectParams, type Frame, TestSocket } from "../harness/socket.ts";
import { BACKEND, CONTROL_UI, hello, type Knock, knock, REMOTE } from "./connect_harness.ts";
import { ADDRESS, FakeTailscale, serveHeaders, TAILSCALE_CONFIG } from "./tailscale_harness.ts";

const PAGE = { origin: "http://localhost:5173" };
/** Where no credential is asked for, a page of this machine is heard when it is listed. */
const LISTED_PAGE = { gateway: { mode: "local", controlUi: { allowedOrigins: [PAGE.origin] } } };
const READ = { scopes: ["operator.read"] };
const NONE = { secret: { mode: "none" } } as const;

const proxy = {
  userHeader: "x-user",
  requiredHeaders: [],
  allowUsers: [],
  allowLoopback: true,
  trustedProxies: ["127.0.0.1"],
};
const allowedOrigins = ["https://ui.example"];
const PROXIED: TestGatewayOptions = {
  config: { gateway: { mode: "local", controlUi: { allowedOrigins } } },
  secret: { mode: "trusted-proxy", proxy },
};
const VOUCHED = { "origin": "https://ui.example", "x-user": "owner", ...REMOTE };

/** `token`: paired or already known, `skipped`: let in without pairing, else the pending reason. */
type Outcome =
  | "token"
  | "skipped"
  | "not-paired"
  | "role-upgrade"
  | "scope-upgrade"
  | "metadata-upgrade";

interface Row {
  reason: "not-paired" | "role-upgrade" | "scope-upgrade" | "metadata-upgrade";
  who: string;
  gateway?: TestGatewayOptions;
  /** The connect of a device that, but for `not-paired`, was approved for reading as a CLI on Linux. */
  how: Knock;
  outcome: Outcome;
}

const OTHER_MACHINE = { id: "cli", version: "1", platform: "darwin", mode: "cli" };
const NODE = { role: "node", scopes: [] };

const ROWS: Row[] = [
  // Local: loopback without forwarding headers.
  { reason: "not-paired", who: "a local CLI", how: {}, outcome: "token" },
  { reason: "not-paired", who: "a local node", how: { params: NODE }, outcome: "token" },
  { reason: "not-paired", who: "a forwarded CLI", how: { headers: REMOTE }, outcome: "not-paired" },
  {
    reason: "not-paired",
    who: "a CLI with an empty forwarding header",
    how: { headers: { "x-real-ip": "" } },
    outcome: "not-paired",
  },
  // A browser disables it, but for the Control UI and the web chat.
  { reason: "not-paired", who: "a CLI in a page", how: { headers: PAGE }, outcome: "not-paired" },
  {
    reason: "not-paired",
    who: "the Control UI of this machine",
    how: { params: CONTROL_UI, headers: PAGE, version: "v2" },
    outcome: "token",
  },
  {
    reason: "not-paired",
    who: "the web chat of this machine",
    how: {
      params: { client: { id: "webchat", version: "1", platform: "web", mode: "webchat" } },
      headers: PAGE,
    },
    outcome: "token",
  },
  // Others vouch for the user, or there is nothing to protect.
  { reason: "not-paired", who: "a local backend", how: { params: BACKEND }, outcome: "skipped" },
  {
    reason: "not-paired",
    who: "a forwarded backend",
    how: { params: BACKEND, headers: REMOTE },
    outcome: "not-paired",
  },
  {
    reason: "not-paired",
    who: "the Control UI where nothing is secret",
    gateway: { ...NONE, config: LISTED_PAGE },
    how: { params: CONTROL_UI, headers: PAGE },
    outcome: "skipped",
  },
  {
    reason: "not-paired",
    who: "a local CLI where nothing is secret",
    gateway: NONE,
    how: {},
    outcome: "token",
  },
  {
    reason: "not-paired",
    who: "the Control UI with Tailscale's word",
    gateway: { config: TAILSCALE_CONFIG },
    how: { params: { ...CONTROL_UI, auth: undefined }, headers: serveHeaders(ADDRESS.owner) },
    outcome: "skipped",
  },
  {
    reason: "not-paired",
    who: "the CLI with Tailscale's word and the token",
    gateway: { config: TAILSCALE_CONFIG },
    how: { headers: serveHeaders(ADDRESS.owner) },
    outcome: "not-paired",
  },
  {
    reason: "not-paired",
    who: "the Control UI behind a trusted proxy",
    gateway: PROXIED,
    how: { params: CONTROL_UI, headers: VOUCHED },
    outcome: "skipped",
  },
  {
    reason: "not-paired",
    who: "a CLI behind a trusted proxy",
    gateway: PROXIED,
    how: { headers: VOUCHED },
    outcome: "not-paired",
  },
  {
    reason: "not-paired",
    who: "a node behind a trusted proxy",
    gateway: PROXIED,
    how: { params: NODE, headers: VOUCHED },
    outcome: "not-paired",
  },
  { reason: "role-upgrade", who: "a local node", how: { params: NODE }, outcome: "token" },
  {
    reason: "role-upgrade",
    who: "a forwarded node",
    how: { params: NODE, headers: REMOTE },
    outcome: "role-upgrade",
  },
  // Never silent, but for the owner, who holds the secret and comes straight.
  { reason: "scope-upgrade", who: "the owner's CLI", how: {}, outcome: "token" },
  {
    reason: "scope-upgrade",
    who: "the Control UI of this machine",
    how: { params: CONTROL_UI, headers: PAGE },
    outcome: "scope-upgrade",
  },
  {
    reason: "scope-upgrade",
    who: "a forwarded CLI",
    how: { headers: REMOTE },
    outcome: "scope-upgrade",
  },
  {
    reason: "metadata-upgrade",
    who: "a local CLI",
    how: { params: { ...READ, client: OTHER_MACHINE } },
    outcome: "token",
  },
  {
    reason: "metadata-upgrade",
    who: "a page of this machine",
    how: {
      params: { ...READ, client: { ...OTHER_MACHINE, id: "webchat", mode: "webchat" } },
      headers: PAGE,
    },
    outcome: "metadata-upgrade",
  },
  {
    reason: "metadata-upgrade",
    who: "a forwarded CLI",
    how: { params: { ...READ, client: OTHER_MACHINE }, headers: REMOTE },
    outcome: "metadata-upgrade",
  },
];

for (const { reason, who, gateway: options = {}, how, outcome } of ROWS) {
  Deno.test(`${reason}: ${who} → ${outcome}`, async () => {
    await using tailscale = await FakeTailscale.install();
    await using gateway = await TestGateway.start({ runCommand: tailscale.run, ...options });
    const device = await TestDevice.create();
    const isPage = how.params?.client?.id === CONTROL_UI.client.id;
    const known = isPage ? { ...READ, ...CONTROL_UI } : READ;
    const origin = isPage ? PAGE : {};
    if (reason !== "not-paired") await hello(gateway, { device, params: known, headers: origin });
    await using answer = await knock(gateway, { ...how, device });
    assertEquals(outcomeOf(answer.response), outcome, JSON.stringify(answer.response.error));
  });
}

function outcomeOf({ ok, payload, error }: Frame): string {
  if (ok) return payload.auth.deviceToken === undefined ? "skipped" : "token";
  return error.details.reason ?? error.details.code;
}

/** Connects under a name, which is more than the runtime's own client can do. */
async function knockAt(gateway: TestGateway, host: string, how: Knock): Promise<Frame> {
  const headers = { ...how.headers, Host: host };
  await using socket = await RawWebSocket.open(gateway.gateway.port, { headers });
  if (socket.answer.status !== 101) return { ok: false, status: socket.answer.status };
  const { payload: { nonce } } = await socket.nextJson();
  const params = connectParams({ auth: { token: TOKEN }, ...how.params });
  params.device = await how.device!.sign(params, { nonce, signedAt: Date.now(), version: "v3" });
  await socket.sendJson({ type: "req", id: "1", method: "connect", params });
  return await socket.response("1");
}

const BY_NAME: [host: string, headers: Record<string, string>, outcome: Outcome][] = [
  ["localhost:18789", {}, "token"],
  ["192.168.1.5:18789", {}, "token"],
  ["[fd7a::1]:18789", {}, "token"],
  ["192.168.1.5:18789", REMOTE, "not-paired"],
  ["ui.example", {}, "not-paired"],
];

for (const [host, headers, outcome] of BY_NAME) {
  const way = "x-forwarded-for" in headers ? "forwarded" : "straight";
  Deno.test(`not-paired: a CLI that comes ${way} to "${host}" → ${outcome}`, async () => {
    const gatewayConfig = { mode: "local", controlUi: { allowedOrigins } };
    await using gateway = await TestGateway.start({ config: { gateway: gatewayConfig } });
    const response = await knockAt(gateway, host, { headers, device: await TestDevice.create() });
    assertEquals(outcomeOf(response), outcome);
  });
}

Deno.test("scope-upgrade: a CLI that comes straight to a private address has to ask", async () => {
  await using gateway = await TestGateway.start();
  const device = await TestDevice.create();
  await hello(gateway, { device, params: READ });
  assertEquals(outcomeOf(await knockAt(gateway, "192.168.1.5", { device })), "scope-upgrade");
});

Deno.test("a name that is made to point at loopback gets no socket", async () => {
  await using gateway = await TestGateway.start();
  const device = await TestDevice.create();
  assertEquals((await knockAt(gateway, "rebound.example", { device })).status, 403);
});

Deno.test("a device that alternates its scopes keeps one request, which collects them", async () => {
  await using gateway = await TestGateway.start();
  await using owner = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const device = await TestDevice.create();
  const ids = new Set<string>();
  for (const scope of ["operator.read", "operator.write", "operator.read", "operator.pairing"]) {
    const params = { scopes: [scope] };
    await using answer = await knock(gateway, { device, params, headers: REMOTE });
    ids.add(answer.response.error.details.requestId);
  }
  assertEquals(ids.size, 1);
  const [requestId] = ids;
  const { payload } = await owner.call("device.pair.list");
  assertEquals(payload.pending.map(({ requestId, scopes }: Frame) => [requestId, scopes]), [
    [requestId, ["operator.pairing", "operator.read", "operator.write"]],
  ]);
  assert((await owner.call("device.pair.approve", { requestId })).ok);
  for (const scope of ["operator.write", "operator.read"]) {
    await hello(gateway, { device, params: { scopes: [scope] }, headers: REMOTE });
  }
});

Deno.test("a request that has grown since it was seen is not approved", async () => {
  await using gateway = await TestGateway.start();
  await using owner = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const device = await TestDevice.create();
  await using _first = await knock(gateway, { device, params: READ, headers: REMOTE });
  const seen = (await owner.call("device.pair.list")).payload.pending[0];
  const { requestId, updatedAtMs } = seen;
  const params = { requestId, seenUpdatedAtMs: updatedAtMs - 1 };
  const refusal = await owner.call("device.pair.approve", params);
  assertEquals(refusal.error.details.code, "PAIRING_REQUEST_CHANGED");
  const approved = await owner.call("device.pair.approve", { ...seen, bogus: 1 });
  assertEquals(approved.ok, false, "the parameters stay strict");
  const now = { requestId, seenUpdatedAtMs: updatedAtMs };
  assert((await owner.call("device.pair.approve", now)).ok);
});

Deno.test("a setup code pairs a node, and hands it the token of an operator as well", async () => {
  await using gateway = await TestGateway.start();
  const { setupCodes } = gateway.gateway.state.devices;
  const { bootstrapToken } = await setupCodes.issue(["wss://gateway.example"]);
  const device = await TestDevice.create();
  const first = { ...NODE, auth: { bootstrapToken } };
  const { auth } = await hello(gateway, { device, params: first, headers: REMOTE });
  assertEquals(auth.role, "node");
  const [other] = auth.deviceTokens;
  assertEquals(other.role, "operator");
  await using again = await knock(gateway, {
    device: await TestDevice.create(),
    params: first,
    headers: REMOTE,
  });
  assertEquals(again.response.error.details.code, "AUTH_BOOTSTRAP_TOKEN_INVALID", "used up");
  const params = { scopes: other.scopes, auth: { deviceToken: other.deviceToken } };
  await hello(gateway, { device, params, headers: REMOTE });
});

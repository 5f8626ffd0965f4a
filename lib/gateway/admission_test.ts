import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import { LOCAL_PEER, ManualClock, paramsOf, policyOf, REMOTE_PEER } from "./_testing.ts";
import { type Admission, admitConnect, type HandshakePolicy } from "./admission.ts";
import { Authenticator, type SharedSecret } from "./authenticator.ts";
import type { ConnectionPeer } from "./handshake.ts";
import { Startup } from "./startup.ts";

const PAGE: ConnectionPeer = { ...LOCAL_PEER, origin: "http://127.0.0.1:18789" };
const TOKEN: SharedSecret = { mode: "token", secret: "right" };
const NONE: SharedSecret = { mode: "none" };

interface Rules extends Partial<HandshakePolicy> {
  secret?: SharedSecret;
}

function judge(
  params: Partial<ConnectParams> = {},
  peer: ConnectionPeer = LOCAL_PEER,
  { secret = TOKEN, ...rules }: Rules = {},
) {
  const clock = new ManualClock();
  const policy = policyOf(secret, rules, clock);
  const attempt = { params: paramsOf(params), peer, nonce: "n", nowMs: clock.ms };
  // Nobody here brings a device.
  return admitConnect(attempt, policy, {} as Admission);
}

async function refusal(...args: Parameters<typeof judge>) {
  const verdict = await judge(...args);
  assert(!verdict.ok, "it was let in");
  const { error, closeCode, closeReason } = verdict;
  return { ...error, details: error.details as Record<string, unknown>, closeCode, closeReason };
}

async function scopesOf(...args: Parameters<typeof judge>): Promise<string[]> {
  const verdict = await judge(...args);
  assert(verdict.ok, "it was refused");
  return verdict.scopes;
}

function client(id: ConnectParams["client"]["id"], mode: ConnectParams["client"]["mode"]) {
  return { client: { id, mode, version: "1", platform: "linux" } };
}

Deno.test("admitConnect() grants a holder of the secret on loopback the known scopes it asks for, once", async () => {
  const scopes = [
    "operator.write",
    "made.up",
    "operator.read",
    "operator.write",
    "operator.unknown",
  ];
  assertEquals(await scopesOf({ scopes }), ["operator.write", "operator.read"]);
  assertEquals(await scopesOf({ scopes: undefined }), []);
});

Deno.test("admitConnect() grants no scopes to whom it cannot tell from a stranger's program", async () => {
  assertEquals(await scopesOf({}, REMOTE_PEER), []);
  assertEquals(await scopesOf({}, PAGE), []);
});

Deno.test("admitConnect() looks at the start first, and at the origin before the credential", async () => {
  const startup = new Startup();
  const release = startup.hold("test");
  const early = await refusal({ minProtocol: 9, maxProtocol: 9 }, LOCAL_PEER, { startup });
  assertEquals([early.closeCode, early.retryAfterMs], [1013, 500]);
  release();
  assertEquals((await judge({}, LOCAL_PEER, { startup })).ok, true);
  const foreign = { ...LOCAL_PEER, origin: "https://elsewhere.example" };
  const refused = await refusal({ auth: { token: "wrong" } }, foreign);
  assertEquals(refused.details.code, "CONTROL_UI_ORIGIN_NOT_ALLOWED");
});

Deno.test("admitConnect() wants a device of nodes and of the Control UI, whatever the credential", async () => {
  const node = await refusal({ role: "node", auth: { token: "wrong" } });
  assertEquals([node.code, node.details.code], ["NOT_PAIRED", "DEVICE_IDENTITY_REQUIRED"]);
  const ui = client("openclaw-control-ui", "ui");
  for (const auth of [{ token: "right" }, { token: "wrong" }]) {
    const page = await refusal({ ...ui, auth }, PAGE);
    assertEquals(page.details.code, "CONTROL_UI_DEVICE_IDENTITY_REQUIRED");
  }
  const tui = client("openclaw-tui", "ui");
  const remote = await refusal(tui, REMOTE_PEER);
  assertEquals(remote.details.code, "CONTROL_UI_DEVICE_IDENTITY_REQUIRED");
  assertEquals(await scopesOf(tui), ["operator.admin"], "its owner's terminal");
});

Deno.test("admitConnect() wants a device of everyone but helpers where nothing is secret", async () => {
  const rules = { secret: NONE };
  assertEquals((await refusal({ auth: undefined }, LOCAL_PEER, rules)).code, "NOT_PAIRED");
  const helper = { auth: undefined, ...client("gateway-client", "backend") };
  assertEquals(await scopesOf(helper, LOCAL_PEER, rules), ["operator.admin"]);
  assertEquals(await scopesOf(helper, REMOTE_PEER, rules), []);
});

Deno.test("admitConnect() says which credential is missing or wrong, and what to do", async () => {
  const password: SharedSecret = { mode: "password", secret: "right" };
  const cases: [secret: SharedSecret, auth: ConnectParams["auth"], code: string][] = [
    [TOKEN, undefined, "AUTH_TOKEN_MISSING"],
    [TOKEN, { password: "right" }, "AUTH_TOKEN_MISSING"],
    [TOKEN, { token: "wrong" }, "AUTH_TOKEN_MISMATCH"],
    [password, { token: "right" }, "AUTH_PASSWORD_MISSING"],
    [password, { password: "wrong" }, "AUTH_PASSWORD_MISMATCH"],
  ];
  for (const [secret, auth, code] of cases) {
    const refused = await refusal({ auth }, LOCAL_PEER, { secret });
    assertEquals([refused.details.code, refused.closeCode], [code, 1008]);
    assertMatch(
      refused.message,
      /^unauthorized: gateway (token|password) (missing|mismatch) \(.*openclaw /,
    );
    assertEquals(refused.message.includes("right"), false);
  }
});

Deno.test("admitConnect() tells who is locked out how long to wait", async () => {
  const clock = new ManualClock();
  const authenticator = new Authenticator(TOKEN, clock);
  for (let i = 0; i < 10; i++) {
    await judge({ auth: { token: "wrong" } }, REMOTE_PEER, { authenticator });
  }
  clock.ms += 500;
  const refused = await refusal({}, REMOTE_PEER, { authenticator });
  assertEquals([refused.retryable, refused.retryAfterMs], [true, 59_500]);
  assertMatch(refused.closeReason, /retry after 60s/);
});

Deno.test("admitConnect() notes which credential of the gateway let a client in", async () => {
  const authenticator = new Authenticator(TOKEN, new ManualClock());
  const before = await judge({}, LOCAL_PEER, { authenticator });
  authenticator.replace({ secret: "other" });
  const after = await judge({ auth: { token: "other" } }, LOCAL_PEER, { authenticator });
  assert(before.ok && after.ok);
  assertEquals([before.authGeneration, after.authGeneration], [0, 1]);
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import { ManualClock } from "./_testing.ts";
import { Authenticator, type SharedSecret } from "./authenticator.ts";
import { type ConnectionPeer, judgeConnect } from "./handshake.ts";

const LOCAL: ConnectionPeer = {
  address: "127.0.0.1",
  isLocalDirect: true,
  origin: undefined,
  host: "127.0.0.1:18789",
};
const REMOTE: ConnectionPeer = { ...LOCAL, address: "192.0.2.1", isLocalDirect: false };
const PAGE: ConnectionPeer = { ...LOCAL, origin: "http://127.0.0.1:18789" };
const TOKEN: SharedSecret = { mode: "token", secret: "right" };

function judge(
  params: Partial<ConnectParams> = {},
  peer: ConnectionPeer = LOCAL,
  authenticator = new Authenticator(TOKEN, new ManualClock()),
) {
  return judgeConnect(
    {
      minProtocol: 4,
      maxProtocol: 4,
      client: { id: "cli", mode: "cli", version: "1", platform: "linux" },
      scopes: ["operator.admin"],
      auth: { token: "right" },
      ...params,
    },
    peer,
    { authenticator, origins: { allowedOrigins: [], allowsHostFallback: false }, nodeNetworks: [] },
  );
}

function refusal(...args: Parameters<typeof judge>) {
  const verdict = judge(...args);
  assert(!verdict.ok, "it was let in");
  const { error: { code, message, details }, closeCode, closeReason } = verdict;
  return { code, message, details: details as Record<string, unknown>, closeCode, closeReason };
}

function scopesOf(...args: Parameters<typeof judge>): string[] {
  const verdict = judge(...args);
  assert(verdict.ok, "it was refused");
  return verdict.scopes;
}

function client(id: ConnectParams["client"]["id"], mode: ConnectParams["client"]["mode"]) {
  return { id, mode, version: "1", platform: "linux" };
}

Deno.test("judgeConnect() accepts every range that holds protocol 4", () => {
  const ranges = [[4, 4], [1, 4], [4, 9], [3, 5], [1, 3], [5, 6], [5, 4]] as const;
  const verdicts = ranges.map(([minProtocol, maxProtocol]) =>
    judge({ minProtocol, maxProtocol }).ok
  );
  assertEquals(verdicts, [true, true, true, true, false, false, false]);
  const refused = refusal({ maxProtocol: 3, minProtocol: 3, auth: { token: "wrong" } });
  assertEquals([refused.closeCode, refused.closeReason], [1002, "protocol mismatch"]);
  assertEquals(refused.details, { expectedProtocol: 4, minimumProbeProtocol: 4 });
});

Deno.test("judgeConnect() grants a holder of the secret on loopback the known scopes it asks for, once", () => {
  const scopes = [
    "operator.write",
    "made.up",
    "operator.read",
    "operator.write",
    "operator.unknown",
  ];
  assertEquals(scopesOf({ scopes }), ["operator.write", "operator.read"]);
  assertEquals(scopesOf({ scopes: undefined }), []);
});

Deno.test("judgeConnect() grants no scopes to whom it cannot tell from a stranger's program", () => {
  assertEquals(scopesOf({}, REMOTE), []);
  assertEquals(scopesOf({}, PAGE), []);
});

Deno.test("judgeConnect() refuses roles that are none, and nodes without a paired device", () => {
  assertEquals(refusal({ role: "king" }).closeReason, "invalid role");
  const node = refusal({ role: "node" });
  assertEquals([node.code, node.details.code], ["NOT_PAIRED", "DEVICE_IDENTITY_REQUIRED"]);
});

Deno.test("judgeConnect() looks at the origin before the credential", () => {
  const foreign = { ...LOCAL, origin: "https://elsewhere.example" };
  const refused = refusal({ auth: { token: "wrong" } }, foreign);
  assertEquals(refused.details, {
    code: "CONTROL_UI_ORIGIN_NOT_ALLOWED",
    reason: "origin not allowed",
  });
  const pages = [
    client("openclaw-control-ui", "ui"),
    client("webchat-ui", "ui"),
    client("cli", "webchat"),
  ];
  for (const page of pages) {
    assertEquals(refusal({ client: page }).details.reason, "origin missing or invalid", page.id);
  }
});

Deno.test("judgeConnect() wants a device of the Control UI", () => {
  const ui = { client: client("openclaw-control-ui", "ui") };
  assertEquals(refusal(ui, PAGE).details.code, "CONTROL_UI_DEVICE_IDENTITY_REQUIRED");
});

Deno.test("judgeConnect() wants a device of everyone but helpers where nothing is secret", () => {
  const none = () => new Authenticator({ mode: "none" }, new ManualClock());
  assertEquals(refusal({ auth: undefined }, LOCAL, none()).code, "NOT_PAIRED");
  const helper = client("gateway-client", "backend");
  assertEquals(scopesOf({ auth: undefined, client: helper }, LOCAL, none()), ["operator.admin"]);
  assertEquals(scopesOf({ auth: undefined, client: helper }, REMOTE, none()), []);
});

Deno.test("judgeConnect() says which credential is missing or wrong, and what to do", () => {
  const password: SharedSecret = { mode: "password", secret: "right" };
  const cases: [secret: SharedSecret, auth: ConnectParams["auth"], code: string][] = [
    [TOKEN, undefined, "AUTH_TOKEN_MISSING"],
    [TOKEN, { password: "right" }, "AUTH_TOKEN_MISSING"],
    [TOKEN, { token: "wrong" }, "AUTH_TOKEN_MISMATCH"],
    [password, { token: "right" }, "AUTH_PASSWORD_MISSING"],
    [password, { password: "wrong" }, "AUTH_PASSWORD_MISMATCH"],
  ];
  for (const [secret, auth, code] of cases) {
    const refused = refusal({ auth }, LOCAL, new Authenticator(secret, new ManualClock()));
    assertEquals([refused.details.code, refused.closeCode], [code, 1008]);
    assertMatch(
      refused.message,
      /^unauthorized: gateway (token|password) (missing|mismatch) \(set /,
    );
    assertEquals(refused.message.includes("right"), false);
  }
});

Deno.test("judgeConnect() tells who is locked out how long to wait", () => {
  const clock = new ManualClock();
  const authenticator = new Authenticator(TOKEN, clock);
  for (let i = 0; i < 10; i++) judge({ auth: { token: "wrong" } }, REMOTE, authenticator);
  clock.ms += 500;
  const verdict = judge({}, REMOTE, authenticator);
  assert(!verdict.ok);
  assertEquals([verdict.error.retryable, verdict.error.retryAfterMs], [true, 59_500]);
  assertMatch(verdict.closeReason, /retry after 60s/);
});

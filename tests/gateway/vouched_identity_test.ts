import { assert, assertEquals } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { CONTROL_UI, hello, type Knock, knock, refused } from "./connect_harness.ts";
import { ADDRESS, FakeTailscale, serveHeaders, TAILSCALE_CONFIG } from "./tailscale_harness.ts";

const ORIGIN = "https://ui.example";

interface ProxySettings {
  allowLoopback?: boolean;
  trustedProxies?: string[];
}

function proxied(settings: ProxySettings = {}): TestGatewayOptions {
  const trustedProxies = settings.trustedProxies ?? ["127.0.0.1"];
  const config = { mode: "local", controlUi: { allowedOrigins: [ORIGIN] }, trustedProxies };
  return {
    config: { gateway: config },
    secret: {
      mode: "trusted-proxy",
      proxy: {
        userHeader: "X-User",
        requiredHeaders: ["X-Via"],
        allowUsers: ["owner"],
        allowLoopback: settings.allowLoopback ?? true,
        trustedProxies,
      },
    },
  };
}

const HEADERS = { "x-user": "owner", "x-via": "proxy", "x-forwarded-for": "192.0.2.9" };

const REASONS: [reason: string, settings: ProxySettings, headers: Record<string, string>][] = [
  ["trusted_proxy_no_proxies_configured", { trustedProxies: [] }, HEADERS],
  ["trusted_proxy_untrusted_source", { trustedProxies: ["10.0.0.0/8"] }, HEADERS],
  ["trusted_proxy_loopback_source", { allowLoopback: false }, HEADERS],
  ["trusted_proxy_missing_header_x-via", {}, { ...HEADERS, "x-via": "" }],
  ["trusted_proxy_user_missing", {}, { ...HEADERS, "x-user": "" }],
  ["trusted_proxy_user_not_allowed", {}, { ...HEADERS, "x-user": "guest" }],
];

for (const [reason, settings, headers] of REASONS) {
  Deno.test(`a socket is refused with ${reason}, and HTTP with 401`, async () => {
    await using gateway = await TestGateway.start(proxied(settings));
    const { error } = await refused(gateway, { headers });
    assertEquals(error.details.authReason, reason);
    assertEquals(error.details.code, "AUTH_UNAUTHORIZED");
    const page = { headers: { ...headers, origin: ORIGIN }, params: CONTROL_UI };
    assertEquals((await refused(gateway, page)).error.details.authReason, reason);
    const response = await fetch(`${gateway.httpUrl}/v1/models`, { headers });
    assertEquals(response.status, 401);
    assertEquals((await response.json()).error.message, "Unauthorized");
  });
}

Deno.test("HTTP refuses pages of other origins behind a trusted proxy, and heeds stated scopes", async () => {
  await using gateway = await TestGateway.start(proxied());
  const cases: [headers: Record<string, string>, status: number][] = [
    [{}, 200],
    [{ origin: ORIGIN }, 200],
    [{ origin: "https://elsewhere.example" }, 401],
    [{ "x-openclaw-scopes": "operator.write" }, 200],
    [{ "x-openclaw-scopes": "operator.approvals" }, 403],
    [{ "x-openclaw-scopes": "" }, 403],
  ];
  for (const [headers, status] of cases) {
    const all = { ...HEADERS, ...headers };
    const response = await fetch(`${gateway.httpUrl}/v1/models`, { headers: all });
    await response.body?.cancel();
    assertEquals(response.status, status, JSON.stringify(headers));
  }
});

Deno.test("behind a trusted proxy each client is counted by its own address", async () => {
  await using gateway = await TestGateway.start({
    config: { gateway: { mode: "local", trustedProxies: ["127.0.0.1", "10.0.0.0/8"] } },
  });
  const attempt = async (forwardedFor: string, token: string) => {
    const how: Knock = {
      headers: { "x-forwarded-for": forwardedFor },
      params: { auth: { token } },
    };
    await using answer = await knock(gateway, how);
    return answer.response.ok ? "hello" : answer.response.error.details.code;
  };
  // One IPv6 network and one IPv4 host, however they are written and whatever they claim.
  const guessers = [
    (i: number) => `203.0.113.${i}, 192.0.2.9, 10.0.0.1`,
    (i: number) => `${i % 2 === 0 ? "::ffff:" : ""}192.0.2.10`,
    (i: number) => `2001:db8:0:1::${i}`,
  ];
  for (const guesser of guessers) {
    for (let i = 0; i < 10; i++) {
      assertEquals(await attempt(guesser(i), "wrong"), "AUTH_TOKEN_MISMATCH");
    }
    assertEquals(await attempt(guesser(11), TOKEN), "AUTH_RATE_LIMITED");
  }
  for (const other of ["192.0.2.11", "2001:db8:0:2::1", "10.0.0.1"]) {
    assertEquals(await attempt(other, TOKEN), "hello", other);
  }
  await hello(gateway);
});

Deno.test("a client behind a proxy that is not trusted cannot choose its address", async () => {
  await using gateway = await TestGateway.start();
  for (let i = 0; i < 10; i++) {
    const headers = { "x-forwarded-for": `192.0.2.${i}` };
    await refused(gateway, { headers, params: { auth: { token: "wrong" } } });
  }
  const { error } = await refused(gateway, { headers: { "x-forwarded-for": "192.0.2.99" } });
  assertEquals(error.details.code, "AUTH_RATE_LIMITED");
});

Deno.test("Tailscale's word lets the Control UI of a device in, asked for once", async () => {
  await using tailscale = await FakeTailscale.install();
  await using gateway = await TestGateway.start({
    config: TAILSCALE_CONFIG,
    runCommand: tailscale.run,
  });
  const how = async (auth?: unknown): Promise<Knock> => ({
    device: await TestDevice.create(),
    version: "v2",
    params: { ...CONTROL_UI, auth },
    headers: serveHeaders(ADDRESS.owner),
  });
  for (const auth of [undefined, { token: "wrong" }, { token: TOKEN }]) {
    const answer = await hello(gateway, await how(auth));
    assertEquals(answer.auth, { role: "operator", scopes: ["operator.admin"] });
  }
  assertEquals(await tailscale.calls(), [`whois --json ${ADDRESS.owner}`]);
});

Deno.test("Tailscale's word counts for the Control UI only, and only where it is configured", async () => {
  await using tailscale = await FakeTailscale.install();
  const headers = serveHeaders(ADDRESS.owner);
  const device = await TestDevice.create();
  await using off = await TestGateway.start({
    runCommand: tailscale.run,
    config: { gateway: { ...TAILSCALE_CONFIG.gateway, auth: { allowTailscale: false } } },
  });
  const page = { device, headers, params: { ...CONTROL_UI, auth: undefined } };
  assertEquals((await refused(off, page)).error.details.code, "AUTH_TOKEN_MISSING");
  await using on = await TestGateway.start({
    runCommand: tailscale.run,
    config: TAILSCALE_CONFIG,
  });
  const others: Knock[] = [
    { device, headers, params: { auth: undefined } },
    { device, headers, params: { ...CONTROL_UI, role: "node", scopes: [], auth: undefined } },
  ];
  for (const other of others) {
    assertEquals((await refused(on, other)).error.details.code, "AUTH_TOKEN_MISSING");
  }
  const http = await fetch(`${on.httpUrl}/v1/models`, { headers });
  assertEquals(http.status, 401);
  await http.body?.cancel();
  assert(await tailscale.calls().then(() => false, () => true), "nobody was asked");
});

Deno.test("Tailscale's word is believed by default where Tailscale Serve is on", async () => {
  await using tailscale = await FakeTailscale.install();
  const { auth: _auth, ...config } = TAILSCALE_CONFIG.gateway;
  await using gateway = await TestGateway.start({
    runCommand: tailscale.run,
    config: { gateway: { ...config, tailscale: { mode: "serve" } } },
  });
  await hello(gateway, {
    device: await TestDevice.create(),
    headers: serveHeaders(ADDRESS.owner),
    params: { ...CONTROL_UI, auth: undefined },
  });
});

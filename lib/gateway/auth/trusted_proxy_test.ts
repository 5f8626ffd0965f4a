import { assertEquals } from "@std/assert";
import type { TrustedProxyAuth } from "../../config/mod.ts";
import { judgeProxy, type ProxyFailure, scopesHeader } from "./trusted_proxy.ts";

const POLICY: TrustedProxyAuth = {
  userHeader: "X-Auth-User",
  requiredHeaders: ["X-Auth-Via"],
  allowUsers: ["owner", "guest"],
  allowLoopback: false,
  trustedProxies: ["10.0.0.0/24", "127.0.0.1"],
};
const HEADERS = { "x-auth-user": " owner ", "x-auth-via": "proxy" };

interface Request {
  headers?: Record<string, string>;
  socketAddress?: string;
  policy?: Partial<TrustedProxyAuth>;
}

function judge({ headers = HEADERS, socketAddress = "10.0.0.1", policy = {} }: Request) {
  const isAllowedOrigin = (origin: string) => origin === "https://ui.example";
  const request = { headers: new Headers(headers), socketAddress, isAllowedOrigin };
  return judgeProxy(request, { ...POLICY, ...policy });
}

const REFUSED: [reason: ProxyFailure, request: Request][] = [
  ["trusted_proxy_no_proxies_configured", { policy: { trustedProxies: [] } }],
  ["trusted_proxy_untrusted_source", { socketAddress: "10.0.1.1" }],
  ["trusted_proxy_loopback_source", { socketAddress: "127.0.0.1" }],
  ["trusted_proxy_missing_header_x-auth-via", { headers: { "x-auth-user": "owner" } }],
  ["trusted_proxy_missing_header_x-auth-via", { headers: { ...HEADERS, "x-auth-via": " " } }],
  ["trusted_proxy_missing_header_no header", { policy: { requiredHeaders: ["no header"] } }],
  ["trusted_proxy_user_missing", { headers: { "x-auth-via": "proxy" } }],
  ["trusted_proxy_user_not_allowed", { headers: { ...HEADERS, "x-auth-user": "stranger" } }],
  [
    "trusted_proxy_origin_not_allowed",
    { headers: { ...HEADERS, "origin": "https://elsewhere.example" } },
  ],
];

for (const [reason, request] of REFUSED) {
  Deno.test(`judgeProxy() refuses with ${reason}: ${JSON.stringify(request)}`, () => {
    assertEquals(judge(request), { ok: false, reason });
  });
}

Deno.test("judgeProxy() takes the user from a trusted proxy", () => {
  assertEquals(judge({}), { ok: true, user: "owner" });
  const fromPage = { ...HEADERS, "origin": "https://ui.example" };
  assertEquals(judge({ headers: fromPage }), { ok: true, user: "owner" });
  const anyone = { ...HEADERS, "x-auth-user": "anyone" };
  assertEquals(judge({ headers: anyone, policy: { allowUsers: [] } }).ok, true);
  const local = { socketAddress: "127.0.0.1", policy: { allowLoopback: true } };
  assertEquals(judge(local), { ok: true, user: "owner" });
});

Deno.test("judgeProxy() hands on the scopes that the proxy leaves", () => {
  const scopes = "operator.read, operator.write,";
  assertEquals(judge({ headers: { ...HEADERS, "x-openclaw-scopes": scopes } }), {
    ok: true,
    user: "owner",
    scopes: ["operator.read", "operator.write"],
  });
});

Deno.test("scopesHeader() tells an empty header from none", () => {
  assertEquals(scopesHeader(new Headers({ "x-openclaw-scopes": "" })), []);
  assertEquals(scopesHeader(new Headers()), undefined);
});

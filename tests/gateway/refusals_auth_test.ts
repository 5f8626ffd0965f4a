import { assertEquals } from "@std/assert";
import { AUTH_FAILURES } from "../../lib/protocol/mod.ts";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import {
  assertRefusal,
  CONTROL_UI,
  hello,
  type Knock,
  refused,
  REMOTE,
} from "./connect_harness.ts";
import {
  ADDRESS,
  FakeTailscale,
  ORIGIN,
  serveHeaders,
  TAILSCALE_CONFIG,
} from "./tailscale_harness.ts";

interface Case {
  /** The row of the table: its `details.code`. */
  row: string;
  when: string;
  gateway?: TestGatewayOptions;
  /** The connect, or what leads to it on the same gateway. */
  knock?: Knock | ((gateway: TestGateway) => Promise<Knock>);
  reason: string | undefined;
  step: string;
  message: RegExp;
  canRetry?: boolean;
}

const PASSWORD = { secret: { mode: "password", secret: "open sesame" } } as const;
const PROXY = {
  userHeader: "x-user",
  requiredHeaders: [],
  allowUsers: ["owner"],
  allowLoopback: true,
  trustedProxies: ["127.0.0.1"],
};
const PAGE = { headers: { origin: "http://localhost:5173" } };

const device = await TestDevice.create();

const CASES: Case[] = [
  {
    row: "AUTH_TOKEN_MISSING",
    when: "nothing is shown",
    knock: { params: { auth: undefined } },
    reason: "token_missing",
    step: "update_auth_configuration",
    message: /^unauthorized: gateway token missing \(openclaw config set gateway\.remote\.token /,
  },
  {
    row: "AUTH_TOKEN_MISSING",
    when: "a password is shown to a gateway with a token",
    knock: { params: { auth: { password: TOKEN } } },
    reason: "token_missing",
    step: "update_auth_configuration",
    message: /^unauthorized: gateway token missing \(/,
  },
  {
    row: "AUTH_TOKEN_MISMATCH",
    when: "the token is wrong",
    knock: { params: { auth: { token: "wrong" } } },
    reason: "token_mismatch",
    step: "update_auth_credentials",
    message: /^unauthorized: gateway token mismatch \(openclaw config set gateway\.auth\.token /,
  },
  {
    row: "AUTH_TOKEN_MISMATCH",
    when: "the token is wrong and the device may have one of its own",
    knock: { params: { auth: { token: "wrong" } }, device },
    reason: "token_mismatch",
    step: "retry_with_device_token",
    canRetry: true,
    message: /^unauthorized: gateway token mismatch \(/,
  },
  {
    row: "AUTH_TOKEN_MISMATCH",
    when: "an API key of a provider is in the place of the token",
    knock: { params: { auth: { token: "sk-0123456789abcdef" } }, headers: REMOTE },
    reason: "token_mismatch",
    step: "update_auth_credentials",
    message: /\(what was sent looks like an API key of another service: openclaw config set models/,
  },
  {
    row: "AUTH_TOKEN_NOT_CONFIGURED",
    when: "the gateway has no token",
    gateway: { secret: { mode: "token" } },
    reason: "token_missing_config",
    step: "update_auth_configuration",
    message: /^unauthorized: the gateway has no token \(openclaw config set gateway\.auth\.token /,
  },
  {
    row: "AUTH_PASSWORD_MISSING",
    when: "a token is shown to a gateway with a password",
    gateway: PASSWORD,
    reason: "password_missing",
    step: "update_auth_configuration",
    message: /^unauthorized: gateway password missing \(openclaw config set gateway\.remote\.pass/,
  },
  {
    row: "AUTH_PASSWORD_MISMATCH",
    when: "the password is wrong",
    gateway: PASSWORD,
    knock: { params: { auth: { password: "wrong" } }, headers: REMOTE },
    reason: "password_mismatch",
    step: "update_auth_credentials",
    message: /^unauthorized: gateway password mismatch \(openclaw config set gateway\.remote\.pass/,
  },
  {
    row: "AUTH_PASSWORD_NOT_CONFIGURED",
    when: "the gateway has no password",
    gateway: { secret: { mode: "password" } },
    knock: { params: { auth: { password: "any" } } },
    reason: "password_missing_config",
    step: "update_auth_configuration",
    message: /^unauthorized: the gateway has no password \(openclaw config set gateway\.auth\.pass/,
  },
  {
    row: "AUTH_DEVICE_TOKEN_MISMATCH",
    when: "the device token is not the device's",
    knock: { params: { auth: { deviceToken: "A".repeat(43) } }, device },
    reason: "device_token_mismatch",
    step: "update_auth_credentials",
    message: /^unauthorized: device token mismatch \(what was sent looks like a device token: /,
  },
  {
    row: "AUTH_SCOPE_MISMATCH",
    when: "the device token covers less than is asked for",
    knock: async (gateway) => {
      const params = { scopes: ["operator.read"] };
      const { deviceToken } = (await hello(gateway, { params, device })).auth;
      return { device, params: { auth: { deviceToken } } };
    },
    reason: "scope_mismatch",
    step: "review_auth_configuration",
    message: /^unauthorized: device token scope mismatch \(.*openclaw devices approve <request>\)$/,
  },
  {
    row: "AUTH_BOOTSTRAP_TOKEN_INVALID",
    when: "the setup code is none of this gateway's",
    knock: { params: { auth: { bootstrapToken: "b".repeat(32) } }, device },
    reason: "bootstrap_token_invalid",
    step: "review_auth_configuration",
    message: /^unauthorized: bootstrap token invalid or expired \(.*openclaw qr\)$/,
  },
  {
    row: "AUTH_RATE_LIMITED",
    when: "a page has guessed ten times",
    knock: async (gateway) => {
      for (let i = 0; i < 10; i++) {
        const { error } = await refused(gateway, { ...PAGE, params: { auth: { token: "wrong" } } });
        assertEquals(error.details.code, "AUTH_TOKEN_MISMATCH");
      }
      return PAGE;
    },
    reason: "rate_limited",
    step: "wait_then_retry",
    message: /^unauthorized: too many failed authentication attempts \(retry after (59|60)s\)$/,
  },
  {
    row: "AUTH_REQUIRED",
    when: "a program beside the proxy shows nothing",
    gateway: { secret: { mode: "trusted-proxy", secret: "local", proxy: PROXY } },
    knock: { params: { auth: undefined } },
    reason: undefined,
    step: "review_auth_configuration",
    message: /^unauthorized: authentication required \(openclaw config set gateway\.remote\.passw/,
  },
  {
    row: "AUTH_UNAUTHORIZED",
    when: "the proxy names a user that may not connect",
    gateway: { secret: { mode: "trusted-proxy", proxy: PROXY } },
    knock: { headers: { "x-user": "guest", ...REMOTE } },
    reason: "trusted_proxy_user_not_allowed",
    step: "review_auth_configuration",
    message: /^unauthorized: trusted proxy user not allowed \(openclaw config get gateway\.auth\.t/,
  },
  {
    row: "AUTH_TAILSCALE_IDENTITY_MISSING",
    when: "Tailscale names no user",
    gateway: { config: TAILSCALE_CONFIG },
    knock: page({ ...serveHeaders(ADDRESS.owner), "tailscale-user-login": "" }),
    reason: "tailscale_user_missing",
    step: "review_auth_configuration",
    message: /^unauthorized: tailscale user missing \(/,
  },
  {
    row: "AUTH_TAILSCALE_PROXY_MISSING",
    when: "the request did not come from Tailscale Serve",
    gateway: { config: TAILSCALE_CONFIG },
    knock: page({ "origin": ORIGIN, "tailscale-user-login": "owner@example.com" }),
    reason: "tailscale_proxy_missing",
    step: "review_auth_configuration",
    message: /^unauthorized: tailscale proxy missing \(/,
  },
  ...([
    ["does not know the address", serveHeaders(ADDRESS.unknown)],
    ["answers garbage", serveHeaders(ADDRESS.garbage)],
    ["does not answer in time", serveHeaders(ADDRESS.slow)],
  ] as const).map(([when, headers]): Case => ({
    row: "AUTH_TAILSCALE_WHOIS_FAILED",
    when: `the program ${when}`,
    gateway: { config: TAILSCALE_CONFIG },
    knock: page(headers),
    reason: "tailscale_whois_failed",
    step: "review_auth_configuration",
    message: /^unauthorized: tailscale whois failed \(.*openclaw logs\)$/,
  })),
  {
    row: "AUTH_TAILSCALE_IDENTITY_MISMATCH",
    when: "Tailscale knows another user at the address",
    gateway: { config: TAILSCALE_CONFIG },
    knock: page(serveHeaders(ADDRESS.owner, "guest@example.com")),
    reason: "tailscale_user_mismatch",
    step: "review_auth_configuration",
    message: /^unauthorized: tailscale user mismatch \(/,
  },
];

/** The Control UI of a device, which shows nothing itself. */
function page(headers: Record<string, string>): Knock {
  return { headers, device, version: "v2", params: { ...CONTROL_UI, auth: undefined } };
}

for (const { row, when, reason, step, message, canRetry = false, ...scene } of CASES) {
  Deno.test(`${row} when ${when}`, async () => {
    await using tailscale = await FakeTailscale.install();
    await using gateway = await TestGateway.start({ runCommand: tailscale.run, ...scene.gateway });
    const { knock = {} } = scene;
    const how = typeof knock === "function" ? await knock(gateway) : knock;
    assertRefusal(await refused(gateway, how), {
      code: "INVALID_REQUEST",
      message,
      details: {
        code: row,
        ...(reason === undefined ? {} : { authReason: reason }),
        canRetryWithDeviceToken: canRetry,
        recommendedNextStep: step,
      },
    });
  });
}

Deno.test("every reason of a refused authentication has a case", () => {
  const rows = Object.values(AUTH_FAILURES).map(([code]) => code as string);
  const missing = new Set([...rows, "AUTH_REQUIRED", "AUTH_UNAUTHORIZED"])
    .difference(new Set(CASES.map(({ row }) => row)));
  assertEquals([...missing], []);
});

Deno.test("AUTH_TAILSCALE_WHOIS_FAILED when there is no such program", async () => {
  await using tailscale = await FakeTailscale.install();
  await tailscale.remove();
  await using gateway = await TestGateway.start({
    runCommand: tailscale.run,
    config: TAILSCALE_CONFIG,
  });
  const { error } = await refused(gateway, page(serveHeaders(ADDRESS.owner)));
  assertEquals(error.details.code, "AUTH_TAILSCALE_WHOIS_FAILED");
});

import { assertEquals } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import type { Frame } from "../harness/socket.ts";
import { BACKEND, CONTROL_UI, hello, type Knock, refused, REMOTE, TUI } from "./connect_harness.ts";
import { ADDRESS, FakeTailscale, serveHeaders, TAILSCALE_CONFIG } from "./tailscale_harness.ts";

const PAGE = { origin: "http://localhost:5173" };
const FOREIGN_PAGE = { origin: "https://ui.example", ...REMOTE };
const ALL = ["operator.admin"];
const NONE = { secret: { mode: "none" } } as const;
/** Where no credential is asked for, a page of this machine is heard when it is listed. */
const LISTED_PAGE = { allowedOrigins: [PAGE.origin] };

function controlUi(settings: Frame): TestGatewayOptions {
  const allowedOrigins = ["https://ui.example"];
  return { config: { gateway: { mode: "local", controlUi: { allowedOrigins, ...settings } } } };
}

/** A gateway behind a proxy on this machine. */
function proxied(settings: Frame = {}): TestGatewayOptions {
  const proxy = {
    userHeader: "x-user",
    requiredHeaders: [],
    allowUsers: [],
    allowLoopback: true,
    trustedProxies: ["127.0.0.1"],
  };
  return {
    ...controlUi(settings),
    secret: { mode: "trusted-proxy", proxy, secret: "for local programs" },
  };
}

const device = await TestDevice.create();

/** What a client without a device gets: its scopes, or the code it is refused with. */
const ROWS: [
  who: string,
  gateway: TestGatewayOptions,
  knock: Knock,
  expected: readonly string[] | string,
][] = [
  ["an operator with the secret from elsewhere", {}, { headers: REMOTE }, []],
  ["an operator with the secret on this machine, its owner", {}, {}, ALL],
  ["a page that is not the Control UI", {}, { headers: PAGE }, []],
  ["a backend on loopback", {}, { params: BACKEND }, ALL],
  ["a backend on loopback where nothing is secret", NONE, { params: BACKEND }, ALL],
  ["a backend from elsewhere", {}, { params: BACKEND, headers: REMOTE }, []],
  ["a backend in a page", {}, { params: BACKEND, headers: PAGE }, []],
  [
    "the Control UI with device auth disabled",
    controlUi({ dangerouslyDisableDeviceAuth: true }),
    { params: CONTROL_UI, headers: FOREIGN_PAGE },
    ALL,
  ],
  [
    "the Control UI with device auth disabled, whatever device it brings",
    controlUi({ dangerouslyDisableDeviceAuth: true }),
    {
      params: CONTROL_UI,
      headers: FOREIGN_PAGE,
      device,
      tamper: (signed) => ({ ...signed, nonce: "x" }),
    },
    ALL,
  ],
  [
    "the Control UI with device auth disabled and a wrong token",
    controlUi({ dangerouslyDisableDeviceAuth: true }),
    { params: { ...CONTROL_UI, auth: { token: "wrong" } }, headers: FOREIGN_PAGE },
    "AUTH_TOKEN_MISMATCH",
  ],
  [
    "another page with device auth disabled",
    controlUi({ dangerouslyDisableDeviceAuth: true }),
    { headers: FOREIGN_PAGE },
    [],
  ],
  [
    "the Control UI with insecure auth allowed, on loopback",
    controlUi({ allowInsecureAuth: true }),
    { params: CONTROL_UI, headers: PAGE },
    ALL,
  ],
  [
    "the Control UI with insecure auth allowed and a wrong token",
    controlUi({ allowInsecureAuth: true }),
    { params: { ...CONTROL_UI, auth: { token: "wrong" } }, headers: PAGE },
    "AUTH_TOKEN_MISMATCH",
  ],
  [
    "the Control UI with insecure auth allowed, from elsewhere",
    controlUi({ allowInsecureAuth: true }),
    { params: CONTROL_UI, headers: FOREIGN_PAGE },
    "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
  ],
  [
    "the Control UI behind a trusted proxy",
    proxied(),
    { params: CONTROL_UI, headers: { ...FOREIGN_PAGE, "x-user": "owner" } },
    ALL,
  ],
  [
    "the Control UI behind a trusted proxy that leaves it reading",
    proxied(),
    {
      params: { ...CONTROL_UI, scopes: ["operator.read", "operator.write"] },
      headers: { ...FOREIGN_PAGE, "x-user": "o", "x-openclaw-scopes": "operator.read" },
    },
    ["operator.read"],
  ],
  [
    "the Control UI behind a trusted proxy that leaves it nothing",
    proxied(),
    {
      params: CONTROL_UI,
      headers: { ...FOREIGN_PAGE, "x-user": "owner", "x-openclaw-scopes": "" },
    },
    [],
  ],
  [
    "an operator behind a trusted proxy",
    proxied(),
    { headers: { ...REMOTE, "x-user": "owner" } },
    [],
  ],
  [
    "a program beside the proxy, with the password",
    proxied(),
    { params: { auth: { password: "for local programs" } } },
    ALL,
  ],
  [
    "a program beside the proxy, with a wrong password",
    proxied(),
    { params: { auth: { password: "wrong" } } },
    "AUTH_PASSWORD_MISMATCH",
  ],
  [
    "a program from elsewhere, with the password",
    proxied(),
    { params: { auth: { password: "for local programs" } }, headers: REMOTE },
    "AUTH_UNAUTHORIZED",
  ],
  [
    "the Control UI with Tailscale's word",
    { config: TAILSCALE_CONFIG },
    { params: { ...CONTROL_UI, auth: undefined }, headers: serveHeaders(ADDRESS.owner) },
    "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
  ],
  [
    "the Control UI otherwise",
    {},
    { params: CONTROL_UI, headers: PAGE },
    "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
  ],
  [
    "the Control UI otherwise, with a wrong token",
    {},
    { params: { ...CONTROL_UI, auth: { token: "wrong" } }, headers: PAGE },
    "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
  ],
  ["the TUI of the owner", {}, { params: TUI }, ALL],
  [
    "the TUI from elsewhere",
    {},
    { params: TUI, headers: REMOTE },
    "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
  ],
  ["the CLI where nothing is secret", NONE, {}, "DEVICE_IDENTITY_REQUIRED"],
  ["the TUI where nothing is secret", NONE, { params: TUI }, "DEVICE_IDENTITY_REQUIRED"],
  [
    "the Control UI where nothing is secret",
    { ...NONE, ...controlUi(LISTED_PAGE) },
    { params: CONTROL_UI, headers: PAGE },
    "DEVICE_IDENTITY_REQUIRED",
  ],
  [
    "the Control UI where nothing is secret and device auth is disabled",
    { ...NONE, ...controlUi({ ...LISTED_PAGE, dangerouslyDisableDeviceAuth: true }) },
    { params: CONTROL_UI, headers: PAGE },
    ALL,
  ],
  [
    "another program's page that calls itself the Control UI where nothing is secret",
    { ...NONE, ...controlUi({ dangerouslyDisableDeviceAuth: true }) },
    { params: CONTROL_UI, headers: PAGE },
    "CONTROL_UI_ORIGIN_NOT_ALLOWED",
  ],
  ["a node", {}, { params: { role: "node", scopes: [] } }, "DEVICE_IDENTITY_REQUIRED"],
  [
    "a node that calls itself the Control UI with device auth disabled",
    controlUi({ dangerouslyDisableDeviceAuth: true }),
    { params: { ...CONTROL_UI, role: "node", scopes: [] }, headers: PAGE },
    "DEVICE_IDENTITY_REQUIRED",
  ],
];

for (const [who, options, knock, expected] of ROWS) {
  const outcome = typeof expected === "string" ? expected : `[${expected}]`;
  Deno.test(`without a device, ${who} gets ${outcome}`, async () => {
    await using tailscale = await FakeTailscale.install();
    await using gateway = await TestGateway.start({ runCommand: tailscale.run, ...options });
    if (typeof expected === "string") {
      assertEquals((await refused(gateway, knock)).error.details.code, expected);
      return;
    }
    const { auth } = await hello(gateway, knock);
    assertEquals(auth, { role: "operator", scopes: [...expected] });
  });
}

Deno.test("device auth is disabled and asked for again while the gateway runs", async () => {
  await using gateway = await TestGateway.start(controlUi({}));
  const knock = { params: { ...CONTROL_UI, auth: { token: TOKEN } }, headers: PAGE };
  await refused(gateway, knock);
  const { state } = gateway.gateway;
  const before = state.config();
  const { config } = before;
  const controlUiSettings = { ...config.gateway?.controlUi, dangerouslyDisableDeviceAuth: true };
  const open = { ...config, gateway: { ...config.gateway, controlUi: controlUiSettings } };
  state.replaceConfig({ ...before, config: open });
  await hello(gateway, knock);
  state.replaceConfig(before);
  await refused(gateway, knock);
});

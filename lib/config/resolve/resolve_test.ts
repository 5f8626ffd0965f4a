import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AppError, envOf } from "../../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot, OpenClawConfig } from "../types.ts";
import { normalizeAgentId, resolveAgents } from "./agents.ts";
import { type AuthOptions, resolveAuth } from "./auth.ts";
import { isLoopbackHost, resolveBind } from "./bind.ts";
import { resolveLogging } from "./logging.ts";
import { resolveModelSelection } from "./models.ts";
import { resolveGatewayPort } from "./port.ts";
import { assertStartAllowed, type StartOptions } from "./start_guard.ts";

const PATHS: ConfigPaths = {
  home: "/h",
  stateDir: "/h/.openclaw",
  configPath: "/h/.openclaw/openclaw.json",
  workspaceDir: "/h/.openclaw/workspace",
};

function codeOf(run: () => unknown): string {
  return assertThrows(run, AppError).code;
}

Deno.test("resolveGatewayPort() follows the documented precedence", () => {
  const config: OpenClawConfig = { gateway: { port: 3 } };
  const env = (value: string) => envOf({ OPENCLAW_GATEWAY_PORT: value });
  const rows: [Parameters<typeof resolveGatewayPort>[0], number, string][] = [
    [{ flag: 1, env: env("2"), config }, 1, "flag"],
    [{ flag: "1", env: env("2"), config }, 1, "flag"],
    [{ env: env("2"), config }, 2, "env"],
    [{ env: env("127.0.0.1:2"), config }, 2, "env"],
    [{ env: env("[::1]:2"), config }, 2, "env"],
    [{ env: env(" "), config }, 3, "config"],
    [{ env: envOf({}), config: {} }, 18789, "default"],
  ];
  for (const [options, port, source] of rows) {
    assertEquals(resolveGatewayPort(options), { port, source: source as "flag" });
  }
});

Deno.test("resolveGatewayPort() refuses what is no port", () => {
  for (const flag of [0, 65536, "x", "-1", "1.5", ""]) {
    const error = assertThrows(
      () => resolveGatewayPort({ flag, env: envOf({}), config: {} }),
      AppError,
    );
    assertEquals(error.code, "PORT_INVALID");
    assertEquals(
      error.message,
      "Invalid --port. Use a port number from 1 to 65535, for example 18789.",
    );
  }
  for (const value of ["x", "host:", "::1:5", "1:2:3", "99999"]) {
    const env = envOf({ OPENCLAW_GATEWAY_PORT: value });
    assertEquals(codeOf(() => resolveGatewayPort({ env, config: {} })), "PORT_INVALID", value);
  }
});

Deno.test("resolveBind() gives the documented addresses", () => {
  const rows: [Parameters<typeof resolveBind>[0], string, string, boolean][] = [
    [{ config: {}, isContainer: false, hasCredential: true }, "loopback", "127.0.0.1,::1", true],
    [{ config: {}, isContainer: true, hasCredential: true }, "auto", "0.0.0.0", false],
    [{ config: {}, isContainer: true, hasCredential: false }, "loopback", "127.0.0.1,::1", true],
    [
      {
        config: { gateway: { tailscale: { mode: "serve" } } },
        isContainer: true,
        hasCredential: true,
      },
      "loopback",
      "127.0.0.1,::1",
      true,
    ],
    [
      { config: { gateway: { bind: "lan" } }, isContainer: false, hasCredential: true },
      "lan",
      "0.0.0.0",
      false,
    ],
    [
      {
        flag: "loopback",
        config: { gateway: { bind: "lan" } },
        isContainer: false,
        hasCredential: true,
      },
      "loopback",
      "127.0.0.1,::1",
      true,
    ],
    [
      { flag: "auto", config: {}, isContainer: false, hasCredential: true },
      "auto",
      "127.0.0.1,::1",
      true,
    ],
    [
      { flag: "tailnet", config: {}, isContainer: false, hasCredential: true },
      "tailnet",
      "127.0.0.1,::1",
      true,
    ],
    [
      {
        flag: "tailnet",
        config: {},
        isContainer: false,
        hasCredential: true,
        tailnetIp: "100.64.0.1",
      },
      "tailnet",
      "100.64.0.1",
      false,
    ],
    [
      {
        flag: "custom",
        config: { gateway: { customBindHost: "10.0.0.1" } },
        isContainer: false,
        hasCredential: true,
      },
      "custom",
      "10.0.0.1",
      false,
    ],
  ];
  for (const [options, mode, hosts, isLoopback] of rows) {
    const bind = resolveBind(options);
    assertEquals([bind.mode, bind.hosts.join(), bind.isLoopback], [mode, hosts, isLoopback]);
  }
});

Deno.test("resolveBind() refuses unknown modes and bad hosts", () => {
  const rows: [string, string | undefined, string][] = [
    ["wan", undefined, 'Invalid --bind. Use "loopback", "lan", "tailnet", "auto", or "custom".'],
    ["custom", undefined, "gateway.bind=custom requires gateway.customBindHost"],
    [
      "custom",
      "localhost",
      "gateway.bind=custom requires a valid IPv4 customBindHost (got localhost)",
    ],
    [
      "custom",
      "1.2.3.256",
      "gateway.bind=custom requires a valid IPv4 customBindHost (got 1.2.3.256)",
    ],
  ];
  for (const [flag, customBindHost, message] of rows) {
    const config = { gateway: { customBindHost } };
    const error = assertThrows(
      () => resolveBind({ flag, config, isContainer: false, hasCredential: true }),
      AppError,
    );
    assertEquals([error.code, error.message], ["BIND_INVALID", message]);
  }
});

Deno.test("isLoopbackHost() knows every notation of this machine", () => {
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"]) {
    assert(isLoopbackHost(host), host);
  }
  for (const host of ["0.0.0.0", "127.0.0.1.example.com", "128.0.0.1", "::", "127.1"]) {
    assert(!isLoopbackHost(host), host);
  }
});

interface AuthCase {
  flags?: AuthOptions["flags"];
  env?: Record<string, string>;
  auth?: NonNullable<OpenClawConfig["gateway"]>["auth"];
  parsedToken?: string;
}

function authOf({ flags, env = {}, auth, parsedToken }: AuthCase) {
  return resolveAuth({
    ...(flags ? { flags } : {}),
    env: envOf(env),
    config: auth ? { gateway: { auth } } : {},
    ...(parsedToken ? { parsed: { gateway: { auth: { token: parsedToken } } } } : {}),
    newToken: () => "made-up",
  });
}

Deno.test("resolveAuth() follows the documented precedence", () => {
  const both = { OPENCLAW_GATEWAY_TOKEN: "et", OPENCLAW_GATEWAY_PASSWORD: "ep" };
  const rows: [AuthCase, string, string | undefined, string | undefined][] = [
    [
      { env: both, auth: { token: "ct" }, flags: { token: "ft", auth: "token" } },
      "token",
      "ft",
      "flag",
    ],
    [{ env: both, auth: { token: "ct", mode: "token" } }, "token", "ct", "config"],
    [
      { env: both, auth: { token: { source: "env", id: "T" }, mode: "token" } },
      "token",
      "et",
      "env",
    ],
    [
      { env: { ...both, T: "x" }, auth: { token: "x", mode: "token" }, parsedToken: "${T}" },
      "token",
      "et",
      "env",
    ],
    [{ env: { T: "x" }, auth: { token: { source: "env", id: "T" } } }, "token", "x", "config"],
    [{ env: { T: "x" }, auth: { token: "${T}" } }, "token", "x", "config"],
    [{ env: both }, "password", "ep", "env"],
    [{ env: { OPENCLAW_GATEWAY_TOKEN: " et\n" } }, "token", "et", "env"],
    [{ auth: { password: "cp" } }, "password", "cp", "config"],
    [{ auth: { token: "ct", password: "cp", mode: "password" } }, "password", "cp", "config"],
    [{ auth: { token: "ct" }, flags: { password: "fp" } }, "password", "fp", "flag"],
    [{}, "token", "made-up", "generated"],
    [{ auth: { token: "  " } }, "token", "made-up", "generated"],
    [{ auth: { token: "ct", mode: "none" } }, "none", undefined, undefined],
  ];
  for (const [given, mode, secret, source] of rows) {
    const auth = authOf(given);
    const found = auth.token ?? auth.password;
    const from = auth.sources.token ?? auth.sources.password;
    assertEquals([auth.mode, found, from], [mode, secret, source], JSON.stringify(given));
    assertEquals(auth.generated, source === "generated");
  }
});

Deno.test("resolveAuth() refuses what cannot be served safely", () => {
  const proxy = { mode: "trusted-proxy" as const, trustedProxy: { userHeader: "x-user" } };
  const rows: [AuthCase, string][] = [
    [{ auth: { token: "a", password: "b" } }, "AUTH_CONFLICT"],
    [{ flags: { auth: "magic" } }, "AUTH_MODE_INVALID"],
    [{ auth: { mode: "password" } }, "AUTH_PASSWORD_MISSING"],
    [{ auth: { token: "change-me-now" } }, "AUTH_PLACEHOLDER"],
    [{ env: { OPENCLAW_GATEWAY_TOKEN: "change-me-to-a-long-random-token" } }, "AUTH_PLACEHOLDER"],
    [{ flags: { password: "change-me-to-a-strong-password" } }, "AUTH_PLACEHOLDER"],
    [{ auth: proxy }, "AUTH_PROXY_INCOMPLETE"],
    [{ auth: { ...proxy, token: "t" } }, "AUTH_CONFLICT"],
    [{ auth: { token: { source: "env", id: "NOPE" } } }, "SECRET_UNRESOLVED"],
    [{ auth: { token: "${NOPE}" } }, "SECRET_UNRESOLVED"],
    [{ auth: { token: { source: "file", id: "/x" } } }, "SECRET_UNRESOLVED"],
  ];
  for (const [given, code] of rows) {
    assertEquals(codeOf(() => authOf(given)), code, JSON.stringify(given));
  }
});

Deno.test("resolveAuth() respects the allowlist of an env provider", () => {
  const options = (allowlist: string[]): AuthOptions => ({
    env: envOf({ T: "x" }),
    config: {
      gateway: { auth: { token: { source: "env", provider: "p", id: "T" } } },
      secrets: { providers: { p: { source: "env", allowlist } } },
    },
    newToken: () => "",
  });
  assertEquals(resolveAuth(options(["T"])).token, "x");
  assertEquals(codeOf(() => resolveAuth(options(["U"]))), "SECRET_UNRESOLVED");
});

Deno.test("resolveAuth() takes a trusted proxy with all it needs", () => {
  const auth = resolveAuth({
    env: envOf({}),
    config: {
      gateway: {
        trustedProxies: ["10.0.0.0/8"],
        auth: { mode: "trusted-proxy", trustedProxy: { userHeader: "x-user" } },
      },
    },
    newToken: () => "",
  });
  assertEquals(auth.trustedProxy, {
    userHeader: "x-user",
    requiredHeaders: [],
    allowUsers: [],
    allowLoopback: false,
    trustedProxies: ["10.0.0.0/8"],
  });
});

function startWith(config: OpenClawConfig, rest: Partial<StartOptions> = {}): StartOptions {
  const snapshot: ConfigSnapshot = {
    path: "/c",
    exists: true,
    raw: "",
    hash: "",
    revision: "",
    files: [],
    includes: [],
    parsed: {},
    config,
    valid: true,
    issues: [],
    warnings: [],
    missingVars: [],
    env: envOf({}),
    processEnv: envOf({}),
    fileVariables: {},
  };
  const bind = resolveBind({ config, isContainer: false, hasCredential: true });
  const auth = resolveAuth({ env: envOf({}), config, newToken: () => "n" });
  return { snapshot, bind, auth, allowUnconfigured: false, ...rest };
}

Deno.test("assertStartAllowed() refuses with the code and text of each reason", () => {
  const good = startWith({ gateway: { mode: "local" } });
  const { snapshot } = good;
  const issue = { path: "gateway.port", message: "bad" };
  const rows: [StartOptions, string, RegExp][] = [
    [
      { ...good, snapshot: { ...snapshot, exists: false } },
      "CONFIG_MISSING",
      /^Missing config\. Run /,
    ],
    [startWith({}), "CONFIG_MODE_MISSING", /existing config is missing gateway\.mode\./],
    [
      startWith({ gateway: { mode: "remote" } }),
      "CONFIG_MODE_REMOTE",
      /^Gateway start blocked: set gateway\.mode=local \(current: remote\) or pass --allow-unconfigured\.$/,
    ],
    [
      startWith({ gateway: { mode: "local", bind: "lan", auth: { mode: "none" } } }),
      "AUTH_REQUIRED_FOR_BIND",
      /^Refusing to bind gateway to lan without auth\.$/,
    ],
    [
      {
        ...startWith({ gateway: { mode: "local", bind: "lan", auth: { token: "t" } } }),
        tailscaleMode: "serve",
      },
      "TAILSCALE_BIND_INVALID",
      /^tailscale serve\/funnel requires gateway bind=loopback/,
    ],
    [
      { ...good, tailscaleMode: "funnel" },
      "TAILSCALE_FUNNEL_NEEDS_PASSWORD",
      /^tailscale funnel requires gateway auth mode=password/,
    ],
    [
      startWith({ gateway: { mode: "local", auth: { token: "t" } }, hooks: { token: "t" } }),
      "HOOKS_TOKEN_REUSED",
      /hooks\.token/,
    ],
    [
      { ...good, snapshot: { ...snapshot, valid: false, issues: [issue] } },
      "CONFIG_INVALID",
      /gateway\.port: bad/,
    ],
    [
      { ...good, snapshot: { ...snapshot, valid: false, issues: [{ path: "", message: "no" }] } },
      "CONFIG_UNREADABLE",
      /^Cannot read config "\/c": no$/,
    ],
  ];
  for (const [options, code, text] of rows) {
    const error = assertThrows(() => assertStartAllowed(options), AppError);
    assertEquals(error.code, code);
    assertMatch(error.message, text);
    assert(error.hint);
  }
});

Deno.test("assertStartAllowed() lets a safe gateway start", () => {
  assertStartAllowed(startWith({ gateway: { mode: "local" } }));
  assertStartAllowed(startWith({ gateway: { mode: "local", bind: "lan" } }));
  assertStartAllowed(startWith({ gateway: { mode: "local", auth: { mode: "none" } } }));
  assertStartAllowed(startWith({}, { allowUnconfigured: true }));
});

Deno.test("resolveAgents() makes one agent named main of nothing", () => {
  const { defaultId, agents } = resolveAgents({}, PATHS);
  assertEquals(defaultId, "main");
  assertEquals(agents, [{
    id: "main",
    isDefault: true,
    workspace: "/h/.openclaw/workspace",
    agentDir: "/h/.openclaw/agents/main/agent",
    timeoutSeconds: 172800,
    contextTokens: 200000,
    bootstrapMaxChars: 12000,
    bootstrapTotalMaxChars: 60000,
    skipBootstrap: false,
    params: {},
  }]);
});

Deno.test("resolveAgents() fills in defaults, folders and models", () => {
  const { defaultId, agents } = resolveAgents({
    agents: {
      defaults: {
        workspace: "/w",
        model: { primary: "p/a", fallbacks: ["p/b"], timeoutMs: 5 },
        timeoutSeconds: 7,
      },
      list: [
        { id: "One Two" },
        { id: "three", default: true, model: "p/c", timeoutSeconds: 9 },
        { id: "four", workspace: "/x", agentDir: "/y", model: { primary: "p/d", fallbacks: [] } },
      ],
    },
  }, PATHS);
  assertEquals(defaultId, "three");
  assertEquals(agents.map((agent) => agent.workspace), ["/w/one-two", "/w", "/x"]);
  assertEquals(agents.map((agent) => agent.timeoutSeconds), [7, 9, 7]);
  assertEquals(agents[2]?.agentDir, "/y");
  assertEquals(agents.map((agent) => agent.model), [
    { primary: "p/a", fallbacks: ["p/b"], timeoutMs: 5 },
    { primary: "p/c", fallbacks: ["p/b"], timeoutMs: 5 },
    { primary: "p/d", fallbacks: [], timeoutMs: 5 },
  ]);
});

Deno.test("resolveAgents() puts further agents beside the state when no workspace is set", () => {
  const { agents } = resolveAgents({ agents: { list: [{ id: "a" }, { id: "b" }] } }, PATHS);
  assertEquals(agents.map((agent) => agent.workspace), [
    "/h/.openclaw/workspace",
    "/h/.openclaw/workspace-b",
  ]);
});

Deno.test("normalizeAgentId() writes ids as session keys have them", () => {
  assertEquals(normalizeAgentId(" Ops Team! "), "ops-team");
  assertEquals(normalizeAgentId("???"), "main");
  assertEquals(normalizeAgentId("x".repeat(99)).length, 64);
});

Deno.test("resolveModelSelection() gives aliases and the allowlist", () => {
  const config: OpenClawConfig = {
    agents: { defaults: { model: "p/a", models: { "p/a": { alias: "Fast" }, "q/*": {} } } },
  };
  assertEquals(resolveModelSelection(config), {
    model: { primary: "p/a", fallbacks: [] },
    aliases: { fast: "p/a" },
    allowlist: ["p/a", "q/*"],
  });
  assertEquals(resolveModelSelection({}), { aliases: {} });
});

Deno.test("resolveLogging() follows flag, variable, configuration", () => {
  const config: OpenClawConfig = { logging: { level: "warn", consoleLevel: "error" } };
  const env = envOf({ OPENCLAW_LOG_LEVEL: "debug" });
  const levels = (options: Parameters<typeof resolveLogging>[0]) => {
    const { level, consoleLevel } = resolveLogging(options);
    return [level, consoleLevel];
  };
  assertEquals(levels({ config, env, levelFlag: "trace", isTty: true }), ["trace", "trace"]);
  assertEquals(levels({ config, env, isTty: true }), ["debug", "debug"]);
  assertEquals(levels({ config, env: envOf({}), isTty: true }), ["warn", "error"]);
  assertEquals(resolveLogging({ config: {}, env: envOf({}), isTty: false }), {
    level: "info",
    consoleLevel: "info",
    consoleStyle: "compact",
    maxFileBytes: 100_000_000,
    redactSensitive: "tools",
    redactPatterns: [],
  });
  assertEquals(
    codeOf(() => resolveLogging({ config, env, levelFlag: "loud", isTty: true })),
    "LOG_LEVEL_INVALID",
  );
});

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AppError, envOf } from "../base/mod.ts";
import { resolveGatewayTarget, type TargetOptions } from "./client_target.ts";
import type { OpenClawConfig } from "./types.ts";

type Case = Omit<Partial<TargetOptions>, "env"> & { env?: Record<string, string> };

function targetOf({ env = {}, ...rest }: Case) {
  return resolveGatewayTarget({ config: {}, port: 18789, ...rest, env: envOf(env) });
}

const ENV = { OPENCLAW_GATEWAY_TOKEN: "et", OPENCLAW_GATEWAY_PASSWORD: "ep" };

function configOf(mode: "local" | "remote"): OpenClawConfig {
  return {
    gateway: {
      mode,
      auth: { token: "at", password: "ap" },
      remote: { url: "wss://r.example:1", token: "rt", password: "rp" },
    },
  };
}

Deno.test("resolveGatewayTarget() follows the documented tables", () => {
  const rows: [Case, string, string, string | undefined, string | undefined][] = [
    [{}, "ws://127.0.0.1:18789", "local loopback", undefined, undefined],
    [{ config: configOf("local"), env: ENV }, "ws://127.0.0.1:18789", "local loopback", "et", "ep"],
    [{ config: configOf("local") }, "ws://127.0.0.1:18789", "local loopback", "at", "ap"],
    [
      { config: configOf("remote"), env: ENV },
      "wss://r.example:1",
      "config gateway.remote.url",
      "rt",
      "ep",
    ],
    [{ config: configOf("remote") }, "wss://r.example:1", "config gateway.remote.url", "rt", "rp"],
    [
      { config: configOf("local"), env: ENV, tokenFlag: "ft" },
      "ws://127.0.0.1:18789",
      "local loopback",
      "ft",
      "ep",
    ],
    [
      { config: configOf("remote"), env: ENV, urlFlag: "ws://127.0.0.1:5", tokenFlag: "ft" },
      "ws://127.0.0.1:5",
      "cli --url",
      "ft",
      undefined,
    ],
    [
      { config: configOf("remote"), env: { OPENCLAW_GATEWAY_URL: "wss://e.example" } },
      "wss://e.example",
      "env OPENCLAW_GATEWAY_URL",
      undefined,
      undefined,
    ],
    [
      { config: configOf("local"), env: { ...ENV, OPENCLAW_GATEWAY_URL: "wss://e.example" } },
      "wss://e.example",
      "env OPENCLAW_GATEWAY_URL",
      "et",
      "ep",
    ],
    [
      { config: { gateway: { tls: { enabled: true } } } },
      "wss://127.0.0.1:18789",
      "local loopback",
      undefined,
      undefined,
    ],
  ];
  for (const [given, url, source, token, password] of rows) {
    const target = targetOf(given);
    assertEquals(
      [target.url, target.source as string, target.token, target.password],
      [url, source, token, password],
    );
  }
});

Deno.test("resolveGatewayTarget() refuses unsafe and impossible targets", () => {
  const remote: OpenClawConfig = { gateway: { mode: "remote" } };
  const file: OpenClawConfig = { gateway: { auth: { token: { source: "file", id: "/t" } } } };
  const rows: [Case, string][] = [
    [
      { urlFlag: "ws://127.0.0.1:5", env: ENV, config: configOf("local") },
      "GATEWAY_URL_CREDENTIALS",
    ],
    [{ urlFlag: "http://127.0.0.1:5", tokenFlag: "t" }, "GATEWAY_URL_INVALID"],
    [{ urlFlag: "nonsense", tokenFlag: "t" }, "GATEWAY_URL_INVALID"],
    [{ urlFlag: "ws://10.0.0.1:5", tokenFlag: "t" }, "GATEWAY_URL_INSECURE"],
    [{ urlFlag: "ws://127.0.0.1.example.com", tokenFlag: "t" }, "GATEWAY_URL_INSECURE"],
    [
      {
        urlFlag: "ws://8.8.8.8",
        tokenFlag: "t",
        env: { OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: "1" },
      },
      "GATEWAY_URL_INSECURE",
    ],
    [{ config: remote }, "GATEWAY_REMOTE_URL_MISSING"],
    [{ config: file }, "SECRET_UNRESOLVED"],
  ];
  for (const [given, code] of rows) {
    assertEquals(assertThrows(() => targetOf(given), AppError).code, code);
  }
  const error = assertThrows(
    () => targetOf({ urlFlag: "ws://me:pw@h.example/p?token=abc", tokenFlag: "t" }),
    AppError,
  );
  assertEquals(
    error.message,
    'SECURITY ERROR: Gateway URL "ws://h.example/p" uses plaintext ws:// to a non-loopback address.',
  );
});

Deno.test("resolveGatewayTarget() allows plaintext to a private address when forced", () => {
  const env = { OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: "1" };
  for (const host of ["10.0.0.1", "192.168.1.1", "100.64.0.1", "[fd00::1]"]) {
    assertEquals(targetOf({ urlFlag: `ws://${host}:1`, tokenFlag: "t", env }).isLocal, false);
  }
});

Deno.test("resolveGatewayTarget() turns problems into warnings for diagnosis", () => {
  const target = targetOf({
    lenient: true,
    config: { gateway: { mode: "remote", remote: { token: { source: "exec", id: "x" } } } },
  });
  assertEquals(target.source, "missing gateway.remote.url (fallback local)");
  assertEquals(target.isLocal, true);
  assertEquals(target.warnings.length, 2);
  assertMatch(target.warnings[0]!, /gateway\.remote\.token/);
});

Deno.test("resolveGatewayTarget() passes over a secret that nobody asks for", () => {
  const config: OpenClawConfig = {
    gateway: { auth: { token: "t", password: { source: "file", id: "/p" } } },
  };
  assertEquals(targetOf({ config }).token, "t");
});

Deno.test("resolveGatewayTarget() goes through SSH where that is asked for and the machine named", () => {
  const remote = { transport: "ssh", sshTarget: "user@gateway.example", token: "t" } as const;
  const resolve = (over: Record<string, unknown>) =>
    resolveGatewayTarget({
      env: envOf({}),
      config: { gateway: { mode: "remote", remote: { ...remote, ...over } } },
      port: 1,
    });
  const bare = resolve({});
  assertEquals([bare.url, bare.ssh], ["ws://127.0.0.1:18789", { target: "user@gateway.example" }]);
  const full = resolve({ url: "ws://gateway.example:5000", sshIdentity: "/key" });
  assertEquals(full.url, "ws://gateway.example:5000");
  assertEquals(full.ssh, { target: "user@gateway.example", identity: "/key" });
  const direct = resolve({ url: "wss://gateway.example", transport: "direct" });
  assertEquals(direct.ssh, undefined);
});

Deno.test("resolveGatewayTarget() pins the configured gateway and what a flag says", () => {
  const config = {
    gateway: {
      mode: "remote" as const,
      remote: { url: "wss://gateway.example", token: "t", tlsFingerprint: "AA" },
    },
  };
  const base = { env: envOf({}), config, port: 1, tokenFlag: "t" };
  const pin = (over: Record<string, unknown>) =>
    resolveGatewayTarget({ ...base, ...over }).tlsFingerprint;
  assertEquals(pin({}), "AA");
  assertEquals(pin({ fingerprintFlag: "BB" }), "BB");
  assertEquals(pin({ urlFlag: "wss://gateway.example/" }), "AA");
  assertEquals(pin({ urlFlag: "wss://other.example" }), undefined);
  assertEquals(pin({ urlFlag: "wss://other.example", fingerprintFlag: "BB" }), "BB");
});

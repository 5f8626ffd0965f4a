import { assertEquals } from "@std/assert";
import { envOf } from "../base/mod.ts";
import { auditDefinition, type AuditFacts } from "./audit.ts";
import { buildPlist } from "./launchd/plist.ts";
import { serviceNames } from "./names.ts";
import { buildGatewayCmd, parseGatewayCmd } from "./schtasks/gateway_cmd.ts";
import { buildServiceSpec } from "./spec.ts";
import { buildUserUnit, parseUnit } from "./systemd/unit.ts";
import type { ServiceDefinition } from "./types.ts";

const FACTS: AuditFacts = {
  kind: "systemd",
  os: "linux",
  port: 18789,
  version: "1.2.3",
  program: "/home/u/.local/bin/openclaw",
  managedKeys: ["FROM_DOTENV"],
  exists: () => true,
};

function installed(change: (text: string) => string = (text) => text): ServiceDefinition {
  const spec = buildServiceSpec({
    os: "linux",
    names: serviceNames(undefined, envOf({})),
    version: "1.2.3",
    program: [FACTS.program],
    port: 18789,
    home: "/home/u",
    stateDir: "/home/u/.openclaw",
    env: envOf({}),
    secrets: {},
    managedKeys: [],
  });
  return parseUnit(change(buildUserUnit(spec, undefined)), "/x.service", () => undefined);
}

function codes(definition: ServiceDefinition, over: Partial<AuditFacts> = {}): string[] {
  return auditDefinition(definition, { ...FACTS, ...over }).map(({ code }) => code);
}

Deno.test("auditDefinition() finds nothing in what this program installs", () => {
  assertEquals(codes(installed()), []);
});

const DRIFTS: readonly [string, (text: string) => string, Partial<AuditFacts>][] = [
  ["gateway-command-missing", (text) => text.replace(" gateway --port", " run --port"), {}],
  ["gateway-entrypoint-mismatch", (text) => text, { program: "/usr/local/bin/openclaw" }],
  ["gateway-entrypoint-mismatch", (text) => text, { exists: () => false }],
  ["gateway-port-mismatch", (text) => text, { port: 18790 }],
  ["gateway-version-mismatch", (text) => text, { version: "1.2.4" }],
  ["gateway-token-embedded", add("OPENCLAW_GATEWAY_TOKEN=t"), {}],
  ["gateway-managed-env-embedded", add("FROM_DOTENV=1"), {}],
  ["gateway-proxy-env-embedded", add("https_proxy=http://p"), {}],
  ["gateway-path-missing", (text) => text.replace(/Environment=PATH=.*\n/, ""), {}],
  ["gateway-path-missing-dirs", (text) => text.replace(":/bin\n", "\n"), {}],
  ["gateway-path-nonminimal", (text) => text.replace(":/bin\n", ":/bin:/home/u/.nvm/bin\n"), {}],
  ["systemd-after-network-online", (text) => text.replace(/After=.*\n/, ""), {}],
  ["systemd-wants-network-online", (text) => text.replace(/Wants=.*\n/, ""), {}],
  ["systemd-restart-sec", (text) => text.replace("RestartSec=5", "RestartSec=1"), {}],
  ["systemd-restart-prevent", (text) => text.replace(/RestartPrevent.*\n/, ""), {}],
  ["systemd-watchdog", (text) => text.replace(/WatchdogSec.*\n/, ""), {}],
];

function add(assignment: string): (text: string) => string {
  return (text) => text.replace("[Install]", `Environment=${assignment}\n[Install]`);
}

for (const [code, change, over] of DRIFTS) {
  Deno.test(`auditDefinition() finds ${code} ${JSON.stringify(over)}`, () => {
    assertEquals(codes(installed(change), over), [code]);
  });
}

Deno.test("auditDefinition() takes a wrapper for the program and a private file for no leak", () => {
  const text = installed().text
    .replace("ExecStart=/home/u/.local/bin/openclaw", "ExecStart=/opt/wrap")
    .replace("[Install]", "Environment=OPENCLAW_WRAPPER=/opt/wrap\n[Install]")
    .replace("Environment=", "EnvironmentFile=-/x.env\nEnvironment=");
  const definition = parseUnit(text, "/x", () => 'FROM_DOTENV="1"\n');
  assertEquals(definition.environment.FROM_DOTENV, "1");
  assertEquals(codes(definition), []);
});

const JOB = buildPlist({ RunAtLoad: true, KeepAlive: { SuccessfulExit: false } });
const PLISTS: readonly [text: string, codes: string[]][] = [
  [JOB, []],
  [buildPlist({ RunAtLoad: true, KeepAlive: true }), []],
  [buildPlist({ KeepAlive: { SuccessfulExit: false } }), ["launchd-run-at-load"]],
  [buildPlist({ RunAtLoad: true, KeepAlive: { Crashed: true } }), ["launchd-keep-alive"]],
  [buildPlist({ RunAtLoad: false, KeepAlive: false }), [
    "launchd-run-at-load",
    "launchd-keep-alive",
  ]],
  ["bplist00", ["launchd-plist-unreadable"]],
];

for (const [text, expected] of PLISTS) {
  Deno.test(`auditDefinition() finds ${expected.join(", ") || "nothing"} in a property list`, () => {
    const definition = { ...installed(), text };
    assertEquals(codes(definition, { kind: "launchd" }), expected);
  });
}

Deno.test("auditDefinition() tells a script of ours from one of another program", () => {
  const facts = { ...FACTS, kind: "schtasks", os: "windows", program: "C:\\claw.exe" } as const;
  const spec = buildServiceSpec({
    os: "windows",
    names: serviceNames(undefined, envOf({})),
    version: "1.2.3",
    program: [facts.program],
    port: 18789,
    home: "C:\\u",
    stateDir: "C:\\u\\.openclaw",
    env: envOf({}),
    secrets: {},
    managedKeys: [],
  });
  const own = buildGatewayCmd(spec);
  const read = (text: string) =>
    auditDefinition(parseGatewayCmd(text, "C:\\x.cmd", undefined), facts).map(({ code }) => code);
  assertEquals(read(own), []);
  const foreign = own.replace(/^rem Started by.*\r\n/m, "");
  assertEquals(read(foreign), ["schtasks-launcher"]);
});

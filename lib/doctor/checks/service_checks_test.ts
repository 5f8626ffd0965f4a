/**
 * Checks of services and machines that a test does not run on.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { envOf } from "../../base/mod.ts";
import type { RunCommand } from "../../platform/mod.ts";
import type { OtherService } from "../../service/mod.ts";
import { examine } from "../examine.ts";
import type { Check, DoctorFacts, ServiceLook } from "../types.ts";
import { gatewayServices } from "./gateway_services.ts";
import { systemdLinger } from "./systemd_linger.ts";

const SERVICE: ServiceLook = {
  label: "systemd user",
  isLoaded: true,
  state: "running",
  definitionPath: "/home/claw/.config/systemd/user/openclaw-gateway.service",
  isInstalled: true,
  isUnsupervised: false,
  port: 18789,
  issues: [],
  inlineVariables: [],
  logHint: "journalctl --user",
  files: ["/home/claw/.config/systemd/user/openclaw-gateway.service"],
  unit: "openclaw-gateway.service",
  isOfSystem: false,
};

const SYSTEM: OtherService = {
  platform: "linux",
  label: "openclaw-gateway.service",
  scope: "system",
  detail: "unit: /etc/systemd/system/openclaw-gateway.service",
  legacy: false,
  isManaged: false,
  cleanup: "sudo systemctl disable --now openclaw-gateway.service",
};

/** Only what these checks look at. */
function factsOf(over: Record<string, unknown>): DoctorFacts {
  return {
    env: envOf({}),
    os: "linux",
    uid: 1000,
    userName: "claw",
    port: 18789,
    served: { config: {} },
    wishes: { isDeep: false, generateToken: false, isForced: false },
    service: () => Promise.resolve(SERVICE),
    otherServices: () => Promise.resolve([]),
    driveService: () => Promise.resolve([]),
    ...over,
  } as unknown as DoctorFacts;
}

async function found(check: Check, over: Record<string, unknown>) {
  const { checks } = await examine(factsOf(over), [check]);
  return checks[0]!.findings.map(({ id, severity, repair }) =>
    [id.replace(`${check.id}.`, ""), severity, repair !== undefined] as const
  );
}

Deno.test("gatewayServices sees two services for one gateway", async () => {
  const otherServices = () => Promise.resolve([SYSTEM]);
  assertEquals(await found(gatewayServices, { otherServices }), [["duplicate", "error", false]]);
  const byPort = { ...SYSTEM, label: "bot.service", port: 18789 };
  assertEquals(
    await found(gatewayServices, { otherServices: () => Promise.resolve([byPort]) }),
    [["duplicate", "error", false]],
  );
});

Deno.test("gatewayServices offers no repair beside a unit of the system", async () => {
  const issue = { code: "gateway-port-mismatch", message: "drift", level: "recommended" };
  const service = () => Promise.resolve({ ...SERVICE, issues: [issue] });
  assertEquals(await found(gatewayServices, { service }), [[
    "gateway-port-mismatch",
    "warn",
    true,
  ]]);
  const otherServices = () => Promise.resolve([SYSTEM]);
  assertEquals(await found(gatewayServices, { service, otherServices }), [
    ["duplicate", "error", false],
    ["gateway-port-mismatch", "warn", false],
  ]);
  const missing = () => Promise.resolve({ ...SERVICE, isInstalled: false, isLoaded: false });
  assertEquals(await found(gatewayServices, { service: missing, otherServices }), [
    ["system-unit", "info", false],
  ]);
});

Deno.test("gatewayServices shows what is merely unusual only when it is forced", async () => {
  const issue = { code: "gateway-command-missing", message: "odd", level: "aggressive" };
  const service = () => Promise.resolve({ ...SERVICE, issues: [issue] });
  assertEquals(await found(gatewayServices, { service }), []);
  const wishes = { isDeep: false, generateToken: false, isForced: true };
  assertEquals((await found(gatewayServices, { service, wishes })).length, 1);
});

Deno.test("gatewayServices names a definition that is not registered", async () => {
  const service = () => Promise.resolve({ ...SERVICE, isLoaded: false, isUnsupervised: true });
  assertEquals(await found(gatewayServices, { service }), [["not-loaded", "warn", true]]);
  const env = envOf({ OPENCLAW_SERVICE_REPAIR_POLICY: "external" });
  assertEquals(await found(gatewayServices, { service, env }), [
    ["not-loaded", "warn", false],
    ["external", "info", false],
  ]);
});

Deno.test("systemdLinger tells a user whose service ends with the login, and enables it", async () => {
  const calls: string[] = [];
  const runCommand: RunCommand = (command, args) => {
    calls.push([command, ...args].join(" "));
    return Promise.resolve({ code: 0, stdout: "Linger=no\n", stderr: "" });
  };
  assertEquals(await found(systemdLinger, { runCommand }), [["off", "warn", true]]);
  const [finding] = await systemdLinger.run(factsOf({ runCommand }));
  const [step] = finding!.repair!;
  if (step?.kind === "act") await step.run();
  assertEquals(calls.at(-1), "loginctl enable-linger claw");
  for (
    const over of [{ uid: 0 }, { os: "darwin" }, { service: () => Promise.resolve(undefined) }]
  ) {
    assertEquals(await found(systemdLinger, { runCommand, ...over }), []);
  }
});

Deno.test("examine() makes a finding of a check that fails, and goes on with the others", async () => {
  const broken: Check = {
    id: "doctor:broken",
    title: "Broken",
    run: () => Promise.reject(new Error("no disk")),
  };
  const { checks, summary } = await examine(factsOf({}), [broken, gatewayServices]);
  assertEquals(checks.map(({ status }) => status), ["warn", "ok"]);
  assertEquals(checks[0]!.findings[0]!.id, "doctor:broken.failed");
  assertEquals(summary, { ok: 1, info: 0, warn: 1, error: 0 });
});

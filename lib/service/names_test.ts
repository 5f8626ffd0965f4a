import { assertEquals, assertThrows } from "@std/assert";
import { AppError, envOf } from "../base/mod.ts";
import { isLegacyName, serviceDescription, serviceNames } from "./names.ts";

Deno.test("serviceNames() gives the names that existing installations have", () => {
  assertEquals(serviceNames(undefined, envOf({})), {
    profile: undefined,
    launchdLabel: "ai.openclaw.gateway",
    systemdUnit: "openclaw-gateway.service",
    windowsTask: "OpenClaw Gateway",
  });
  assertEquals(serviceNames("ops", envOf({})), {
    profile: "ops",
    launchdLabel: "ai.openclaw.ops",
    systemdUnit: "openclaw-gateway-ops.service",
    windowsTask: "OpenClaw Gateway (ops)",
  });
});

Deno.test("serviceNames() takes names from the environment, a unit with or without its suffix", () => {
  const env = { OPENCLAW_LAUNCHD_LABEL: "my.job", OPENCLAW_WINDOWS_TASK_NAME: "Büro Gateway" };
  for (const unit of ["claw", "claw.service"]) {
    const names = serviceNames("ops", envOf({ ...env, OPENCLAW_SYSTEMD_UNIT: unit }));
    assertEquals(names.systemdUnit, "claw.service");
    assertEquals(names.launchdLabel, "my.job");
    assertEquals(names.windowsTask, "Büro Gateway");
  }
});

Deno.test("serviceNames() refuses a name that would reach into a command or a path", () => {
  const refused = [
    ["OPENCLAW_LAUNCHD_LABEL", "../x"],
    ["OPENCLAW_SYSTEMD_UNIT", "a b"],
    ["OPENCLAW_WINDOWS_TASK_NAME", 'a" /F'],
  ] as const;
  for (const [variable, value] of refused) {
    const error = assertThrows(() => serviceNames(undefined, envOf({ [variable]: value })));
    assertEquals((error as AppError).code, "SERVICE_NAME_INVALID");
  }
});

Deno.test("serviceDescription() names profile and version", () => {
  assertEquals(serviceDescription(undefined, "1.2.3"), "OpenClaw Gateway (v1.2.3)");
  assertEquals(serviceDescription("ops", "1.2.3"), "OpenClaw Gateway (profile: ops, v1.2.3)");
});

Deno.test("isLegacyName() knows the names from before", () => {
  assertEquals(isLegacyName("com.Clawdbot.gateway"), true);
  assertEquals(isLegacyName("ai.openclaw.gateway"), false);
});

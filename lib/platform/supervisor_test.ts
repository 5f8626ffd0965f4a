import { assertEquals } from "@std/assert";
import { envOf } from "../base/mod.ts";
import type { OsName } from "./os.ts";
import { detectSupervisor, type Supervisor } from "./supervisor.ts";

const CASES: readonly [OsName, Record<string, string>, Supervisor | undefined, string][] = [
  ["linux", {}, undefined, "a shell"],
  ["linux", { INVOCATION_ID: "a" }, undefined, "a shell below a unit"],
  ["linux", { INVOCATION_ID: "a", SYSTEMD_EXEC_PID: "7" }, "systemd", "a unit of any name"],
  ["linux", { INVOCATION_ID: "a", SYSTEMD_EXEC_PID: "6" }, undefined, "a child of a unit"],
  [
    "linux",
    { INVOCATION_ID: "a", OPENCLAW_SERVICE_MARKER: "openclaw" },
    "systemd",
    "an old systemd",
  ],
  ["linux", { OPENCLAW_SERVICE_MARKER: "openclaw" }, undefined, "another manager"],
  ["darwin", { XPC_SERVICE_NAME: "application.com.apple.Terminal" }, undefined, "a terminal"],
  ["darwin", { OPENCLAW_SERVICE_MARKER: "openclaw" }, "launchd", "our job"],
  [
    "darwin",
    { XPC_SERVICE_NAME: "ai.openclaw.ops", OPENCLAW_LAUNCHD_LABEL: "ai.openclaw.ops" },
    "launchd",
    "a job written by the original",
  ],
  ["windows", { OPENCLAW_SERVICE_MARKER: "openclaw" }, undefined, "a node host"],
  [
    "windows",
    { OPENCLAW_SERVICE_MARKER: "openclaw", OPENCLAW_SERVICE_KIND: "gateway" },
    "schtasks",
    "our task",
  ],
];

for (const [os, env, expected, what] of CASES) {
  Deno.test(`detectSupervisor() on ${os}: ${what}`, () => {
    assertEquals(detectSupervisor(envOf(env), os, 7), expected);
  });
}

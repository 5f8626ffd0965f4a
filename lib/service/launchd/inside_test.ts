import { assertEquals } from "@std/assert";
import { envOf } from "../../base/mod.ts";
import { isInsideJob } from "./inside.ts";

const LABEL = "ai.openclaw.gateway";
const CASES: readonly [string, Record<string, string>, boolean][] = [
  ["a job of launchd", { XPC_SERVICE_NAME: LABEL }, true],
  ["another variable that comes first", { LAUNCH_JOB_LABEL: "x", XPC_SERVICE_NAME: LABEL }, false],
  ["a terminal", { XPC_SERVICE_NAME: "application.com.apple.Terminal.1" }, false],
  ["a child whose names were taken away", {
    OPENCLAW_LAUNCHD_LABEL: LABEL,
    OPENCLAW_SERVICE_MARKER: "openclaw",
  }, true],
  ["a shell that chooses a label", { OPENCLAW_LAUNCHD_LABEL: LABEL }, false],
  ["nothing", {}, false],
];

for (const [name, variables, isInside] of CASES) {
  Deno.test(`isInsideJob() takes ${name} for ${isInside ? "inside" : "outside"}`, () => {
    assertEquals(isInsideJob(envOf(variables), LABEL), isInside);
  });
}

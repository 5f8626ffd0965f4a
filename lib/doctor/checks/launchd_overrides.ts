/**
 * What keeps launchd from starting the gateway, or gives it another credential, besides its
 * definition.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { pathExists } from "../../platform/mod.ts";
import { serviceNames } from "../../service/mod.ts";
import type { Check, DoctorFacts, Finding } from "../types.ts";

const ID = "doctor:launchd-overrides";
const ASK_TIMEOUT_MS = 3000;
const MARKER = "disable-launchagent";

/** macOS only. */
export const launchdOverrides: Check = {
  id: ID,
  title: "launchd overrides",
  async run(facts) {
    if (facts.os !== "darwin") return [];
    const [marker, variables, disabled] = await Promise.all([
      markerFinding(facts),
      variableFindings(facts),
      disabledFinding(facts),
    ]);
    return [...marker, ...variables, ...disabled];
  },
};

async function markerFinding({ paths: { home } }: DoctorFacts): Promise<Finding[]> {
  const path = join(home, ".openclaw", MARKER);
  if (!await pathExists(path)) return [];
  return [{
    id: `${ID}.marker`,
    severity: "warn",
    message: `The marker ${path} keeps apps from installing the gateway service`,
    fix: `rm ${path}`,
  }];
}

async function variableFindings(facts: DoctorFacts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of ["OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD"]) {
    if ((await ask(facts, ["getenv", name])).trim() === "") continue;
    findings.push({
      id: `${ID}.variable`,
      severity: "warn",
      message: `launchctl has ${name} set, which every program of this login gets`,
      fix: `launchctl unsetenv ${name}`,
    });
  }
  return findings;
}

async function disabledFinding(facts: DoctorFacts): Promise<Finding[]> {
  const { launchdLabel } = serviceNames(facts.paths.profile, facts.env);
  const text = await ask(facts, ["print-disabled", `gui/${facts.uid ?? 0}`]);
  const line = text.split("\n").find((one) => one.includes(`"${launchdLabel}"`)) ?? "";
  if (!/=>\s*(?:true|disabled)/.test(line)) return [];
  return [{
    id: `${ID}.disabled`,
    severity: "warn",
    message: `The LaunchAgent ${launchdLabel} is disabled: it does not start at login`,
    fix: "openclaw gateway start",
  }];
}

async function ask({ runCommand }: DoctorFacts, args: readonly string[]): Promise<string> {
  try {
    const { code, stdout } = await runCommand("launchctl", args, { timeoutMs: ASK_TIMEOUT_MS });
    return code === 0 ? stdout : "";
  } catch (error) {
    // Without launchctl nothing overrides anything.
    if (error instanceof AppError) return "";
    throw error;
  }
}

/**
 * What a gateway's service is called by each manager, and how a service is recognised by its name.
 *
 * @module
 */
import { AppError, type Env } from "../base/mod.ts";
import type { ServiceNames } from "./types.ts";

/** The names before the product was renamed; such services are recognised, never written. */
export const LEGACY_WORDS: readonly string[] = ["clawdbot", "moltbot"];

const LAUNCHD_LABEL = /^[A-Za-z0-9._-]+$/;
const SYSTEMD_UNIT = /^[A-Za-z0-9:_.@\\-]+$/;
/** What the Task Scheduler takes as a task's name, folders included. */
const WINDOWS_TASK = /^[^<>:"/|?*\r\n]+$/;

/**
 * The names of a profile's service; the variables `OPENCLAW_LAUNCHD_LABEL`, `OPENCLAW_SYSTEMD_UNIT`
 * and `OPENCLAW_WINDOWS_TASK_NAME` win.
 *
 * @param profile Absent for the default profile.
 * @throws {AppError} `SERVICE_NAME_INVALID`
 */
export function serviceNames(profile: string | undefined, env: Env): ServiceNames {
  const suffix = profile === undefined ? "" : `-${profile}`;
  return {
    profile,
    launchdLabel: named(env, "OPENCLAW_LAUNCHD_LABEL", LAUNCHD_LABEL) ??
      `ai.openclaw.${profile ?? "gateway"}`,
    systemdUnit: unitName(
      named(env, "OPENCLAW_SYSTEMD_UNIT", SYSTEMD_UNIT) ?? `openclaw-gateway${suffix}`,
    ),
    windowsTask: named(env, "OPENCLAW_WINDOWS_TASK_NAME", WINDOWS_TASK) ??
      `OpenClaw Gateway${profile === undefined ? "" : ` (${profile})`}`,
  };
}

/** The names of the service of a node host, the same in every profile. */
export const NODE_NAMES: ServiceNames = {
  profile: undefined,
  launchdLabel: "ai.openclaw.node",
  systemdUnit: "openclaw-node.service",
  windowsTask: "OpenClaw Node",
};

/** Its script on Windows, in the state folder. */
export const NODE_SCRIPT = "node.cmd";

/** One line that says what a service is, with profile and version. */
export function serviceDescription(profile: string | undefined, version: string): string {
  const which = profile === undefined ? "" : `profile: ${profile}, `;
  return `OpenClaw Gateway (${which}v${version})`;
}

/** Whether a label, unit or task carries a name from before the renaming. */
export function isLegacyName(name: string): boolean {
  const lower = name.toLowerCase();
  return LEGACY_WORDS.some((word) => lower.includes(word));
}

function unitName(name: string): string {
  return name.endsWith(".service") ? name : `${name}.service`;
}

function named(env: Env, variable: string, pattern: RegExp): string | undefined {
  const value = env.get(variable)?.trim();
  if (!value) return undefined;
  if (pattern.test(value)) return value;
  throw new AppError(
    "SERVICE_NAME_INVALID",
    `Cannot use ${variable}="${value}": it has characters that a service name cannot have`,
    { hint: `Unset ${variable}, or choose a name of letters, digits, "." "_" and "-"` },
  );
}

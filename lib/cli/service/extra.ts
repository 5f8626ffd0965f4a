/**
 * Services besides this profile's own that start a gateway: left behind, or somebody else's.
 *
 * @module
 */
import { join } from "@std/path";
import type { GatewayJob, GatewayUnit } from "../../service/mod.ts";
import type { CommandContext } from "../table.ts";
import { findService, type ProfileService } from "./installed.ts";

/** One such service, as a status answer has it. */
export interface ExtraService {
  readonly platform: "linux" | "darwin" | "win32";
  readonly label: string;
  /** Where it is defined. */
  readonly detail: string;
  readonly scope: "user" | "system";
  readonly marker: "openclaw" | "clawdbot";
  /** Whether it carries the name from before the renaming. */
  readonly legacy: boolean;
  /** Commands that take it away. */
  readonly cleanup: readonly string[];
}

/** Units of profiles of ours are called so. */
const MANAGED_UNIT = /^openclaw-gateway(?:-[a-z0-9_-]+)?\.service$/;

/**
 * Looks for them: among the user's own definitions and, when deep, among the system's. Best effort: a
 * folder that cannot be read tells nothing, and tasks of Windows are not looked at.
 */
export async function findExtraServices(
  context: CommandContext,
  isDeep: boolean,
): Promise<ExtraService[]> {
  switch (context.host.os) {
    case "linux":
      return await extraUnits(await findService(context), isDeep);
    case "darwin":
      return await extraJobs(await findService(context), isDeep);
    default:
      return [];
  }
}

async function extraUnits(
  { manager, names, port, state }: ProfileService,
  isDeep: boolean,
): Promise<ExtraService[]> {
  const { findGatewayUnits, SYSTEM_UNIT_FOLDERS } = await import("../../service/mod.ts");
  const folder = join(state.paths.home, ".config", "systemd", "user");
  const [own, system] = await Promise.all([
    findGatewayUnits([folder]),
    isDeep ? findGatewayUnits(SYSTEM_UNIT_FOLDERS) : [],
  ]);
  const isOther = ({ path, name }: GatewayUnit) =>
    path !== manager.definitionPath && !MANAGED_UNIT.test(name);
  // A unit of the system for the same gateway is in the way of the user's, whatever it is called.
  const isRival = (unit: GatewayUnit) =>
    unit.path !== manager.definitionPath &&
    (isOther(unit) || unit.name === names.systemdUnit || unit.port === port);
  return [
    ...own.filter(isOther).map((unit) => asExtra(unit, "user")),
    ...system.filter(isRival).map((unit) => asExtra(unit, "system")),
  ];
}

async function extraJobs(
  { manager, names, port, state }: ProfileService,
  isDeep: boolean,
): Promise<ExtraService[]> {
  const { findGatewayJobs, SYSTEM_JOB_FOLDERS, userJobFolder } = await import(
    "../../service/mod.ts"
  );
  const [own, system] = await Promise.all([
    findGatewayJobs([userJobFolder(state.paths.home)]),
    isDeep ? findGatewayJobs(SYSTEM_JOB_FOLDERS) : [],
  ]);
  const isOther = (job: GatewayJob) =>
    job.path !== manager.definitionPath && (!job.isManaged || job.isLegacy);
  const isRival = (job: GatewayJob) =>
    isOther(job) || job.label === names.launchdLabel || job.port === port;
  return [
    ...own.filter(isOther).map((job) => jobAsExtra(job, "user")),
    ...system.filter(isRival).map((job) => jobAsExtra(job, "system")),
  ];
}

function jobAsExtra({ label, path, isLegacy }: GatewayJob, scope: "user" | "system"): ExtraService {
  const cleanup = scope === "user"
    ? [`launchctl bootout gui/$(id -u)/${label}`, `rm ${path}`]
    : [`sudo launchctl bootout system/${label}`, `sudo rm ${path}`];
  return {
    platform: "darwin",
    label,
    detail: `plist: ${path}`,
    scope,
    marker: isLegacy ? "clawdbot" : "openclaw",
    legacy: isLegacy,
    cleanup,
  };
}

function asExtra({ name, path, isLegacy }: GatewayUnit, scope: "user" | "system"): ExtraService {
  const cleanup = scope === "user"
    ? [`systemctl --user disable --now ${name}`, `rm ${path}`]
    : [`sudo systemctl disable --now ${name}`, `sudo rm ${path}`];
  const marker = isLegacy ? "clawdbot" : "openclaw";
  return {
    platform: "linux",
    label: name,
    detail: `unit: ${path}`,
    scope,
    marker,
    legacy: isLegacy,
    cleanup,
  };
}

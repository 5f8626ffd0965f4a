/**
 * Services besides the own one that look like gateways: of other installations, of earlier names, of
 * the system. They are found and named, never changed.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import type { OsName, RunCommand } from "../platform/mod.ts";
import {
  findGatewayJobs,
  type GatewayJob,
  SYSTEM_JOB_FOLDERS,
  userJobFolder,
} from "./launchd/jobs.ts";
import { isLegacyName } from "./names.ts";
import { findGatewayUnits, type GatewayUnit, SYSTEM_UNIT_FOLDERS } from "./systemd/system_unit.ts";
import type { ServiceNames } from "./types.ts";

const ASK_TIMEOUT_MS = 15_000;

/** A service that starts a gateway. */
export interface OtherService {
  readonly platform: OsName;
  /** Label, unit or task. */
  readonly label: string;
  readonly scope: "user" | "system";
  /** Where it is defined, such as `unit: <path>`. */
  readonly detail: string;
  /** Path of the definition, where it is a file. */
  readonly path?: string;
  /** The port that it names. */
  readonly port?: number;
  /** Whether its name is from before the product was renamed. */
  readonly legacy: boolean;
  /** Whether it is a gateway of another profile, which is nothing to worry about. */
  readonly isManaged: boolean;
  /** The command that removes it. */
  readonly cleanup: string;
}

/** Where to look. */
export interface OtherServicesFacts {
  readonly os: OsName;
  readonly home: string;
  /** The own names, which are passed over in the scope of the user. */
  readonly names: ServiceNames;
  readonly runCommand: RunCommand;
  /** Also what takes time: the folders of the system on macOS, the tasks on Windows. */
  readonly isDeep: boolean;
  /** Folders of the system; its own unless a test says otherwise. */
  readonly systemFolders?: readonly string[];
}

/** Finds them, as far as this user can see. */
export async function findOtherServices(facts: OtherServicesFacts): Promise<OtherService[]> {
  switch (facts.os) {
    case "linux":
      return await unitsOf(facts);
    case "darwin":
      return await agentsOf(facts);
    case "windows":
      return facts.isDeep ? await tasksOf(facts) : [];
  }
}

async function unitsOf({ home, names, systemFolders }: OtherServicesFacts) {
  const own = join(home, ".config", "systemd", "user");
  const [users, systems] = await Promise.all([
    findGatewayUnits([own]),
    findGatewayUnits(systemFolders ?? SYSTEM_UNIT_FOLDERS),
  ]);
  const asService = (scope: "user" | "system") => (unit: GatewayUnit): OtherService => ({
    platform: "linux",
    label: unit.name,
    scope,
    detail: `unit: ${unit.path}`,
    path: unit.path,
    ...(unit.port === undefined ? {} : { port: unit.port }),
    legacy: unit.isLegacy,
    isManaged: scope === "user" && !unit.isLegacy && unit.name.startsWith("openclaw-gateway"),
    cleanup: scope === "user"
      ? `systemctl --user disable --now ${unit.name} && rm ${unit.path}`
      : `sudo systemctl disable --now ${unit.name} && sudo rm ${unit.path}`,
  });
  return [
    ...users.filter(({ name }) => name !== names.systemdUnit).map(asService("user")),
    ...systems.map(asService("system")),
  ];
}

async function agentsOf({ home, names, isDeep, systemFolders }: OtherServicesFacts) {
  const [users, systems] = await Promise.all([
    findGatewayJobs([userJobFolder(home)]),
    isDeep ? findGatewayJobs(systemFolders ?? SYSTEM_JOB_FOLDERS) : [],
  ]);
  const asService = (scope: "user" | "system") => (job: GatewayJob): OtherService => ({
    platform: "darwin",
    label: job.label,
    scope,
    detail: `plist: ${job.path}`,
    path: job.path,
    ...(job.port === undefined ? {} : { port: job.port }),
    legacy: job.isLegacy,
    isManaged: scope === "user" && !job.isLegacy && job.isManaged,
    cleanup: scope === "user"
      ? `launchctl bootout gui/$UID/${job.label}; mv ${job.path} ~/.Trash/`
      : `sudo launchctl bootout system/${job.label}; sudo rm ${job.path}`,
  });
  return [
    ...users.filter(({ label }) => label !== names.launchdLabel).map(asService("user")),
    ...systems.map(asService("system")),
  ];
}

async function tasksOf({ runCommand, names }: OtherServicesFacts): Promise<OtherService[]> {
  try {
    const args = ["/Query", "/FO", "CSV", "/V", "/NH"];
    const { code, stdout } = await runCommand("schtasks", args, { timeoutMs: ASK_TIMEOUT_MS });
    if (code !== 0) return [];
    const rows = stdout.split(/\r?\n/).map((line) => line.split('","'));
    const found = rows.map((cells) => taskOf(cells)).filter((task) => task !== undefined);
    // One task has a row for each of its triggers.
    const byLabel = new Map(found.map((task) => [task.label, task]));
    return [...byLabel.values()].filter(({ label }) => label !== names.windowsTask);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

/** Columns by their place: their names are in the language of the system. */
function taskOf(cells: readonly string[]): OtherService | undefined {
  const [, name = "", ...rest] = cells;
  // The scheduler lists a task of the top folder with a backslash before its name.
  const label = name.replace(/^\\/, "");
  const run = rest.find((cell) => /openclaw|clawdbot|moltbot/i.test(cell)) ?? "";
  const legacy = isLegacyName(label) || isLegacyName(run);
  if (label === "" || !legacy && !/openclaw/i.test(label + run)) return undefined;
  return {
    platform: "windows",
    label,
    scope: "user",
    detail: run === "" ? `task: ${label}` : `task: ${label}, run: ${run}`,
    legacy,
    isManaged: !legacy && /^OpenClaw (?:Gateway|Node)\b/.test(label),
    cleanup: `schtasks /Delete /TN "${label}" /F`,
  };
}

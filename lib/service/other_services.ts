/**
 * Services besides the own one that look like gateways: of other installations, of earlier names, of
 * the system. They are found and named, never changed.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { AppError } from "../base/mod.ts";
import type { OsName, RunCommand } from "../platform/mod.ts";
import { isLegacyName } from "./names.ts";
import { findGatewayUnits, SYSTEM_UNIT_FOLDERS } from "./systemd/system_unit.ts";
import type { ServiceNames } from "./types.ts";

const ASK_TIMEOUT_MS = 15_000;
/** Definitions are small; a larger file is something else. */
const MAX_DEFINITION_BYTES = 256 * 1024;

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
  const asService = (scope: "user" | "system") => (unit: (typeof users)[number]): OtherService => ({
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

async function agentsOf(facts: OtherServicesFacts): Promise<OtherService[]> {
  const { home, names, isDeep } = facts;
  const system = facts.systemFolders ?? ["/Library/LaunchAgents", "/Library/LaunchDaemons"];
  const folders = [
    { folder: join(home, "Library", "LaunchAgents"), scope: "user" as const },
    ...(isDeep ? system.map((folder) => ({ folder, scope: "system" as const })) : []),
  ];
  const found: OtherService[] = [];
  for (const { folder, scope } of folders) {
    for (const path of await definitionsIn(folder, ".plist")) {
      const service = agentOf(path, await readSmall(path), scope);
      const isOwn = scope === "user" && service?.label === names.launchdLabel;
      if (service !== undefined && !isOwn) found.push(service);
    }
  }
  return found;
}

function agentOf(path: string, text: string, scope: "user" | "system"): OtherService | undefined {
  const label = /<key>Label<\/key>\s*<string>([^<]*)<\/string>/.exec(text)?.[1] ??
    basename(path, ".plist");
  const program = /<key>ProgramArguments<\/key>\s*<array>([\s\S]*?)<\/array>/.exec(text)?.[1] ?? "";
  const words = [...program.matchAll(/<string>([^<]*)<\/string>/g)].map((match) => match[1]!);
  const legacy = isLegacyName(text);
  const isGateway = words.includes("gateway") && /openclaw/i.test(program);
  if (!legacy && !isGateway) return undefined;
  const port = Number(words[words.indexOf("--port") + 1]) || undefined;
  return {
    platform: "darwin",
    label,
    scope,
    detail: `plist: ${path}`,
    path,
    ...(port === undefined || !words.includes("--port") ? {} : { port }),
    legacy,
    isManaged: scope === "user" && !legacy && label.startsWith("ai.openclaw."),
    cleanup: scope === "user"
      ? `launchctl bootout gui/$UID/${label}; mv ${path} ~/.Trash/`
      : `sudo launchctl bootout system/${label}; sudo rm ${path}`,
  };
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

async function definitionsIn(folder: string, suffix: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(suffix)) paths.push(join(folder, name));
    }
  } catch (error) {
    const isClosed = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.PermissionDenied;
    if (!isClosed) throw error;
  }
  return paths.sort();
}

async function readSmall(path: string): Promise<string> {
  try {
    const { size } = await Deno.stat(path);
    return size > MAX_DEFINITION_BYTES ? "" : await Deno.readTextFile(path);
  } catch {
    // Gone or closed to this user: nothing can be told about it.
    return "";
  }
}

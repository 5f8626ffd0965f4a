/**
 * Who else may read or change the files of the gateway.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { resolveAgents } from "../../config/mod.ts";
import { modeStep } from "../repair/steps.ts";
import { isSensitive, type WalkedEntry, walkState } from "../state_walk.ts";
import type { DoctorFacts } from "../types.ts";
import type { Level, SecurityFinding } from "./types.ts";

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_READ = 0o044;
const WORLD_MAY_WRITE = 0o002;
const WORLD_MAY_READ = 0o004;
const MAX_AGENTS = 50;

/** What a path is to somebody who attacks. */
interface Kind {
  readonly id: string;
  readonly title: string;
}

/** State, config, credentials, workspaces, plugin code; nothing on Windows, whose files have owners only. */
export async function fileFindings(facts: DoctorFacts): Promise<SecurityFinding[]> {
  if (facts.os === "windows") return [];
  const entries = await walkState(facts);
  const found = entries.flatMap((entry) => judge(facts, entry));
  return [...found, ...workspaceFindings(facts), ...pluginCodeFindings(facts)];
}

function judge(facts: DoctorFacts, entry: WalkedEntry): SecurityFinding[] {
  const kind = kindOf(facts, entry);
  if (kind === undefined) return [];
  const { path, mode } = entry;
  const isWritable = (mode & OTHERS_MAY_WRITE) !== 0;
  if (!isWritable && (mode & OTHERS_MAY_READ) === 0) return [];
  const isWorld = (mode & (isWritable ? WORLD_MAY_WRITE : WORLD_MAY_READ)) !== 0;
  const what = isWritable ? "writable" : "readable";
  const severity: Level = isWritable || isWorld && !entry.isFolder ? "critical" : "warn";
  return [{
    checkId: `fs.${kind.id}.perms_${isWorld ? "world_" : ""}${what}`,
    severity,
    title: `${kind.title} is ${isWorld ? "world-" : ""}${what}${isWorld ? "" : " by others"}`,
    detail: `${path} mode=${mode.toString(8)}`,
    remediation: `chmod ${entry.wantedMode.toString(8)} ${path}`,
    repair: [modeStep(entry)],
  }];
}

function kindOf({ paths }: DoctorFacts, entry: WalkedEntry): Kind | undefined {
  const { stateDir, configPath } = paths;
  const { path, isFolder } = entry;
  const name = basename(path);
  if (path === stateDir) return { id: "state_dir", title: "State dir" };
  if (path === configPath) return { id: "config", title: "Config file" };
  if (path === join(stateDir, "credentials")) {
    return { id: "credentials_dir", title: "Credentials dir" };
  }
  if (name === "auth-profiles.json") return { id: "auth_profiles", title: "auth-profiles.json" };
  if (name === ".env") return { id: "env_file", title: "Environment file" };
  if (name.startsWith("openclaw.sqlite")) return { id: "database", title: "Database" };
  if (!isFolder && isSensitive(entry)) return { id: "secret_file", title: name };
  // What others may change can be made to hold anything.
  return (entry.mode & OTHERS_MAY_WRITE) === 0 ? undefined : { id: "state_entry", title: name };
}

function workspaceFindings({ served, paths, uid }: DoctorFacts): SecurityFinding[] {
  const { agents } = resolveAgents(served.config, paths);
  const folders = new Set(agents.slice(0, MAX_AGENTS).map(({ workspace }) => workspace));
  return [...folders].flatMap((path): SecurityFinding[] => {
    const info = infoOf(path);
    const mode = (info?.mode ?? 0) & 0o777;
    const isWritable = (mode & OTHERS_MAY_WRITE) !== 0;
    if (!isWritable && (mode & WORLD_MAY_READ) === 0 || isHidden(path)) return [];
    const isOwn = uid === undefined || info?.uid === uid;
    return [{
      checkId: `fs.workspace.perms_${isWritable ? "writable" : "world_readable"}`,
      severity: isWritable ? "critical" : "warn",
      title: `Workspace is ${isWritable ? "writable by others" : "world-readable"}`,
      detail: `${path} mode=${mode.toString(8)}; ` +
        (isWritable ? "others can give the agent instructions." : "it holds notes and memory."),
      remediation: `chmod 700 ${path}`,
      ...(isOwn ? { repair: [modeStep({ path, wantedMode: 0o700 })] } : {}),
    }];
  });
}

/** Whether a folder above is closed to others, which closes what is in it. */
function isHidden(path: string): boolean {
  const parts = path.split("/");
  for (let length = parts.length - 1; length > 1; length--) {
    const mode = infoOf(parts.slice(0, length).join("/"))?.mode;
    if (typeof mode === "number" && (mode & 0o011) === 0) return true;
  }
  return false;
}

/** Code that others may change runs with the gateway's rights. */
function pluginCodeFindings({ served: { config }, paths }: DoctorFacts): SecurityFinding[] {
  const load = (config.plugins as { load?: { paths?: unknown } } | undefined)?.load;
  const named = Array.isArray(load?.paths) ? load.paths.map(String) : [];
  return [...named, join(paths.stateDir, "extensions")].flatMap((path): SecurityFinding[] => {
    const mode = (infoOf(path)?.mode ?? 0) & 0o777;
    if ((mode & OTHERS_MAY_WRITE) === 0) return [];
    return [{
      checkId: "plugins.code_writable",
      severity: "critical",
      title: "Plugin code is writable by others",
      detail: `${path} mode=${mode.toString(8)}; what is put there has the rights of the gateway.`,
      remediation: `chmod go-w ${path}`,
    }];
  });
}

function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    // Not there, or closed to this user: then it is nothing that others could misuse through it.
    return undefined;
  }
}

/**
 * Files of earlier versions that nothing reads any more, or that were read once.
 *
 * @module
 */
import { join } from "@std/path";
import { pathExists } from "../platform/mod.ts";
import type { ConfigPaths } from "./types.ts";

/** A file or folder of an earlier version. */
export interface LegacyFile {
  readonly path: string;
  /** What it was, and what is read now. */
  readonly message: string;
  /** The command that takes it over. */
  readonly hint: string;
}

const MIGRATE = "openclaw migrate --from";

/**
 * What an earlier version left in and beside the state folder; nothing is opened.
 *
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function findLegacyFiles(paths: ConfigPaths): Promise<LegacyFile[]> {
  const { home, stateDir, configPath } = paths;
  const at = (...parts: string[]) => join(stateDir, ...parts);
  const candidates: readonly LegacyFile[] = [
    {
      path: join(home, ".clawdbot"),
      message: `a state folder under its old name; ${stateDir} is the one in use`,
      hint: `${MIGRATE} ${join(home, ".clawdbot")} --dry-run`,
    },
    {
      path: at("clawdbot.json"),
      message: `a config under its old name; ${configPath} is the one in use`,
      hint: `${MIGRATE} ${at("clawdbot.json")} --dry-run`,
    },
    {
      path: at("sessions"),
      message: "conversations from before there were agents",
      hint: `${MIGRATE} ${stateDir} --dry-run`,
    },
    {
      path: at("agent"),
      message: "credentials from before there were agents; agents/main/agent is what is read",
      hint: `mv ${at("agent")}/* ${at("agents", "main", "agent")}/`,
    },
    {
      path: at("credentials", "oauth.json"),
      message: "sign-ins of an earlier version; nothing reads them",
      hint: "openclaw secrets audit",
    },
  ];
  const found: LegacyFile[] = [];
  for (const candidate of candidates) {
    if (candidate.path === stateDir || candidate.path === configPath) continue;
    if (await pathExists(candidate.path)) found.push(candidate);
  }
  return found;
}

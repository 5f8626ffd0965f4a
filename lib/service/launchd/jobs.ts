/**
 * Jobs that start a gateway, whoever has installed them.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { isLegacyName } from "../names.ts";
import { jobCommand } from "./job.ts";
import { parsePlist } from "./plist_reader.ts";

/** Where jobs of the whole machine are. */
export const SYSTEM_JOB_FOLDERS: readonly string[] = [
  "/Library/LaunchAgents",
  "/Library/LaunchDaemons",
];

/** Where jobs of a user are. */
export function userJobFolder(home: string): string {
  return join(home, "Library", "LaunchAgents");
}

/** A job that starts a gateway. */
export interface GatewayJob {
  readonly label: string;
  readonly path: string;
  readonly command: readonly string[];
  /** Port of its command, when it names one. */
  readonly port: number | undefined;
  /** From before the product was renamed. */
  readonly isLegacy: boolean;
  /** Carries a label as OpenClaw gives them, so it may be the service of another profile. */
  readonly isManaged: boolean;
}

/** Jobs in `folders` that start a gateway; folders that are not there are skipped. */
export async function findGatewayJobs(folders: readonly string[]): Promise<GatewayJob[]> {
  const found: GatewayJob[] = [];
  for (const folder of folders) {
    for (const name of await plistNames(folder)) {
      const path = join(folder, name);
      const job = gatewayJob(name, path, await Deno.readTextFile(path).catch(() => ""));
      if (job !== undefined) found.push(job);
    }
  }
  return found;
}

async function plistNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".plist")) names.push(name);
    }
  } catch (error) {
    // A folder that is missing or closed to this user holds nothing that could be told about.
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) {
      throw error;
    }
  }
  return names.sort();
}

function gatewayJob(name: string, path: string, text: string): GatewayJob | undefined {
  const isLegacy = isLegacyName(text) || isLegacyName(name);
  const { label, command } = readJob(name, text);
  const isGateway = command.includes("gateway") && /openclaw/i.test(command.join(" "));
  if (!isGateway && !isLegacy) return undefined;
  const at = command.indexOf("--port");
  const port = at < 0 ? undefined : Number(command[at + 1]) || undefined;
  return { label, path, command, port, isLegacy, isManaged: label.startsWith("ai.openclaw.") };
}

/** A definition that cannot be read still has its name. */
function readJob(name: string, text: string): { label: string; command: string[] } {
  const fallback = name.replace(/\.plist$/, "");
  try {
    const job = parsePlist(text);
    return {
      label: typeof job.Label === "string" ? job.Label : fallback,
      command: jobCommand(job),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { label: fallback, command: [] };
  }
}

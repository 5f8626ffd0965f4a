/**
 * Units of the gateway that belong to the system: found, never duplicated, and rendered for those who
 * want one.
 *
 * @module
 */
import { join } from "@std/path";
import { parseExecLine } from "./quoting.ts";
import { type ParsedUnit, parseUnitLines } from "./unit.ts";

/** Where units of the system are, the first wins. */
export const SYSTEM_UNIT_FOLDERS: readonly string[] = [
  "/etc/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
];

/** A unit that starts a gateway. */
export interface GatewayUnit {
  readonly name: string;
  readonly path: string;
  readonly command: readonly string[];
  /** Port of its command, when it names one. */
  readonly port: number | undefined;
  readonly isLegacy: boolean;
}

/** Units in `folders` that start a gateway, each name once; folders that are not there are skipped. */
export async function findGatewayUnits(folders: readonly string[]): Promise<GatewayUnit[]> {
  const found = new Map<string, GatewayUnit>();
  for (const folder of folders) {
    for (const name of await unitNames(folder)) {
      if (found.has(name)) continue;
      const path = join(folder, name);
      const text = await Deno.readTextFile(path).catch(() => "");
      const unit = gatewayUnit(name, path, parseUnitLines(text));
      if (unit !== undefined) found.set(name, unit);
    }
  }
  return [...found.values()];
}

async function unitNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".service")) names.push(name);
    }
  } catch (error) {
    // A folder that is missing or closed to this user holds nothing that could be told about.
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) {
      throw error;
    }
  }
  return names.sort();
}

function gatewayUnit(name: string, path: string, unit: ParsedUnit): GatewayUnit | undefined {
  const command = parseExecLine(unit.values.get("Service.ExecStart")?.at(-1) ?? "");
  const line = command.join(" ").toLowerCase();
  const isLegacy = line.includes("clawdbot") || name.toLowerCase().includes("clawdbot");
  if (!command.includes("gateway") || !(isLegacy || line.includes("openclaw"))) return undefined;
  const at = command.indexOf("--port");
  const port = at < 0 ? undefined : Number(command[at + 1]) || undefined;
  return { name, path, command, port, isLegacy };
}

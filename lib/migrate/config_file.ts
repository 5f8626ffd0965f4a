/**
 * Takes the config file over, with the files it includes.
 *
 * @module
 */
import { dirname, join, relative } from "@std/path";
import { AppError, type Clock, type Env, isObject } from "../base/mod.ts";
import { type ConfigPaths, type ConfigSnapshot, loadConfig, writeConfig } from "../config/mod.ts";
import { readTextFileIfExists } from "../platform/mod.ts";
import { copyFile, type CopyOptions } from "./copy.ts";
import type { MigrationItem } from "./types.ts";

/** What became of the config. */
export interface ConfigMigration {
  readonly items: readonly MigrationItem[];
  readonly warnings: readonly string[];
  /** The config of the source, as it says itself. */
  readonly snapshot: ConfigSnapshot;
}

/** What a config migration needs. */
export interface ConfigMigrationOptions extends CopyOptions {
  readonly from: ConfigPaths;
  readonly to: ConfigPaths;
  readonly env: Env;
  readonly clock: Clock;
}

const UNIT = "openclaw.json";

/** Takes it over; a config that is invalid stays behind with the reason. */
export async function migrateConfig(options: ConfigMigrationOptions): Promise<ConfigMigration> {
  const { from, env } = options;
  const snapshot = await loadConfig({ env, paths: from, folder: from.stateDir });
  if (!snapshot.exists) return { items: [], warnings: [], snapshot };
  const items: MigrationItem[] = [];
  for (const include of snapshot.includes) items.push(await copyInclude(include, options));
  items.push(await copyConfig(snapshot, options));
  return { items, warnings: warningsOf(snapshot, from), snapshot };
}

async function copyInclude(path: string, options: ConfigMigrationOptions): Promise<MigrationItem> {
  const { from, to } = options;
  const name = relative(dirname(from.configPath), path).replaceAll("\\", "/");
  if (name.startsWith("..")) {
    const reason = "it lies outside of the config's folder and stays where it is";
    return { kind: "config", unit: path, action: "skip", count: 0, reason };
  }
  const target = join(dirname(to.configPath), name);
  return await copyFile(
    { kind: "config", unit: name, from: path, to: target, mode: 0o600 },
    options,
  );
}

async function copyConfig(
  snapshot: ConfigSnapshot,
  { to, env, clock, dryRun, force }: ConfigMigrationOptions,
): Promise<MigrationItem> {
  const item = { kind: "config" as const, unit: UNIT, count: 0 };
  if (!snapshot.valid) {
    const [first] = snapshot.issues;
    const place = first?.path ? `${first.path}: ` : "";
    return { ...item, action: "conflict", reason: `it is invalid: ${place}${first?.message}` };
  }
  const there = await readTextFileIfExists(to.configPath);
  if (there === snapshot.raw) return { ...item, action: "same" };
  const isEmpty = there === undefined || /^\s*(\{\s*\}\s*)?$/.test(there);
  if (!isEmpty && !force.has(UNIT)) {
    return { ...item, action: "conflict", reason: `"${to.configPath}" is there and differs` };
  }
  if (!dryRun) {
    const current = await loadConfig({ env, paths: to, validate: false });
    try {
      await writeConfig({
        paths: to,
        env,
        clock,
        raw: snapshot.raw,
        baseHash: there === undefined ? undefined : current.hash,
        force: true,
        origin: { by: "cli", action: "migrate" },
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "CONFIG_INVALID") throw error;
      return { ...item, action: "conflict", reason: error.message };
    }
  }
  return { ...item, count: 1, action: there === undefined ? "import" : "update" };
}

function warningsOf({ warnings, parsed }: ConfigSnapshot, from: ConfigPaths): string[] {
  const known = warnings.map(({ path, message }) => path === "" ? message : `${path}: ${message}`);
  const back = pathsInto(parsed, from.stateDir).map((path) =>
    `${path} points into ${from.stateDir}`
  );
  return [...known, ...back];
}

/** Paths of the values that name something in a folder. */
function pathsInto(value: unknown, folder: string, path = ""): string[] {
  if (typeof value === "string") return value.startsWith(`${folder}/`) ? [path] : [];
  const entries = Array.isArray(value)
    ? value.map((one, index) => [`${path}[${index}]`, one] as const)
    : isObject(value)
    ? Object.entries(value).map(([key, one]) =>
      [path === "" ? key : `${path}.${key}`, one] as const
    )
    : [];
  return entries.flatMap(([place, one]) => pathsInto(one, folder, place));
}

/**
 * Finds the state of an earlier gateway behind what the user named.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "@std/path";
import { AppError, type Env, layerEnv } from "../base/mod.ts";
import { type ConfigPaths, resolvePaths } from "../config/mod.ts";
import { ioError, pathExists } from "../platform/mod.ts";

const STATE_FOLDERS = [".openclaw", ".clawdbot"];
const CONFIG_FILES = ["openclaw.json", "clawdbot.json"];
const MARKS = [...CONFIG_FILES, "agents", "devices", "identity", "credentials", "cron"];

/** An earlier gateway's files. */
export interface MigrationSource {
  /** As it would see its paths itself; all of them behind symbolic links. */
  readonly paths: ConfigPaths;
  /** Whether only the config was named. */
  readonly isConfigOnly: boolean;
}

/**
 * Finds the state folder: the folder itself, one named `.openclaw` or `.clawdbot` in it, or the one
 * around a config file.
 *
 * @throws {AppError} `USAGE` when there is none, `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function findSource(given: string, env: Env): Promise<MigrationSource> {
  const path = await realPath(resolve(given), given);
  if ((await Deno.stat(path)).isFile) {
    return { paths: await pathsOf(dirname(path), path, env), isConfigOnly: true };
  }
  for (const dir of [path, ...STATE_FOLDERS.map((name) => join(path, name))]) {
    if (!await hasAny(dir, MARKS)) continue;
    const stateDir = await realPath(dir, given);
    const configPath = join(stateDir, await configName(stateDir));
    return { paths: await pathsOf(stateDir, configPath, env), isConfigOnly: false };
  }
  throw new AppError("USAGE", `Cannot migrate from "${given}": no OpenClaw state is in it`, {
    hint: "openclaw migrate --from ~/.openclaw --dry-run",
  });
}

/**
 * The home folder of the source is the one around its state, where that has its usual name. In a copy
 * of another name the usual workspace still lies within the state.
 */
async function pathsOf(stateDir: string, configPath: string, env: Env): Promise<ConfigPaths> {
  const isUsual = STATE_FOLDERS.includes(basename(stateDir));
  const own = {
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_CONFIG_PATH: configPath,
    OPENCLAW_PROFILE: "default",
    ...(isUsual ? { OPENCLAW_HOME: dirname(stateDir) } : {}),
  };
  const paths = resolvePaths(layerEnv(own, env));
  const workspaceDir = join(stateDir, "workspace");
  return !isUsual && await pathExists(workspaceDir) ? { ...paths, workspaceDir } : paths;
}

async function configName(stateDir: string): Promise<string> {
  for (const name of CONFIG_FILES) if (await pathExists(join(stateDir, name))) return name;
  return CONFIG_FILES[0]!;
}

async function hasAny(dir: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    try {
      if (await pathExists(join(dir, name))) return true;
    } catch (error) {
      if (error instanceof AppError && error.code === "IO_ERROR") continue;
      throw error;
    }
  }
  return false;
}

async function realPath(path: string, given: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new AppError("USAGE", `Cannot migrate from "${given}": it is not there`, {
        hint: "openclaw migrate --from ~/.openclaw --dry-run",
        cause: error,
      });
    }
    throw ioError("read", path, error);
  }
}

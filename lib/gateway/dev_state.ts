/**
 * The development profile: a configuration to begin with, and putting the state aside.
 *
 * @module
 */
import { basename, join } from "@std/path";
import type { Clock } from "../base/mod.ts";
import type { ConfigPaths } from "../config/mod.ts";
import { ensureDir, pathExists, writeFileAtomic } from "../platform/mod.ts";

const DEV_CONFIG = `// Development gateway: loopback only, one agent.
{
  gateway: { mode: "local", bind: "loopback" },
  agents: { list: [{ id: "dev", default: true, name: "Dev" }] },
}
`;

/** What a development state consists of, relative to the state folder. */
const STATE_FILES = ["openclaw.sqlite", "openclaw.sqlite-wal", "openclaw.sqlite-shm", "runtime"];

/** Writes the development configuration where there is none; answers whether it did. */
export async function ensureDevConfig({ stateDir, configPath }: ConfigPaths): Promise<boolean> {
  if (await pathExists(configPath)) return false;
  await ensureDir(stateDir);
  await writeFileAtomic(configPath, DEV_CONFIG, { mode: 0o600 });
  return true;
}

/**
 * Moves configuration, sessions and token into a folder beside them; nothing is deleted.
 *
 * @returns The folder, or `undefined` when there was nothing to move.
 */
export async function setDevStateAside(
  { stateDir, configPath }: ConfigPaths,
  clock: Clock,
): Promise<string | undefined> {
  const candidates = [configPath, ...STATE_FILES.map((name) => join(stateDir, name))];
  const found: string[] = [];
  for (const path of candidates) if (await pathExists(path)) found.push(path);
  if (found.length === 0) return undefined;
  const folder = join(stateDir, `reset-${clock.now()}`);
  await ensureDir(folder);
  for (const path of found) {
    await Deno.rename(path, join(folder, basename(path)));
  }
  return folder;
}

/**
 * The configuration that was last accepted, kept for a start whose file is invalid.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { ensureDir, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";
import { evaluateConfig, type LoadOptions } from "./load.ts";
import { redactedPaths } from "./redact.ts";
import type { ConfigPaths, ConfigSnapshot } from "./types.ts";

/** Where the last accepted configuration is kept. */
export function lastGoodPath({ stateDir, configPath }: ConfigPaths): string {
  return join(stateDir, `${basename(configPath)}.last-good`);
}

/**
 * Keeps a configuration: its text, or, where it includes other files, what they say together.
 *
 * References to variables stay references. One that holds the placeholder of a hidden secret is passed
 * over.
 *
 * @throws {AppError} The code of a failed file operation.
 */
export async function keepLastGood(snapshot: ConfigSnapshot, paths: ConfigPaths): Promise<void> {
  const { valid, exists, raw, parsed, includes } = snapshot;
  if (!valid || !exists || redactedPaths(parsed).length > 0) return;
  const text = includes.length > 0 ? `${JSON.stringify(parsed, null, 2)}\n` : raw;
  const path = lastGoodPath(paths);
  if (await readTextFileIfExists(path) === text) return;
  await ensureDir(paths.stateDir);
  await writeFileAtomic(path, text, { mode: 0o600 });
}

/**
 * The last accepted configuration.
 *
 * @returns `undefined` when there is none that can be used.
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function loadLastGood(options: LoadOptions): Promise<ConfigSnapshot | undefined> {
  const raw = await readTextFileIfExists(lastGoodPath(options.paths));
  if (raw === undefined) return undefined;
  const snapshot = await evaluateConfig({ ...options, raw });
  return snapshot.valid ? snapshot : undefined;
}

/**
 * A migration from beginning to end: every step can be repeated, and what is done stays done.
 *
 * @module
 */
import { AppError, type Clock, type Env } from "../base/mod.ts";
import { type ConfigPaths, loadConfig, resolveGatewayPort } from "../config/mod.ts";
import { acquireGatewayLock, ensureDir } from "../platform/mod.ts";
import { migrateConfig } from "./config_file.ts";
import { migrateDatabase } from "./database.ts";
import { copyPrivateFiles, leftBehind } from "./private_files.ts";
import { findSource } from "./source.ts";
import type { MigrationItem, MigrationReport } from "./types.ts";
import { copyWorkspaces } from "./workspaces.ts";

/** What to migrate, and how. */
export interface MigrationOptions {
  /** What the user named. */
  readonly from: string;
  /** Where this gateway keeps its things. */
  readonly to: ConfigPaths;
  readonly env: Env;
  readonly clock: Clock;
  /** Finds out everything and writes nothing. */
  readonly dryRun: boolean;
  /** Units that may replace what is here. */
  readonly force: readonly string[];
  /** Called with each thing that is done. */
  readonly onItem?: (item: MigrationItem) => void;
}

/**
 * Takes an earlier gateway's config and state over; its own files stay as they are.
 *
 * @throws {AppError} `USAGE` when there is nothing at the source, `GATEWAY_LOCKED` while a gateway runs
 * on the target, or what reading and writing fail with.
 */
export async function migrate(options: MigrationOptions): Promise<MigrationReport> {
  if (options.dryRun) return await migrateNow(options);
  const { to, env, clock } = options;
  await findSource(options.from, env);
  await ensureDir(to.stateDir);
  const { config } = await loadConfig({ env, paths: to, validate: false });
  const lock = await acquireGatewayLock({
    env,
    clock,
    configPath: to.configPath,
    port: resolveGatewayPort({ env, config }).port,
    timeoutMs: 0,
  }).catch((error) => {
    throw error instanceof AppError && error.code === "GATEWAY_LOCKED"
      ? runningError(error)
      : error;
  });
  try {
    return await migrateNow(options);
  } finally {
    lock.release();
  }
}

async function migrateNow(options: MigrationOptions): Promise<MigrationReport> {
  const { env, clock, to, dryRun } = options;
  const { paths: from, isConfigOnly } = await findSource(options.from, env);
  const copying = { dryRun, force: new Set(options.force), cleanFolders: new Set<string>() };
  const items: MigrationItem[] = [];
  const add = (...more: readonly MigrationItem[]) => {
    for (const item of more) {
      items.push(item);
      options.onItem?.(item);
    }
  };
  const isInPlace = await isSameFolder(from.stateDir, to.stateDir);
  const places = { from, to, env, clock, ...copying };
  const config = await migrateConfig(isInPlace ? { ...places, to: from } : places);
  const { snapshot } = config;
  if (!isInPlace) add(...config.items);
  const report = { from: from.stateDir, to: to.stateDir, isDryRun: dryRun };
  if (isConfigOnly) return { ...report, items, damaged: [], warnings: config.warnings };
  if (!isInPlace) {
    add(...await copyPrivateFiles(from, to, copying));
    const workspaces = await copyWorkspaces(snapshot.config, from, to, copying);
    const used = new Set([...workspaces.folders, ...snapshot.includes]);
    add(...workspaces.items, ...await leftBehind(from, used));
  }
  const { damaged, items: stored } = await migrateDatabase({
    from,
    to,
    config: snapshot.config,
    clock,
    isInPlace,
    ...copying,
    ...(options.onItem ? { onItem: options.onItem } : {}),
  });
  items.push(...stored);
  return { ...report, items, damaged, warnings: config.warnings };
}

async function isSameFolder(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [a, b].map((path) => Deno.realPath(path).catch(() => path)),
  );
  return one === other;
}

function runningError(cause: AppError): AppError {
  return new AppError("GATEWAY_LOCKED", "Cannot migrate while a gateway runs on the target", {
    hint: cause.hint ?? "openclaw gateway status",
    retryable: true,
    details: cause.details ?? {},
    cause,
  });
}

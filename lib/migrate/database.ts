/**
 * What goes into the database: sessions, pairings, jobs.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import type { Clock } from "../base/mod.ts";
import {
  type ConfigPaths,
  expandHome,
  type OpenClawConfig,
  resolveAgents,
  resolveCron,
} from "../config/mod.ts";
import { importCronFiles, RUN_LOG_BYTES, RUN_LOG_LINES } from "../cron/mod.ts";
import { jobFileOf } from "../cron/presence.ts";
import { importPairings } from "../devices/mod.ts";
import { pathExists } from "../platform/mod.ts";
import { SessionStore } from "../sessions/mod.ts";
import {
  findSessionFolders,
  type ImportItem,
  importSessions,
  type SessionFolder,
  type SessionImport,
} from "../sessions/import/mod.ts";
import { DATABASE_FILE_NAME, rehearsalOf, type Writing } from "../store/mod.ts";
import type { CopyOptions } from "./copy.ts";
import type { MigrationItem } from "./types.ts";

/** What the import needs. */
export interface DatabaseMigrationOptions extends CopyOptions {
  readonly from: ConfigPaths;
  readonly to: ConfigPaths;
  /** The config of the source. */
  readonly config: OpenClawConfig;
  readonly clock: Clock;
  /** Whether source and target are one folder. */
  readonly isInPlace: boolean;
  readonly onItem?: (item: MigrationItem) => void;
}

/** What came of it. */
export interface DatabaseMigration {
  readonly items: readonly MigrationItem[];
  readonly damaged: SessionImport["damaged"];
}

/**
 * Imports everything; a dry run rolls back what it does, and makes no database where there is none.
 *
 * @throws {AppError} What opening or writing the store fails with, or reading the source.
 */
export async function migrateDatabase(
  options: DatabaseMigrationOptions,
): Promise<DatabaseMigration> {
  const { to, clock, dryRun } = options;
  const isThere = await pathExists(join(to.stateDir, DATABASE_FILE_NAME));
  const rehearsalDir = dryRun && !isThere ? await Deno.makeTempDir() : undefined;
  try {
    const store = await SessionStore.open({ stateDir: rehearsalDir ?? to.stateDir, clock });
    try {
      if (!dryRun) await store.recoverInterruptedRuns(clock.now());
      return await importAll(store, options);
    } finally {
      store.close();
    }
  } finally {
    if (rehearsalDir !== undefined) await Deno.remove(rehearsalDir, { recursive: true });
  }
}

async function importAll(
  { database }: SessionStore,
  options: DatabaseMigrationOptions,
): Promise<DatabaseMigration> {
  const { clock, dryRun, force, onItem } = options;
  const writing = dryRun ? rehearsalOf(database) : database;
  const items = [
    ...await importDevices(writing, options),
    ...await importJobs(writing, options),
  ];
  for (const item of items) onItem?.(item);
  const { items: sessions, damaged } = await importSessions({
    store: database,
    clock,
    folders: await sessionFolders(options),
    dryRun,
    force,
    isOwnState: options.isInPlace,
    onItem: (item) => onItem?.(sessionItem(item)),
  });
  return { items: [...items, ...sessions.map(sessionItem)], damaged };
}

function sessionItem({ unit, action, messages, reason }: ImportItem): MigrationItem {
  return {
    kind: "session",
    unit,
    action,
    count: messages,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The usual folders, and those that `session.store` names. */
async function sessionFolders(
  { from, config }: DatabaseMigrationOptions,
): Promise<SessionFolder[]> {
  const folders = await findSessionFolders(from.stateDir);
  const template = config.session?.store;
  if (template === undefined || template.trim() === "") return folders;
  for (const { id } of resolveAgents(config, from).agents) {
    const dir = dirname(expandHome(template.replaceAll("{agentId}", id), from.home));
    if (!folders.some((folder) => folder.dir === dir)) folders.push({ agentId: id, dir });
  }
  return folders;
}

async function importDevices(
  writing: Writing,
  { from, clock }: DatabaseMigrationOptions,
): Promise<MigrationItem[]> {
  const found = await importPairings(from.stateDir, writing, clock, { isRepeat: true });
  const items: MigrationItem[] = found.unusable.map(({ path, reason }) => ({
    kind: "devices",
    unit: path,
    action: "conflict",
    count: 0,
    reason,
  }));
  const counts = [["devices", found.devices], ["nodes", found.nodes], [
    "pairing requests",
    found.requests,
  ]] as const;
  for (const [unit, count] of counts) {
    if (count > 0) items.push({ kind: "devices", unit, action: "import", count });
  }
  return items;
}

async function importJobs(
  writing: Writing,
  { from, config, clock }: DatabaseMigrationOptions,
): Promise<MigrationItem[]> {
  const { store: jobFile, keepRuns = RUN_LOG_LINES, keepBytes = RUN_LOG_BYTES } = resolveCron(
    config,
  );
  const path = jobFile === undefined ? jobFileOf(from.stateDir) : expandHome(jobFile, from.home);
  const found = await importCronFiles(path, writing, clock, { keepRuns, keepBytes }, {
    isRepeat: true,
  });
  const items: MigrationItem[] = found.unusable.map(({ what, reason }) => ({
    kind: "cron",
    unit: what,
    action: "conflict",
    count: 0,
    reason,
  }));
  if (found.jobs > 0) {
    items.push({ kind: "cron", unit: "cron jobs", action: "import", count: found.jobs });
  }
  return items;
}

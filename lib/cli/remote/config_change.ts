/**
 * One change of the config file, checked before it is written.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type {
  ChangeEffect,
  ConfigIssue,
  ConfigPaths,
  ConfigSnapshot,
  OpenClawConfig,
  WriteOptions,
} from "../../config/mod.ts";
import type { CommandContext } from "../table.ts";
import { type ConfigState, readConfigState } from "./config_state.ts";

/** Tries of a change that does not depend on the rest of the file, when others write as well. */
const MAX_ATTEMPTS = 25;

/** `gateway.reload.mode`. */
export type ReloadMode = NonNullable<
  NonNullable<NonNullable<OpenClawConfig["gateway"]>["reload"]>["mode"]
>;

/** What a change did. */
export interface ConfigChange {
  /** Path of the file. */
  readonly path: string;
  readonly isChanged: boolean;
  readonly isDryRun: boolean;
  /** Hash of the file as it is now, or would be. */
  readonly hash: string;
  readonly changedPaths: readonly string[];
  readonly effect: ChangeEffect;
  /** What a running gateway does with it, `gateway.reload.mode`. */
  readonly mode: ReloadMode;
  /** Doubts about the file that it did not raise before. */
  readonly warnings: readonly ConfigIssue[];
}

/** What a change is allowed to do. */
export interface ChangeOptions {
  /** For the history, without values; the words of the command unless given. */
  readonly action?: string;
  /** Writes even where much of the file would go; the flag `--force` unless given. */
  readonly force?: boolean;
  /** Sections that may go, asked after the edit; those of `--replace-section` unless given. */
  readonly replaceSections?: () => readonly string[];
  /** Hash of the only text that may be replaced; then there is one try. */
  readonly baseHash?: string;
  /** An included file that gets a new text, while the config file stays as it is. */
  readonly include?: { readonly path: string; readonly text: string };
  /** Whether a part is changed: then a file that is gone is put back first. */
  readonly isPartial?: boolean;
}

/** Makes the new text from the file as it is, whose text is empty when there is none. */
export type ConfigEdit = (raw: string, snapshot: ConfigSnapshot) => Promise<string>;

/**
 * Edits the text of the config file and writes it, unless `--dry-run` says not to.
 *
 * When someone else wrote meanwhile, the change is made on their text.
 *
 * @throws {AppError} The refusals of the editor and the writer.
 */
export async function changeConfig(
  context: CommandContext,
  edit: ConfigEdit,
  options: ChangeOptions = {},
): Promise<ConfigChange> {
  for (let attempt = 1;; attempt++) {
    try {
      return await changeOnce(context, edit, options);
    } catch (error) {
      const isLate = error instanceof AppError && error.code === "CONFIG_CHANGED";
      if (!isLate || options.baseHash !== undefined || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function changeOnce(
  context: CommandContext,
  edit: ConfigEdit,
  change: ChangeOptions,
): Promise<ConfigChange> {
  const state = await readConfigState(context, "ignore");
  try {
    return await changeRead(context, state, edit, change);
  } catch (error) {
    throw state.snapshot.valid ? withSchemaHint(error, context) : error;
  }
}

/** What was refused is not in the file, so that its check does not show it; its schema does. */
function withSchemaHint(error: unknown, { say }: CommandContext): unknown {
  if (!(error instanceof AppError) || error.code !== "CONFIG_INVALID") return error;
  const path = Array.isArray(error.details?.issues) ? error.details.issues[0]?.path : undefined;
  if (typeof path !== "string" || !/^[\w.[\]-]+$/.test(path)) return error;
  return new AppError(error.code, error.message, {
    hint: `See what fits there: ${say(`config schema ${path}`)}`,
    details: error.details!,
    cause: error,
  });
}

async function changeRead(
  context: CommandContext,
  state: ConfigState,
  edit: ConfigEdit,
  change: ChangeOptions,
): Promise<ConfigChange> {
  const { options } = context;
  const { paths, snapshot } = state;
  assertReadable(snapshot);
  const isForced = change.force ?? options.flag("force");
  if (!snapshot.exists && change.isPartial && !isForced) await assertNeverThere(context, paths);
  const { loadConfigSchema, writeConfig } = await import("../../config/mod.ts");
  const { effectOf } = await loadConfigSchema();
  const raw = await edit(snapshot.raw, snapshot);
  const isDryRun = options.flag("dry-run");
  if (raw === snapshot.raw && !change.include) {
    const { path, hash } = snapshot;
    const effect = effectOf({}, {});
    const mode = "hybrid";
    return { path, hash, isChanged: false, isDryRun, changedPaths: [], effect, mode, warnings: [] };
  }
  const write = writeOf(context, state, change, { raw, isForced });
  const dangling = await newDangling(write, snapshot, isForced);
  const written = await writeConfig({ ...write, dryRun: isDryRun });
  const { path, hash, changedPaths } = written;
  const isChanged = path !== snapshot.path || hash !== snapshot.hash;
  if (snapshot.exists && !isDryRun && isChanged) noteOverwrite(context, snapshot, written);
  const after = written.snapshot;
  const effect = effectOf(snapshot.parsed, after.parsed);
  const warnings = [
    ...newWarnings(snapshot.warnings, after.warnings),
    ...lostMode(snapshot, after),
    ...dangling,
  ];
  const mode = modeOfChange(snapshot, after);
  return { path, hash, isChanged, isDryRun, changedPaths, effect, mode, warnings };
}

/** @throws {AppError} `CONFIG_UNREADABLE` */
function assertReadable({ issues, raw }: ConfigSnapshot): void {
  const broken = issues.find(({ path }) => path === "");
  if (broken === undefined || raw !== "") return;
  throw new AppError("CONFIG_UNREADABLE", broken.message, { hint: "openclaw config validate" });
}

function writeOf(
  context: CommandContext,
  { paths, snapshot }: ConfigState,
  change: ChangeOptions,
  { raw, isForced }: { raw: string; isForced: boolean },
): WriteOptions {
  const { env, clock, options, spec } = context;
  return {
    paths,
    env,
    clock,
    baseHash: change.baseHash ?? (snapshot.exists ? snapshot.hash : undefined),
    raw,
    force: isForced,
    ...(change.include ? { include: change.include } : {}),
    replaceSections: change.replaceSections?.() ?? options.list("replace-section"),
    origin: { by: authorOf(context), action: change.action ?? spec.path.join(" ") },
  };
}

function noteOverwrite(
  { out }: CommandContext,
  before: ConfigSnapshot,
  { path, hash }: Pick<ConfigChange, "path" | "hash">,
): void {
  const [from, to] = [before.hash.slice(0, 12), hash.slice(0, 12)];
  const hashes = path === before.path ? ` (sha256 ${from} -> ${to})` : "";
  out.note(`Config overwrite: ${path}${hashes}`);
}

/**
 * Makes sure that a file which is not there has not gone astray: one made of the change alone would
 * stand in for all that it said.
 *
 * @throws {AppError} `CONFIG_WRITE_DESTRUCTIVE`
 */
async function assertNeverThere(
  { say, env }: CommandContext,
  paths: ConfigPaths,
): Promise<void> {
  const { historyFolder, listVersions, loadLastGood } = await import("../../config/mod.ts");
  const versions = await listVersions(historyFolder(paths.stateDir), "");
  const last = versions.findLast(({ taken }) => taken);
  const isKept = last !== undefined || await loadLastGood({ env, paths }) !== undefined;
  if (!isKept) return;
  throw new AppError(
    "CONFIG_WRITE_DESTRUCTIVE",
    `Refusing to write config: "${paths.configPath}" is gone, and what it said would be lost`,
    {
      hint: last === undefined
        ? say("doctor --fix")
        : `Put it back with: ${say(`config restore ${last.hash.slice(0, 12)}`)}; or begin anew: ` +
          say("setup"),
    },
  );
}

/** What is followed: the change to `off` itself still is, and so is the one away from it. */
function modeOfChange(before: ConfigSnapshot, after: ConfigSnapshot): ReloadMode {
  const [old, mode] = [before, after].map(({ config }) => config.gateway?.reload?.mode ?? "hybrid");
  return mode === "off" && old !== "off" ? "hybrid" : mode!;
}

/** A text without it points to no secret in a file. */
const POINTER_MARK = "source";

/**
 * Pointers to secrets that lead nowhere and did not before. One into a file is refused: a gateway on
 * this machine finds no more in it than this process; what its variables are nobody knows here.
 *
 * @throws {AppError} `SECRET_UNRESOLVED`
 */
async function newDangling(
  write: WriteOptions,
  before: ConfigSnapshot,
  isForced: boolean,
): Promise<ConfigIssue[]> {
  if (!write.raw.includes(POINTER_MARK)) return [];
  const [{ writeConfig }, { checkPointers }] = await Promise.all([
    import("../../config/mod.ts"),
    import("../../secrets/mod.ts"),
  ]);
  const { snapshot } = await writeConfig({ ...write, dryRun: true });
  const found = await checkPointers(snapshot);
  const fresh = found.length === 0 ? [] : newWarnings(await checkPointers(before), found);
  const lost = found.find((one) => one.source === "file" && fresh.includes(one));
  if (lost !== undefined && !isForced) {
    throw new AppError("SECRET_UNRESOLVED", `Cannot set ${lost.path}: ${lost.message}`, {
      hint: "Put the secret into the file first, or write it nevertheless with --force",
      details: { path: lost.path },
    });
  }
  return fresh.map(({ path, message }) => ({ path, message }));
}

/** Whoever takes the mode away by name may; what follows is said. */
function lostMode(before: ConfigSnapshot, after: ConfigSnapshot): ConfigIssue[] {
  const isLost = before.config.gateway?.mode !== undefined &&
    after.config.gateway?.mode === undefined;
  return isLost
    ? [{ path: "gateway.mode", message: "without it a gateway refuses to start (status 78)" }]
    : [];
}

function newWarnings(
  before: readonly ConfigIssue[],
  after: readonly ConfigIssue[],
): ConfigIssue[] {
  const known = new Set(before.map(({ path, message }) => `${path}\n${message}`));
  return after.filter(({ path, message }) => !known.has(`${path}\n${message}`));
}

/** The command line and, where the system says so, its user. */
function authorOf({ env }: CommandContext): string {
  const user = env.get("USER") || env.get("USERNAME");
  return user ? `cli ${user}` : "cli";
}

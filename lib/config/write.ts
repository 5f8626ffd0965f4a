/**
 * Replaces the configuration file, after it was made sure that nothing is lost by it.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { AppError, type Clock, type Env, type JsonObject, sha256Hex } from "../base/mod.ts";
import {
  ensureDir,
  readTextFileIfExists,
  removeLeftovers,
  withFileLock,
  writeFileAtomic,
} from "../platform/mod.ts";
import { changedPaths } from "./change/changed_paths.ts";
import {
  BY_HAND,
  historyFolder,
  includedHistoryFolder,
  isCutShort,
  lastVersion,
  listIncludedVersions,
  recordVersion,
  type VersionOrigin,
} from "./history.ts";
import type { RoutedWrite } from "./include/mod.ts";
import { evaluateConfig, INCLUDE_MARK, readConfigBytes } from "./load.ts";
import { decodeUtf8, MAX_CONFIG_BYTES } from "./parse.ts";
import { redactedPaths } from "./redact.ts";
import { summarize } from "./resolve/start_guard.ts";
import type { ConfigIssue, ConfigPaths, ConfigSnapshot } from "./types.ts";
import { assertHarmless } from "./write_guard.ts";

/** One write. */
export interface WriteOptions {
  readonly paths: ConfigPaths;
  readonly env: Env;
  readonly clock: Clock;
  /** Hash of the file that the new text is based on; only a new file may go without. */
  readonly baseHash: string | undefined;
  readonly raw: string;
  /** Top-level sections of which the user said that they may go or shrink. */
  readonly replaceSections?: readonly string[];
  /** Writes even where configuration would be lost; for a user who named what goes. */
  readonly force?: boolean;
  /** What the history says of the write. */
  readonly origin?: VersionOrigin;
  /** An included file that gets a new text; `raw` is then the text of the file as it is. */
  readonly include?: { readonly path: string; readonly text: string };
  /** Checks everything and writes nothing. */
  readonly dryRun?: boolean;
}

/** A write that was done. */
export interface WriteResult {
  readonly path: string;
  /** Hash of the file as it is now. */
  readonly hash: string;
  /** What the new text says. */
  readonly snapshot: ConfigSnapshot;
  /** What differs from before. */
  readonly changedPaths: readonly string[];
}

/** For writes whose caller gives no origin. */
const UNNAMED: VersionOrigin = { by: "program", action: "write" };

/**
 * Checks a text and puts it in place of the configuration file.
 *
 * Other processes that write the same file wait; what they base on the old text is then refused. So
 * is a write during which a hand changed the file: that is looked at once more when nothing but the
 * rename is left.
 *
 * @throws {AppError} `CONFIG_READ_ONLY`, `CONFIG_CHANGED`, `CONFIG_INVALID`, `CONFIG_UNREADABLE`,
 * `CONFIG_WRITE_DESTRUCTIVE`, or the code of a failed file operation
 */
export async function writeConfig(options: WriteOptions): Promise<WriteResult> {
  const { paths, env } = options;
  if (env.get("OPENCLAW_NIX_MODE") === "1") throw readOnly(paths.configPath);
  const historyDir = historyFolder(paths.stateDir);
  if (options.dryRun) return (await prepare(options)).result;
  await ensureDir(dirname(paths.configPath));
  await ensureDir(historyDir);
  return await withFileLock(join(historyDir, "lock"), async () => {
    await removeLeftovers(dirname(paths.configPath));
    await removeLeftovers(historyDir);
    return await replaceFile(options, historyDir);
  });
}

/** A write that may be done. */
interface Prepared extends RoutedWrite {
  readonly previous: Previous;
  readonly result: WriteResult;
}

/** Checks a write against the files as they are. */
async function prepare(options: WriteOptions): Promise<Prepared> {
  const { paths } = options;
  const previous = await readPrevious(paths.configPath);
  assertUnchanged(previous, options.baseHash);
  const write = await routed(previous, options);
  const { raw, include } = write;
  const overlay = include ? { overlay: new Map([[include.path, include.text]]) } : {};
  const snapshot = await evaluateConfig({ ...options, raw, ...overlay });
  if (include && !snapshot.includes.includes(include.path)) throw notIncluded(include.path);
  assertValid(snapshot);
  const before = await parsedBefore(options, previous);
  if (previous.exists && !options.force) {
    assertHarmless({
      before: { text: include?.previous ?? previous.raw, value: before },
      after: { text: include?.text ?? raw, value: snapshot.parsed },
      named: options.replaceSections ?? [],
    });
  }
  const { hash } = snapshot;
  const result = {
    path: include?.path ?? paths.configPath,
    hash,
    snapshot,
    changedPaths: changedPaths(before, snapshot.parsed),
  };
  return { ...write, previous, result };
}

async function replaceFile(options: WriteOptions, historyDir: string): Promise<WriteResult> {
  const { previous, result, raw, include } = await prepare(options);
  if (include) return await replaceIncluded(options, include, result, historyDir);
  const takeBack = await keepVersions({ ...options, raw }, historyDir, previous, result);
  try {
    await writeFileAtomic(result.path, raw, {
      mode: 0o600,
      beforeReplace: (target) => assertStill(previous, target),
    });
  } catch (error) {
    // When only the last sync failed, the file is the new one: then the line is true.
    if (!holds(result.path, raw)) await takeBack?.();
    throw error;
  }
  return result;
}

/**
 * Notes the new version, and before it one that came into the file without this program.
 *
 * @returns Takes the line of the new version back; `undefined` when the text stays the same.
 */
async function keepVersions(
  { clock, raw, origin = UNNAMED }: WriteOptions,
  historyDir: string,
  previous: Previous,
  next: WriteResult,
): Promise<(() => Promise<void>) | undefined> {
  const ts = clock.now();
  const last = await lastVersion(historyDir);
  const isKnown = last && (last.hash === previous.hash || isCutShort(last, previous.hash));
  if (previous.exists && !isKnown) {
    const parent = last ? { parent: last.hash } : {};
    await recordVersion(historyDir, {
      entry: { hash: previous.hash, ts, ...parent, origin: BY_HAND },
      content: previous.bytes,
    });
  }
  if (next.hash === previous.hash) return undefined;
  const parent = previous.exists ? { parent: previous.hash } : {};
  return await recordVersion(historyDir, {
    entry: { hash: next.hash, ts, ...parent, origin, paths: next.changedPaths },
    content: new TextEncoder().encode(raw),
  });
}

/** Where the write goes; only a configuration in several files has a choice. */
async function routed(
  previous: Previous,
  { raw, paths, env, include }: WriteOptions,
): Promise<RoutedWrite> {
  if (include) return { raw, include: { ...include, previous: await textOf(include.path) } };
  if (!previous.raw.includes(INCLUDE_MARK)) return { raw };
  const { includeRoots, routeWrite } = await import("./include/mod.ts");
  const path = paths.configPath;
  return await routeWrite({
    path,
    roots: includeRoots(path, env),
    previousRaw: previous.raw,
    raw,
  });
}

/** Replaces a file that the configuration includes; its versions have a history of their own. */
async function replaceIncluded(
  { clock, origin = UNNAMED }: WriteOptions,
  { path, previous, text }: NonNullable<RoutedWrite["include"]>,
  result: WriteResult,
  historyDir: string,
): Promise<WriteResult> {
  const folder = includedHistoryFolder(historyDir);
  await ensureDir(folder);
  const ts = clock.now();
  const last = (await listIncludedVersions(historyDir)).findLast(({ file }) => file === path);
  const hash = await sha256Hex(previous);
  const next = { hash: await sha256Hex(text), ts, origin, paths: result.changedPaths };
  const before = { hash, ts, origin: BY_HAND };
  const isKnown = last?.hash === hash;
  for (const [entry, content] of [[before, previous], [next, text]] as const) {
    if (isKnown && entry === before) continue;
    await recordVersion(folder, {
      entry: { ...entry, file: path },
      content: new TextEncoder().encode(content),
    });
  }
  await writeFileAtomic(path, text, {
    mode: 0o600,
    beforeReplace: (target) => {
      if (!holds(target, previous)) {
        throw changed("config changed since last load; re-run config.get and retry");
      }
    },
  });
  return result;
}

/** The text of an included file; nothing where it is gone. */
async function textOf(path: string): Promise<string> {
  return await readTextFileIfExists(path) ?? "";
}

function notIncluded(path: string): AppError {
  return new AppError(
    "CONFIG_VERSION_NOT_FOUND",
    `Cannot restore a version of "${path}": the config does not include that file any more`,
    { hint: "openclaw config history" },
  );
}

interface Previous {
  readonly exists: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly raw: string;
  readonly hash: string;
}

async function readPrevious(path: string): Promise<Previous> {
  const read = await readConfigBytes(path);
  if (read.kind === "missing") {
    return { exists: false, bytes: new Uint8Array(), raw: "", hash: await sha256Hex("") };
  }
  if (read.kind === "read") {
    const { bytes } = read;
    const raw = decodeUtf8(bytes) ?? new TextDecoder().decode(bytes);
    return { exists: true, bytes, raw, hash: await sha256Hex(bytes) };
  }
  throw new AppError("CONFIG_UNREADABLE", `Cannot replace config "${path}": ${read.message}`, {
    hint: "openclaw config file",
  });
}

/** What the configuration says before a write; nothing where its text cannot be parsed. */
async function parsedBefore(options: WriteOptions, previous: Previous): Promise<JsonObject> {
  if (!previous.exists) return {};
  return (await evaluateConfig({ ...options, raw: previous.raw, validate: false })).parsed;
}

/** Makes sure that the file is what was read, in the moment in which it is replaced. */
function assertStill(previous: Previous, target: string): void {
  const bytes = readNow(target);
  const isSame = bytes === undefined
    ? !previous.exists
    : previous.exists && equalBytes(bytes, previous.bytes);
  if (!isSame) throw changed("config changed since last load; re-run config.get and retry");
}

function holds(path: string, text: string): boolean {
  const bytes = readNow(path);
  return bytes !== undefined && equalBytes(bytes, new TextEncoder().encode(text));
}

function readNow(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function changed(message: string): AppError {
  return new AppError("CONFIG_CHANGED", message, {
    hint: "openclaw config get gateway",
    retryable: true,
  });
}

function assertUnchanged(previous: Previous, baseHash: string | undefined): void {
  if (baseHash === previous.hash || (baseHash === undefined && !previous.exists)) return;
  const message = baseHash === undefined
    ? "config base hash required; re-run config.get and retry"
    : "config changed since last load; re-run config.get and retry";
  throw changed(message);
}

function assertValid(snapshot: ConfigSnapshot): void {
  const unreadable = snapshot.issues.find((issue) => issue.path === "");
  if (unreadable) {
    throw new AppError("CONFIG_UNREADABLE", `Cannot write config: ${unreadable.message}`, {
      hint: "openclaw config validate",
    });
  }
  const issues: ConfigIssue[] = [
    ...snapshot.issues,
    ...redactedPaths(snapshot.parsed).map((path) => ({
      path,
      message: "holds the placeholder of a hidden secret",
    })),
  ];
  if (new TextEncoder().encode(snapshot.raw).length > MAX_CONFIG_BYTES) {
    issues.push({ path: "$", message: `the text has more than ${MAX_CONFIG_BYTES} bytes` });
  }
  if (issues.length === 0) return;
  throw new AppError("CONFIG_INVALID", `invalid config: ${summarize(issues)}`, {
    hint: "openclaw config validate",
    details: { issues },
  });
}

function readOnly(path: string): AppError {
  return new AppError(
    "CONFIG_READ_ONLY",
    `Cannot write config "${path}": OPENCLAW_NIX_MODE=1 makes it read-only`,
    { hint: "Change the Nix configuration that generates the file" },
  );
}

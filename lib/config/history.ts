/**
 * Keeps every version of the configuration under its content's hash, and who wrote it when.
 *
 * A line of the index is on disk before the file is replaced: what was acknowledged is listed. A line
 * whose write was cut short is recognised by what follows it.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, isObject, parseJsonOrUndefined, sha256Hex } from "../base/mod.ts";
import {
  ioError,
  pathExists,
  readFileIfExists,
  readTextFileIfExists,
  writeFileAtomic,
} from "../platform/mod.ts";

/** Who wrote a version, and by what. */
export interface VersionOrigin {
  /** Such as `cli` or the id of a client. */
  readonly by: string;
  /** Such as `config set gateway.port`; never a value. */
  readonly action: string;
}

/** One line of the index. */
export interface VersionEntry {
  /** SHA-256 of the bytes in hexadecimal. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly ts: number;
  readonly bytes: number;
  /** The version that it replaced; absent for the first one. */
  readonly parent?: string;
  /** Absent in lines of older builds. */
  readonly origin?: VersionOrigin;
  /** Paths of what changed, the first hundred of them, without values. */
  readonly paths?: readonly string[];
  /** The included file that this is a version of, absolute; absent for the configuration file. */
  readonly file?: string;
}

/** A version with its content. */
export interface VersionToKeep {
  readonly entry: Omit<VersionEntry, "bytes">;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** Holds many lines; a longer one is found by reading all of the index. */
const TAIL_BYTES = 64 * 1024;

/** Most paths that a line names. */
const MAX_PATHS = 100;

/** Who is named for a version that no program wrote. */
export const BY_HAND: VersionOrigin = { by: "outside", action: "edited outside" };

/** The folder of the history. */
export function historyFolder(stateDir: string): string {
  return join(stateDir, "config-history");
}

/** The folder of the versions of included files. */
export function includedHistoryFolder(historyDir: string): string {
  return join(historyDir, "includes");
}

/** The versions of included files, oldest first; lines of older builds do not say of which file. */
export async function listIncludedVersions(historyDir: string): Promise<ListedVersion[]> {
  const versions = await listVersions(includedHistoryFolder(historyDir), "");
  return versions.filter(({ file }) => file !== undefined);
}

/**
 * Keeps a version; when it resolves, content and line are on disk.
 *
 * @returns Takes the line back, for a write that did not come about.
 */
export async function recordVersion(
  historyDir: string,
  { entry, content }: VersionToKeep,
): Promise<() => Promise<void>> {
  const file = contentFile(historyDir, entry.hash);
  if (!await pathExists(file)) await writeFileAtomic(file, content, { mode: 0o600 });
  const index = indexFile(historyDir);
  const size = await appendLine(index, {
    ...entry,
    ...(entry.paths === undefined ? {} : { paths: entry.paths.slice(0, MAX_PATHS) }),
    bytes: content.length,
  });
  return () => Deno.truncate(index, size);
}

/** Appends a line, or nothing when that fails; answers with the size from before. */
async function appendLine(path: string, entry: VersionEntry): Promise<number> {
  try {
    const file = await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
    try {
      const size = await file.seek(0, Deno.SeekMode.End);
      const line = `${await endsInMidLine(file, size) ? "\n" : ""}${JSON.stringify(entry)}\n`;
      let rest = new TextEncoder().encode(line);
      await file.seek(0, Deno.SeekMode.End);
      try {
        while (rest.length > 0) rest = rest.subarray(await file.write(rest));
        await file.sync();
      } catch (error) {
        await file.truncate(size);
        throw error;
      }
      return size;
    } finally {
      file.close();
    }
  } catch (error) {
    throw ioError("write", path, error);
  }
}

/** Whether a crash cut the last line off. */
async function endsInMidLine(file: Deno.FsFile, size: number): Promise<boolean> {
  if (size === 0) return false;
  await file.seek(-1, Deno.SeekMode.End);
  const last = new Uint8Array(1);
  await file.read(last);
  return last[0] !== 0x0a;
}

/** A line of the index, and what became of it. */
export interface ListedVersion extends VersionEntry {
  /** `false` when the write was cut short, by a crash or because the file had changed meanwhile. */
  readonly taken: boolean;
}

/**
 * All versions, oldest first.
 *
 * @param currentHash Hash of the file as it is.
 */
export async function listVersions(
  historyDir: string,
  currentHash: string,
): Promise<ListedVersion[]> {
  const lines = await readIndex(historyDir);
  return lines.map((entry, index) => {
    const next = lines[index + 1];
    const taken = next
      ? next.parent === undefined || next.parent === entry.hash
      : !isCutShort(entry, currentHash);
    return { ...entry, taken };
  });
}

/** Whether the write of the newest line did not reach the file, whose hash is `currentHash`. */
export function isCutShort(last: VersionEntry, currentHash: string): boolean {
  return last.hash !== currentHash && last.parent === currentHash;
}

/** The newest line; of a long index only the end is read. */
export async function lastVersion(historyDir: string): Promise<VersionEntry | undefined> {
  const tail = await readTail(indexFile(historyDir));
  return entriesOf(tail).at(-1) ?? (await readIndex(historyDir)).at(-1);
}

async function readTail(path: string): Promise<string> {
  try {
    const file = await Deno.open(path);
    try {
      const { size } = await file.stat();
      await file.seek(Math.max(0, size - TAIL_BYTES), Deno.SeekMode.Start);
      return await new Response(file.readable).text();
    } finally {
      // Its stream closes it at the end, which may have come.
      file[Symbol.dispose]();
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw ioError("read", path, error);
  }
}

async function readIndex(historyDir: string): Promise<VersionEntry[]> {
  return entriesOf(await readTextFileIfExists(indexFile(historyDir)) ?? "");
}

function entriesOf(text: string): VersionEntry[] {
  return text.split("\n").map(parseJsonOrUndefined).filter(isEntry);
}

function isEntry(value: unknown): value is VersionEntry {
  return isObject(value) && typeof value.hash === "string" && typeof value.ts === "number" &&
    typeof value.bytes === "number";
}

/**
 * The one version whose hash starts with `prefix`.
 *
 * @throws {AppError} `CONFIG_VERSION_NOT_FOUND` when there is none, or more than one.
 */
export function findVersion(versions: readonly VersionEntry[], prefix: string): VersionEntry {
  const found = versions.filter(({ hash }) => prefix !== "" && hash.startsWith(prefix));
  const [first] = found;
  if (first && found.every(({ hash }) => hash === first.hash)) return found.at(-1)!;
  const why = first ? "several versions start with it" : "no version starts with it";
  throw new AppError("CONFIG_VERSION_NOT_FOUND", `Cannot find version "${prefix}": ${why}`, {
    hint: "openclaw config history",
  });
}

/**
 * The content of a version, as it was written.
 *
 * @throws {AppError} `CONFIG_VERSION_NOT_FOUND` when it was removed, `CONFIG_VERSION_DAMAGED` when it
 * is no longer what its name says.
 */
export async function readVersion(
  historyDir: string,
  hash: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = contentFile(historyDir, hash);
  const content = await readFileIfExists(file);
  if (!content) {
    throw new AppError("CONFIG_VERSION_NOT_FOUND", `Cannot read version "${hash}": it is gone`, {
      hint: "openclaw config history",
    });
  }
  if (await sha256Hex(content) === hash) return content;
  throw new AppError("CONFIG_VERSION_DAMAGED", `Cannot use "${file}": its content was altered`, {
    hint: "openclaw config history",
  });
}

function contentFile(historyDir: string, hash: string): string {
  return join(historyDir, `${hash}.json5`);
}

function indexFile(historyDir: string): string {
  return join(historyDir, "index.jsonl");
}

/** Shorter texts may be in any version for another reason. */
const MIN_FORGOTTEN_LENGTH = 8;

/**
 * Removes the versions that hold one of some texts, for secrets that were moved elsewhere. The index
 * keeps their lines.
 *
 * @returns The number of versions that are gone.
 */
export async function forgetVersions(
  historyDir: string,
  texts: readonly string[],
): Promise<number> {
  const sought = texts.filter((text) => text.length >= MIN_FORGOTTEN_LENGTH)
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
  if (sought.length === 0) return 0;
  const folders = [historyDir, includedHistoryFolder(historyDir)];
  let count = 0;
  for (const folder of folders) count += await forgetIn(folder, sought);
  return count;
}

async function forgetIn(folder: string, sought: readonly string[]): Promise<number> {
  if (!await pathExists(folder)) return 0;
  let count = 0;
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.endsWith(".json5")) continue;
    const file = join(folder, name);
    const version = await Deno.readTextFile(file);
    if (!sought.some((text) => version.includes(text))) continue;
    await Deno.remove(file);
    count++;
  }
  return count;
}

/**
 * Copies files one by one: each is there whole or not at all, and what is there already stays unless
 * it was named.
 *
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { randomHex } from "../base/mod.ts";
import { currentPid, ensureDir, ioError, removeLeftovers, syncFolder } from "../platform/mod.ts";
import type { MigrationItem, MigrationKind } from "./types.ts";

const CHUNK_BYTES = 256 * 1024;

/** One file to copy. */
export interface FileToCopy {
  readonly kind: MigrationKind;
  /** What `--force` names it by. */
  readonly unit: string;
  readonly from: string;
  readonly to: string;
  /** Permissions of the copy; those of the source unless given. */
  readonly mode?: number;
}

/** How to copy. */
export interface CopyOptions {
  readonly dryRun: boolean;
  readonly force: ReadonlySet<string>;
  /** Folders without leftovers of copies that were cut short; grows with every new one. */
  readonly cleanFolders: Set<string>;
}

/**
 * Copies a file. One that is replaced is kept beside the new one.
 *
 * @throws {AppError} `DISK_FULL`, `READ_ONLY_FILE_SYSTEM`, `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function copyFile(file: FileToCopy, options: CopyOptions): Promise<MigrationItem> {
  const { kind, unit, from, to } = file;
  const standing = await compare(from, to);
  if (standing === "same") return { kind, unit, action: "same", count: 0 };
  if (standing === "different" && !options.force.has(unit)) {
    const reason = `"${to}" is there and differs`;
    return { kind, unit, action: "conflict", count: 0, reason };
  }
  if (!options.dryRun) {
    await clean(dirname(to), options.cleanFolders);
    await put(file, standing === "different");
  }
  const action = standing === "different" ? "update" : "import";
  return { kind, unit, action, count: 1 };
}

/** Removes what a migration that was killed left in a folder, once. */
async function clean(folder: string, done: Set<string>): Promise<void> {
  if (done.has(folder)) return;
  await ensureDir(folder);
  await removeLeftovers(folder);
  done.add(folder);
}

async function put({ from, to, mode }: FileToCopy, isReplacing: boolean): Promise<void> {
  const folder = dirname(to);
  const temporary = join(folder, `.${basename(to)}.${currentPid()}.${randomHex(4)}.tmp`);
  try {
    await Deno.copyFile(from, temporary);
    if (mode !== undefined) await Deno.chmod(temporary, mode);
    await syncFile(temporary);
    if (isReplacing) await Deno.rename(to, `${to}.replaced-${randomHex(4)}`);
    await Deno.rename(temporary, to);
    await syncFolder(folder);
  } catch (error) {
    await Deno.remove(temporary).catch(() => undefined);
    throw ioError("write", to, error);
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await Deno.open(path, { read: true, write: true });
  try {
    await file.sync();
  } finally {
    file.close();
  }
}

async function compare(from: string, to: string): Promise<"missing" | "same" | "different"> {
  try {
    const there = await Deno.lstat(to);
    if (!there.isFile || there.size !== (await Deno.stat(from)).size) return "different";
    return await equalContent(from, to) ? "same" : "different";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw ioError("read", to, error);
  }
}

async function equalContent(a: string, b: string): Promise<boolean> {
  const one = await Deno.open(a);
  try {
    const other = await Deno.open(b);
    try {
      const [left, right] = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)];
      while (true) {
        const [n, m] = [await fill(one, left), await fill(other, right)];
        if (n !== m) return false;
        if (n === 0) return true;
        for (let at = 0; at < n; at++) if (left[at] !== right[at]) return false;
      }
    } finally {
      other.close();
    }
  } finally {
    one.close();
  }
}

async function fill(file: Deno.FsFile, buffer: Uint8Array): Promise<number> {
  let size = 0;
  while (size < buffer.length) {
    const read = await file.read(buffer.subarray(size));
    if (read === null) break;
    size += read;
  }
  return size;
}

/** A file below a folder, or a link that is not followed. */
export interface FoundFile {
  /** Below the folder, with `/`. */
  readonly name: string;
  readonly path: string;
  readonly isLink: boolean;
}

/** Everything below a folder that is no folder; nothing when it is not there. */
export async function* walk(dir: string, below = ""): AsyncGenerator<FoundFile, void, void> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(dir)) entries.push(entry);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return;
    throw ioError("read folder", dir, error);
  }
  for (const { name, isDirectory, isSymlink } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(dir, name);
    if (isDirectory) yield* walk(path, `${below}${name}/`);
    else yield { name: below + name, path, isLink: isSymlink };
  }
}

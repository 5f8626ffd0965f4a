/**
 * Files that survive a crash: private folders, whole-file reads, atomic replacement.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "@std/path";
import { delay, randomHex } from "../base/mod.ts";
import { ioError, systemCode } from "./io_error.ts";
import { osName } from "./os.ts";
import { isProcessAlive } from "./process.ts";

const PRIVATE_FOLDER_MODE = 0o700;
const PRIVATE_FILE_MODE = 0o600;
const MAX_LINK_DEPTH = 40;
const RENAME_ATTEMPTS = 5;
const RENAME_RETRY_MS = 20;

/**
 * Makes sure that a folder exists, with all folders above it. The mode of an existing one stays.
 *
 * @param mode Permissions of the folders that are created.
 * @throws {AppError} As {@linkcode writeFileAtomic}.
 */
export async function ensureDir(path: string, mode = PRIVATE_FOLDER_MODE): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode });
  } catch (error) {
    throw ioError("create folder", path, error);
  }
}

/**
 * Reads a UTF-8 file.
 *
 * @returns The text, or `undefined` when there is no such file.
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`.
 */
export async function readTextFileIfExists(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    return absentOrThrow(path, error);
  }
}

/**
 * Reads a file.
 *
 * @returns The bytes, or `undefined` when there is no such file.
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`.
 */
export async function readFileIfExists(
  path: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    return absentOrThrow(path, error);
  }
}

/**
 * Whether something is at `path`; a link that points nowhere counts as nothing.
 *
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR` when that cannot be known.
 */
export async function pathExists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    absentOrThrow(path, error);
    return false;
  }
}

/**
 * Removes a file that may be gone already.
 *
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`.
 */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw ioError("remove", path, error);
  }
}

/** Whether there is a file at `path` that can be seen; for places that cannot wait. */
export function fileExistsSync(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** How {@linkcode writeFileAtomic} writes. */
export interface WriteFileOptions {
  /** Permissions of the written file, whatever those of its predecessor were. */
  mode?: number;
  /**
   * Called when the new content is on disk and nothing but the rename is left; what it throws leaves
   * the old content in place. It must not wait, so that nothing comes between it and the rename.
   *
   * @param target The file behind symbolic links.
   */
  beforeReplace?: (target: string) => void;
}

/**
 * Replaces a file so that a reader, or the next start after a crash, finds either the old content or
 * the new one, never a part. When it resolves, the content is on disk. A symbolic link stays and its
 * target is replaced.
 *
 * @throws {AppError} `DISK_FULL`, `READ_ONLY_FILE_SYSTEM`, `PERMISSION_DENIED` or `IO_ERROR`; the old
 * content is untouched then.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: WriteFileOptions = {},
): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  let temporary: string | undefined;
  try {
    const target = await followLinks(path);
    temporary = join(dirname(target), `.${basename(target)}.${Deno.pid}.${randomHex(4)}.tmp`);
    await writeSynced(temporary, bytes, options.mode ?? PRIVATE_FILE_MODE);
    options.beforeReplace?.(target);
    await replace(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    if (temporary !== undefined) await removeQuietly(temporary);
    throw ioError("write", path, error);
  }
}

async function writeSynced(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await Deno.open(path, { write: true, createNew: true, mode });
  try {
    let written = 0;
    while (written < bytes.length) written += await file.write(bytes.subarray(written));
    // The umask may have taken bits away that the caller asked for.
    if (osName() !== "windows") await Deno.chmod(path, mode);
    await file.sync();
  } finally {
    file.close();
  }
}

/** Renames; on Windows a scanner may hold the target open for a moment, so there it tries again. */
export async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return Deno.renameSync(from, to);
    } catch (error) {
      const isBusy = osName() === "windows" && error instanceof Deno.errors.PermissionDenied;
      if (!isBusy || attempt === RENAME_ATTEMPTS) throw error;
      await delay(RENAME_RETRY_MS * attempt);
    }
  }
}

/** Makes renames and new files of a folder durable. Windows has no such call: it journals them. */
export async function syncFolder(path: string): Promise<void> {
  if (osName() === "windows") return;
  const folder = await Deno.open(path);
  try {
    try {
      await folder.sync();
    } catch (error) {
      // Some network file systems refuse to sync a folder; the rename itself has succeeded.
      if (systemCode(error) !== "EINVAL") throw error;
    }
  } finally {
    folder.close();
  }
}

/** The path that is meant behind symbolic links; its last part need not exist. */
async function followLinks(path: string): Promise<string> {
  let current = path;
  for (let depth = 0; depth < MAX_LINK_DEPTH; depth++) {
    const link = await linkTarget(current);
    if (link === undefined) return current;
    current = resolve(dirname(current), link);
  }
  throw new Error("too many levels of symbolic links");
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    const info = await Deno.lstat(path);
    return info.isSymlink ? await Deno.readLink(path) : undefined;
  } catch (error) {
    return absentOrThrow(path, error);
  }
}

/** Names as {@linkcode writeFileAtomic} makes them, with the process that made them. */
const TEMPORARY_NAME = /^\..+\.(\d+)\.[0-9a-f]{8}\.tmp$/;

/**
 * Removes from a folder what {@linkcode writeFileAtomic} left there in processes that were killed.
 *
 * @throws {AppError} As {@linkcode writeFileAtomic}.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await leftoverNames(folder)) await removeQuietly(join(folder, name));
}

/**
 * The names of what {@linkcode writeFileAtomic} left in a folder in processes that were killed.
 *
 * @throws {AppError} As {@linkcode writeFileAtomic}.
 */
export async function leftoverNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const pid = TEMPORARY_NAME.exec(name)?.[1];
      if (pid !== undefined && !isProcessAlive(Number(pid))) names.push(name);
    }
  } catch (error) {
    throw ioError("read folder", folder, error);
  }
  return names;
}

async function removeQuietly(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // It was renamed already or never created; what matters is the failure being reported.
  }
}

function absentOrThrow(path: string, error: unknown): undefined {
  if (error instanceof Deno.errors.NotFound) return undefined;
  throw ioError("read", path, error);
}

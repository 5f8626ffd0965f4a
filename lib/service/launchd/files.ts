/**
 * The files of a job on disk: written whole, private, and taken away again.
 *
 * @module
 */
import { basename, dirname, join } from "@std/path";
import {
  ensureDir,
  pathExists,
  readTextFileIfExists,
  writeFileAtomic,
} from "../../platform/mod.ts";
import type { ServiceFile } from "../types.ts";
import type { JobPaths } from "./job.ts";

const BACKUP_MODE = 0o600;
const FOLDER_MODE = 0o755;
/** Write permission of the group and of everybody; launchd loads nothing that has it. */
const OTHERS_WRITE = 0o022;
/** Namesakes in the trash before the file is deleted instead. */
const MAX_NAMESAKES = 20;

/** Makes the folders of a job, and takes write permission of others away where launchd minds it. */
export async function prepareFolders(
  home: string,
  stateDir: string,
  paths: JobPaths,
): Promise<void> {
  const agents = dirname(paths.plist);
  await ensureDir(stateDir);
  await ensureDir(agents, FOLDER_MODE);
  for (const folder of [paths.folder, dirname(paths.log)]) await ensureDir(folder);
  for (const folder of [join(home, "Library"), agents, paths.folder, dirname(paths.log)]) {
    await closeToOthers(folder);
  }
}

/** Takes write permission of others away from a file or a folder; what is not there stays so. */
export async function closeToOthers(path: string): Promise<void> {
  try {
    const { mode } = await Deno.stat(path);
    if (mode === null || (mode & OTHERS_WRITE) === 0) return;
    await Deno.chmod(path, mode & 0o7777 & ~OTHERS_WRITE);
  } catch (error) {
    // What belongs to somebody else is refused by launchd itself, which says so.
    const isExpected = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.PermissionDenied;
    if (!isExpected) throw error;
  }
}

/** Writes the files of a plan; the definition they replace is kept beside them. */
export async function writeFiles(files: readonly ServiceFile[], paths: JobPaths): Promise<void> {
  const before = await readTextFileIfExists(paths.plist);
  const after = files.find(({ path }) => path === paths.plist)?.text;
  if (before !== undefined && before !== after) {
    await writeFileAtomic(paths.backup, before, { mode: BACKUP_MODE });
  }
  for (const { path, text, mode } of files) await writeFileAtomic(path, text, { mode });
}

/**
 * Moves a file to the user's trash, beside namesakes.
 *
 * @returns Its new path; `undefined` when it could not be moved.
 */
export async function toTrash(home: string, path: string): Promise<string | undefined> {
  const folder = join(home, ".Trash");
  const name = basename(path, ".plist");
  for (let count = 1; count <= MAX_NAMESAKES; count++) {
    const target = join(folder, `${name}${count === 1 ? "" : ` ${count}`}.plist`);
    try {
      if (await pathExists(target)) continue;
      await Deno.rename(path, target);
      return target;
    } catch {
      // There is no trash, or this program may not touch it: the caller deletes the file then.
      return undefined;
    }
  }
  return undefined;
}

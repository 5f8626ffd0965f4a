/**
 * Walks through the state folder and says who may read and change what is in it.
 *
 * @module
 */
import { basename, join } from "@std/path";
import type { DoctorFacts } from "./types.ts";

/** A file or folder of the state. */
export interface WalkedEntry {
  readonly path: string;
  readonly isFolder: boolean;
  readonly mode: number;
  readonly wantedMode: number;
  readonly uid: number;
}

/** A folder with more files is looked at in part, so that the answer does not take long. */
const MAX_ENTRIES = 2000;
const MAX_DEEP_ENTRIES = 200_000;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const PROGRAM_MODE = 0o700;
const EXECUTE_BITS = 0o111;

/** What agents make is the user's own, and has the modes of its own making. */
const USER_CONTENT = /^(?:workspace|sandbox|skills$|media$|node_modules$|logs$)/;
const SECRETS =
  /^(?:openclaw\.json|clawdbot\.json|\.env|openclaw\.sqlite|auth|oauth|.*token|device.*\.json|.*pairing|.*allowFrom)|\.(?:env|pem|key|sqlite|copy|json5|last-good)/;

/** Whether a file may hold secrets, or is a folder that may. */
export function isSensitive({ path, isFolder }: Pick<WalkedEntry, "path" | "isFolder">): boolean {
  if (isFolder) {
    return /(?:^\.openclaw|credentials|identity|runtime|doctor|agent)/.test(basename(path));
  }
  return SECRETS.test(basename(path)) || /[\\/]credentials[\\/]/.test(path);
}

/** The state folder and what is in it, and the config file where that is elsewhere. */
export async function walkState(
  { paths, wishes }: Pick<DoctorFacts, "paths" | "wishes">,
): Promise<WalkedEntry[]> {
  const { stateDir, configPath } = paths;
  const limit = wishes.isDeep ? MAX_DEEP_ENTRIES : MAX_ENTRIES;
  const found: WalkedEntry[] = [];
  const waiting = [stateDir];
  look(stateDir, found);
  if (!configPath.startsWith(stateDir)) look(configPath, found);
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    try {
      for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
        if (isSymlink || folder === stateDir && USER_CONTENT.test(name)) continue;
        if (found.length >= limit) return found;
        const path = join(folder, name);
        look(path, found);
        if (isDirectory) waiting.push(path);
      }
    } catch (error) {
      // A folder that is closed to this user shows up by its owner.
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    }
  }
  return found;
}

function look(path: string, found: WalkedEntry[]): void {
  try {
    const { mode, uid, isDirectory } = Deno.lstatSync(path);
    if (mode === null || uid === null) return;
    const permissions = mode & 0o777;
    const wantedMode = isDirectory
      ? FOLDER_MODE
      : (permissions & EXECUTE_BITS) !== 0
      ? PROGRAM_MODE
      : FILE_MODE;
    found.push({ path, isFolder: isDirectory, mode: permissions, wantedMode, uid });
  } catch (error) {
    // It went away meanwhile, or there is no config yet.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

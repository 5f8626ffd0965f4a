/**
 * Where an earlier gateway kept conversations; small, so that a start without any loads nothing else.
 *
 * @module
 */
import { join } from "@std/path";
import { ioError } from "../../platform/mod.ts";
import type { Store } from "../../store/mod.ts";
import type { SessionFolder } from "./folder.ts";

/** Marks in the store that the state folder's own conversations were taken over. */
export const IMPORTED_KEY = "sessions.imported";

const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const DEFAULT_AGENT_ID = "main";

/**
 * The folders of conversations below a state folder: `agents/<id>/sessions`, and `sessions` of the
 * time before there were agents.
 *
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function findSessionFolders(stateDir: string): Promise<SessionFolder[]> {
  const folders: SessionFolder[] = [];
  for (const name of (await folderNames(join(stateDir, "agents"))).sort()) {
    const dir = join(stateDir, "agents", name, "sessions");
    if (AGENT_ID.test(name) && await isFolder(dir)) folders.push({ agentId: name, dir });
  }
  const legacy = join(stateDir, "sessions");
  if (await isFolder(legacy)) folders.push({ agentId: DEFAULT_AGENT_ID, dir: legacy });
  return folders;
}

/** Whether there is anything that was not taken over yet. @throws {AppError} As above. */
export async function hasSessionFolders(store: Store, stateDir: string): Promise<boolean> {
  const { connection } = store;
  if (connection.get("SELECT 1 FROM meta WHERE key = ?", IMPORTED_KEY) !== undefined) return false;
  return (await findSessionFolders(stateDir)).length > 0;
}

async function folderNames(dir: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(dir)) if (isDirectory) names.push(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return names;
    throw ioError("read folder", dir, error);
  }
  return names;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw ioError("read folder", path, error);
  }
}

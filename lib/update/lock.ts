/**
 * One update at a time for each state folder.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import { ensureDir, type HeldFileLock, tryFileLock } from "../platform/mod.ts";
import { lockPath, updateFolder } from "./files.ts";

/**
 * Takes the lock of updates.
 *
 * @returns `undefined` when an update is under way in another process.
 */
export async function tryUpdateLock(stateDir: string): Promise<HeldFileLock | undefined> {
  await ensureDir(updateFolder(stateDir));
  return await tryFileLock(lockPath(stateDir));
}

/**
 * Does `work` while no other process updates.
 *
 * @throws {AppError} `UPDATE_RUNNING`, or what `work` throws.
 */
export async function withUpdateLock<T>(stateDir: string, work: () => Promise<T>): Promise<T> {
  const lock = await tryUpdateLock(stateDir);
  if (lock === undefined) {
    throw new AppError("UPDATE_RUNNING", "Cannot update: another update is under way", {
      hint: "openclaw update status",
      retryable: true,
    });
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * A lock between processes, as a file.
 *
 * @module
 */
import { ioError } from "./io_error.ts";

/**
 * Does `work` while nobody else has the lock of a file, in this process or in another one. A process
 * that dies has it no longer.
 *
 * @param path The file of the lock; made if need be, in a folder that is there.
 * @throws {AppError} The code of a failed file operation, or what `work` throws.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const file = await openLock(path);
  try {
    await file.lock(true);
    return await work();
  } finally {
    // Closing alone is not enough: on Deno 2.7 the lock outlives the file that took it.
    await file.unlock();
    file.close();
  }
}

/** A lock that is held. */
export interface HeldFileLock {
  /** Gives the lock back; further calls do nothing. */
  release(): void;
}

/**
 * Takes the lock of a file if nobody has it; does not wait.
 *
 * @param path As for {@linkcode withFileLock}.
 * @returns `undefined` when somebody else has it.
 * @throws {AppError} The code of a failed file operation.
 */
export async function tryFileLock(path: string): Promise<HeldFileLock | undefined> {
  const file = await openLock(path);
  try {
    if (!file.tryLockSync(true)) {
      file.close();
      return undefined;
    }
  } catch (error) {
    file.close();
    throw ioError("lock", path, error);
  }
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      file.unlockSync();
      file.close();
    },
  };
}

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    throw ioError("open", path, error);
  }
}

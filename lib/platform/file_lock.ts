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

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    throw ioError("open", path, error);
  }
}

/**
 * How much room a disk has left.
 *
 * @module
 */

/**
 * Bytes that this user may still write to the disk of `path`; `undefined` where the system does not
 * tell.
 */
export async function freeDiskBytes(path: string): Promise<number | undefined> {
  const { statfs } = await import("node:fs/promises");
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    // No such folder, or a file system that keeps no account: there is nothing to warn of then.
    return undefined;
  }
}

/**
 * The lock of a gateway, looked at by somebody who does not want to have it.
 *
 * @module
 */
import type { Env } from "../base/mod.ts";
import { guardPath, lockPath, readLockFile } from "./gateway_lock.ts";
import { isProcessAlive, processStartTime } from "./process.ts";

/** What there is of a lock. */
export interface LockLook {
  readonly path: string;
  /** `left`: its owner is gone, and the next start takes it away. */
  readonly state: "none" | "held" | "left";
  readonly pid?: number;
}

/** Whether a gateway holds the lock of a config file; changes nothing. */
export async function lookAtGatewayLock(
  { env, configPath }: { env: Env; configPath: string },
): Promise<LockLook> {
  const path = await lockPath(env, configPath);
  const found = readLockFile(path);
  if (found === undefined) return { path, state: "none" };
  const pid = found.payload?.pid;
  const state = isGuarded(path) || isSameProcess(found.payload) ? "held" : "left";
  return { path, state, ...(pid === undefined ? {} : { pid }) };
}

/** Whether a gateway of this program lives: the kernel keeps its guard locked. */
function isGuarded(path: string): boolean {
  let guard: Deno.FsFile | undefined;
  try {
    guard = Deno.openSync(guardPath(path), { read: true, write: true });
    const isFree = guard.tryLockSync(true);
    if (isFree) guard.unlockSync();
    return !isFree;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    // A guard that cannot be opened is somebody else's, who may be there.
    return true;
  } finally {
    guard?.close();
  }
}

function isSameProcess(payload: { pid: number; startTime?: number } | undefined): boolean {
  if (payload === undefined || !isProcessAlive(payload.pid)) return false;
  return payload.startTime === undefined || payload.startTime === processStartTime(payload.pid);
}

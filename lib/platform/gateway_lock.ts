/**
 * One gateway per config file.
 *
 * Two files in `<temp>/openclaw-<uid>/`, named after a hash of the config path:
 *
 * - `gateway.<hash>.lock` says who holds the lock. It appears complete or not at all, and is the one
 *   that other OpenClaw implementations look at.
 * - `gateway.<hash>.guard` is locked in the kernel for as long as the owner lives. The kernel gives it
 *   to one process at a time and takes it back when that process ends, however it ends. It is never
 *   removed: that would let two processes hold two files of the same name.
 *
 * Whoever has the guard may judge and remove a lock file that was left behind; nobody else does.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, type Clock, delay, type Env, randomHex, sha256Hex } from "../base/mod.ts";
import { ioError } from "./io_error.ts";
import {
  type FoundLock,
  isOwnerDead,
  type LockPayload,
  type OwnerFacts,
  parseLockPayload,
  systemOwnerFacts,
} from "./lock_owner.ts";
import { tempDir, userId } from "./os.ts";
import { isPortAccepting } from "./port_probe.ts";
import { ensurePrivateDirSync } from "./private_dir.ts";
import { processStartTime } from "./process.ts";

const LOCK_TIMEOUT_MS = 5000;
const LOCK_POLL_MS = 100;

/** What {@linkcode acquireGatewayLock} needs to know. */
export interface GatewayLockOptions {
  env: Env;
  clock: Clock;
  /** Absolute path of the config file: the name of what is locked. */
  configPath: string;
  /** The port the gateway is going to listen on. */
  port: number;
  /** How long to wait for another owner to leave. */
  timeoutMs?: number;
  pollMs?: number;
  /** Whether something accepts connections on a port of this machine. */
  probePort?: (port: number) => Promise<boolean>;
}

/** A held lock. */
export interface GatewayLock {
  /** The lock file. */
  readonly path: string;
  /** Gives the lock back; further calls do nothing. A lock file of somebody else stays. */
  release(): void;
}

/**
 * Takes the lock of a config file, waiting for an owner that is about to leave. With
 * `OPENCLAW_ALLOW_MULTI_GATEWAY=1` there is no lock, and the answer holds nothing.
 *
 * @throws {AppError} `GATEWAY_LOCKED` (details: `pid`, `path`, `port`), `UNSAFE_FOLDER`, or what the file
 * system answered.
 * @see OpenClaw docs, gateway/gateway-lock (behaviour matched)
 */
export async function acquireGatewayLock(options: GatewayLockOptions): Promise<GatewayLock> {
  const path = await lockPath(options.env, options.configPath);
  if (options.env.get("OPENCLAW_ALLOW_MULTI_GATEWAY") === "1") return { path, release() {} };
  ensurePrivateDirSync(lockFolder(options.env));
  const timeoutMs = options.timeoutMs ?? LOCK_TIMEOUT_MS;
  const probe = options.probePort ?? isPortAccepting;
  const facts = systemOwnerFacts(options.clock, () => probe(options.port));
  const deadline = options.clock.monotonic() + timeoutMs;
  const guard = openGuard(path);
  let isGuarded = false;
  try {
    while (true) {
      isGuarded ||= tryGuard(guard, path);
      if (isGuarded && await tryTake(path, options, facts)) return held(path, guard);
      if (options.clock.monotonic() >= deadline) throw lockedError(path, timeoutMs, options.port);
      await delay(options.pollMs ?? LOCK_POLL_MS);
    }
  } catch (error) {
    guard.close();
    throw error;
  }
}

/** The lock file of a config path. */
export async function lockPath(env: Env, configPath: string): Promise<string> {
  const hash = (await sha256Hex(configPath)).slice(0, 8);
  return join(lockFolder(env), `gateway.${hash}.lock`);
}

function lockFolder(env: Env): string {
  const uid = userId();
  return join(tempDir(env), uid === undefined ? "openclaw" : `openclaw-${uid}`);
}

/** The file beside a lock file that the kernel keeps locked for its owner. */
export function guardPath(path: string): string {
  return path.replace(/\.lock$/, ".guard");
}

function openGuard(path: string): Deno.FsFile {
  try {
    return Deno.openSync(guardPath(path), { read: true, write: true, create: true, mode: 0o600 });
  } catch (error) {
    throw ioError("open", guardPath(path), error);
  }
}

function tryGuard(guard: Deno.FsFile, path: string): boolean {
  try {
    return guard.tryLockSync(true);
  } catch (error) {
    throw ioError("lock", guardPath(path), error);
  }
}

/** Creates the lock file, after removing one whose owner is gone. Needs the guard. */
async function tryTake(
  path: string,
  options: GatewayLockOptions,
  facts: OwnerFacts,
): Promise<boolean> {
  if (createLockFile(path, options)) return true;
  const found = readLockFile(path);
  if (found !== undefined) {
    if (!await isOwnerDead(found, facts)) return false;
    removeFile(path);
  }
  return createLockFile(path, options);
}

/** Puts a complete lock file in place, unless there is one already. */
function createLockFile(path: string, options: GatewayLockOptions): boolean {
  const temporary = `${path}.${Deno.pid}.${randomHex(4)}.tmp`;
  const startTime = processStartTime(Deno.pid);
  const payload: LockPayload = {
    pid: Deno.pid,
    createdAt: new Date(options.clock.now()).toISOString(),
    configPath: options.configPath,
    ...(startTime === undefined ? {} : { startTime }),
  };
  try {
    Deno.writeTextFileSync(temporary, JSON.stringify(payload), { createNew: true, mode: 0o600 });
    return linkExclusively(temporary, path);
  } catch (error) {
    throw ioError("create lock", path, error);
  } finally {
    removeFile(temporary);
  }
}

function linkExclusively(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    return copyExclusively(from, to);
  }
}

/** For file systems without hard links; the guard keeps others from seeing a half-written copy. */
function copyExclusively(from: string, to: string): boolean {
  try {
    const text = Deno.readTextFileSync(from);
    Deno.writeTextFileSync(to, text, { createNew: true, mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** What a lock file says; `undefined` when there is none. */
export function readLockFile(path: string): FoundLock | undefined {
  try {
    const payload = parseLockPayload(Deno.readTextFileSync(path));
    const createdAt = payload === undefined ? NaN : Date.parse(payload.createdAt);
    const modified = Deno.statSync(path).mtime?.getTime() ?? 0;
    return { payload, createdAtMs: Number.isNaN(createdAt) ? modified : createdAt };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw ioError("read lock", path, error);
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw ioError("remove", path, error);
  }
}

function held(path: string, guard: Deno.FsFile): GatewayLock {
  let isHeld = true;
  return {
    path,
    release() {
      if (!isHeld) return;
      isHeld = false;
      try {
        // The guard goes last: until then no other process of this program touches the lock file.
        if (readLockFile(path)?.payload?.pid === Deno.pid) removeFile(path);
      } catch {
        // A lock file that cannot be removed names a process that is gone: the next start judges it.
      } finally {
        guard.close();
      }
    },
  };
}

function lockedError(path: string, timeoutMs: number, port: number): AppError {
  const pid = readLockFile(path)?.payload?.pid;
  const who = pid === undefined ? "pid unknown" : `pid ${pid}`;
  return new AppError(
    "GATEWAY_LOCKED",
    `gateway already running (${who}); lock timeout after ${timeoutMs}ms`,
    {
      hint: pid === undefined
        ? "openclaw gateway status"
        : `Stop it with Ctrl-C where it runs, or with: kill ${pid}`,
      retryable: true,
      details: { path, port, ...(pid === undefined ? {} : { pid }) },
    },
  );
}

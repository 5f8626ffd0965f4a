/**
 * What a gateway lock file says of its owner, and whether that owner still exists.
 *
 * @module
 */
import { type Clock, isObject, parseJsonOrUndefined } from "../base/mod.ts";
import { isProcessAlive, processCommand, processStartTime } from "./process.ts";

/** How long an owner of whom nothing is known keeps the lock. */
const UNKNOWN_OWNER_MS = 30_000;
/** How long another implementation may take from creating the lock to listening, or to filling it. */
const START_GRACE_MS = 30_000;
const HALF_WRITTEN_GRACE_MS = 2000;

/** The content of a gateway lock file. */
export interface LockPayload {
  pid: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  configPath: string;
  /** Start of the owner in clock ticks since boot, where the system tells. */
  startTime?: number;
}

/** A lock file as found. */
export interface FoundLock {
  /** `undefined` when the content is not a lock payload. */
  payload: LockPayload | undefined;
  /** When it was created, in milliseconds since the epoch. */
  createdAtMs: number;
}

/** What is asked of the machine; replaced in tests. */
export interface OwnerFacts {
  clock: Clock;
  ownPid: number;
  isAlive(pid: number): boolean;
  startTime(pid: number): number | undefined;
  command(pid: number): Promise<string | undefined>;
  /** Whether something accepts connections on the gateway's port. */
  isPortAccepting(): Promise<boolean>;
}

/** The facts of this machine. */
export function systemOwnerFacts(
  clock: Clock,
  isPortAccepting: () => Promise<boolean>,
): OwnerFacts {
  return {
    clock,
    ownPid: Deno.pid,
    isAlive: isProcessAlive,
    startTime: processStartTime,
    command: (pid) => processCommand(pid),
    isPortAccepting,
  };
}

/** Reads the content of a lock file. */
export function parseLockPayload(text: string): LockPayload | undefined {
  const value = parseJsonOrUndefined(text);
  if (!isObject(value)) return undefined;
  const { pid, createdAt, configPath, startTime } = value;
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid <= 0) return undefined;
  if (typeof createdAt !== "string" || typeof configPath !== "string") return undefined;
  return { pid, createdAt, configPath, ...(typeof startTime === "number" ? { startTime } : {}) };
}

/**
 * Whether the owner of a found lock is gone, so that the lock may be removed.
 *
 * Only asked by the holder of the guard (see `gateway_lock.ts`): the owner then is either a dead
 * process of this program, or a gateway of another implementation, which takes no guard.
 */
export async function isOwnerDead(lock: FoundLock, facts: OwnerFacts): Promise<boolean> {
  const ageMs = facts.clock.now() - lock.createdAtMs;
  const { payload } = lock;
  if (payload === undefined) {
    if (ageMs > UNKNOWN_OWNER_MS) return true;
    return ageMs > HALF_WRITTEN_GRACE_MS && !await facts.isPortAccepting();
  }
  // The guard is ours, so a lock in our name was left by an earlier process with the same pid.
  if (payload.pid === facts.ownPid || !facts.isAlive(payload.pid)) return true;
  const startTime = facts.startTime(payload.pid);
  const isSameProcess = payload.startTime !== undefined && payload.startTime === startTime;
  if (!isSameProcess) {
    if (payload.startTime !== undefined && startTime !== undefined) return true;
    const command = await facts.command(payload.pid);
    if (command !== undefined && !isGatewayCommand(command)) return true;
    if (command === undefined && ageMs > UNKNOWN_OWNER_MS) return true;
  }
  return ageMs > START_GRACE_MS && !await facts.isPortAccepting();
}

/** Whether a command line may be that of a gateway. */
export function isGatewayCommand(commandLine: string): boolean {
  return /openclaw/i.test(commandLine) || /\bgateway\b/i.test(commandLine);
}

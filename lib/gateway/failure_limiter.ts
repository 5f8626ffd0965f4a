/**
 * Slows down whoever guesses credentials.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import {
  AUTH_FAILURE_WINDOW_MS,
  AUTH_LOCKOUT_MAX_MS,
  AUTH_LOCKOUT_MIN_MS,
  MAX_AUTH_FAILURES_PER_WINDOW,
} from "../protocol/mod.ts";

/** How many failures are too many, and for how long. */
export interface FailureLimits {
  /** Failures within the window that lock a key. */
  maxFailures: number;
  windowMs: number;
  /** Length of the first lock; each further one doubles. */
  lockMs: number;
  maxLockMs: number;
  /** Failures of all keys together within the window that lock every key that failed in it. */
  globalMaxFailures: number;
  /** Keys remembered at most; the oldest are forgotten first. */
  maxKeys: number;
}

/** Ten failures a minute for an address, doubling from one minute to fifteen. */
export const DEFAULT_FAILURE_LIMITS: FailureLimits = {
  maxFailures: MAX_AUTH_FAILURES_PER_WINDOW,
  windowMs: AUTH_FAILURE_WINDOW_MS,
  lockMs: AUTH_LOCKOUT_MIN_MS,
  maxLockMs: AUTH_LOCKOUT_MAX_MS,
  globalMaxFailures: 1000,
  maxKeys: 10_000,
};

interface Entry {
  failures: number[];
  lockedUntil: number;
  locks: number;
}

/** Counts failures per key in a sliding window and locks keys that fail too often. */
export class FailureLimiter {
  readonly #clock: Clock;
  readonly #limits: () => FailureLimits;
  readonly #entries = new Map<string, Entry>();
  #globalWindowStart = 0;
  #globalFailures = 0;

  /** @param limits Read at each use: they may be configured anew. */
  constructor(clock: Clock, limits: () => FailureLimits = () => DEFAULT_FAILURE_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Milliseconds until `key` may try again; 0 when it may now. */
  lockedForMs(key: string): number {
    const now = this.#clock.monotonic();
    const { windowMs } = this.#limits();
    const entry = this.#entries.get(key);
    if (!entry) return 0;
    if (this.#isGloballySpent(now) && entry.failures.some((at) => now - at < windowMs)) {
      return Math.ceil(this.#globalWindowStart + windowMs - now);
    }
    return Math.max(0, Math.ceil(entry.lockedUntil - now));
  }

  /** Counts a wrong credential. */
  fail(key: string): void {
    const now = this.#clock.monotonic();
    const { maxFailures, windowMs, lockMs, maxLockMs } = this.#limits();
    this.#countGlobally(now);
    const entry = this.#entries.get(key) ?? { failures: [], lockedUntil: 0, locks: 0 };
    // Moves the key to the end of the map, which is kept in order of the last failure.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const last = entry.failures.at(-1) ?? now;
    if (now - last > maxLockMs * 2) entry.locks = 0;
    entry.failures = entry.failures.filter((at) => now - at < windowMs);
    entry.failures.push(now);
    if (entry.failures.length >= maxFailures) {
      entry.lockedUntil = now + Math.min(maxLockMs, lockMs * 2 ** entry.locks);
      entry.locks++;
      entry.failures = [now];
    }
    this.#forgetOldest();
  }

  /** Forgets the failures of a key that has shown a right credential. */
  succeed(key: string): void {
    this.#entries.delete(key);
  }

  #countGlobally(now: number): void {
    if (now - this.#globalWindowStart >= this.#limits().windowMs) {
      this.#globalWindowStart = now;
      this.#globalFailures = 0;
    }
    this.#globalFailures++;
  }

  #isGloballySpent(now: number): boolean {
    const { globalMaxFailures, windowMs } = this.#limits();
    return this.#globalFailures >= globalMaxFailures && now - this.#globalWindowStart < windowMs;
  }

  #forgetOldest(): void {
    const { maxKeys } = this.#limits();
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= maxKeys) return;
      this.#entries.delete(key);
    }
  }
}

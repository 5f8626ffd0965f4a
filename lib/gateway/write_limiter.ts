/**
 * Holds back clients that write the configuration, or ask for restarts, in quick succession.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import {
  type ErrorShape,
  MAX_WRITES_PER_WINDOW,
  rateLimited,
  WRITE_LIMIT_WINDOW_MS,
} from "../protocol/mod.ts";
import type { ClientIdentity } from "./client.ts";

const LIMIT_TEXT = `${MAX_WRITES_PER_WINDOW} per ${WRITE_LIMIT_WINDOW_MS / 1000}s`;

/** Methods that are counted together. */
const LIMITED_METHODS: ReadonlySet<string> = new Set([
  "config.apply",
  "config.patch",
  "gateway.restart.request",
  "update.run",
]);

/** Counts the writes of each client; failed ones count as well. */
export class WriteLimiter {
  readonly #clock: Clock;
  /** Times of a client's writes within the window, oldest first. */
  readonly #writes = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a write and answers `undefined`, or the refusal when it is one too many. */
  refuse(method: string, client: ClientIdentity): ErrorShape | undefined {
    if (!LIMITED_METHODS.has(method)) return undefined;
    const now = this.#clock.monotonic();
    this.#forgetBefore(now - WRITE_LIMIT_WINDOW_MS);
    const key = client.deviceId === undefined
      ? client.connId
      : `${client.deviceId} ${client.address}`;
    const writes = this.#writes.get(key) ?? [];
    if (writes.length >= MAX_WRITES_PER_WINDOW) {
      const retryAfterMs = Math.ceil(writes[0]! + WRITE_LIMIT_WINDOW_MS - now);
      return rateLimited(method, LIMIT_TEXT, retryAfterMs);
    }
    this.#writes.set(key, [...writes, now]);
    return undefined;
  }

  #forgetBefore(oldest: number): void {
    for (const [key, writes] of this.#writes) {
      const kept = writes.filter((time) => time > oldest);
      if (kept.length === 0) this.#writes.delete(key);
      else this.#writes.set(key, kept);
    }
  }
}

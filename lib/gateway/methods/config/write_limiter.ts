/**
 * Holds back clients that write the configuration, or ask for restarts, in quick succession.
 *
 * @module
 */
import type { Clock } from "../../../base/mod.ts";
import {
  MAX_WRITES_PER_WINDOW,
  rateLimited,
  WRITE_LIMIT_WINDOW_MS,
} from "../../../protocol/mod.ts";
import type { ClientIdentity } from "../../client.ts";
import { FailedReply } from "../../rpc.ts";

const LIMIT_TEXT = `${MAX_WRITES_PER_WINDOW} per ${WRITE_LIMIT_WINDOW_MS / 1000}s`;

/** Counts the writes of each client; failed ones count as well. */
export class WriteLimiter {
  readonly #clock: Clock;
  /** Times of a client's writes within the window, oldest first. */
  readonly #writes = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a write and answers `undefined`, or the refusal when it is one too many. */
  admit(method: string, client: ClientIdentity): FailedReply | undefined {
    const now = this.#clock.monotonic();
    this.#forgetBefore(now - WRITE_LIMIT_WINDOW_MS);
    const key = client.deviceId === undefined
      ? client.connId
      : `${client.deviceId} ${client.address}`;
    const writes = this.#writes.get(key) ?? [];
    if (writes.length >= MAX_WRITES_PER_WINDOW) {
      const retryAfterMs = Math.ceil(writes[0]! + WRITE_LIMIT_WINDOW_MS - now);
      return new FailedReply(undefined, rateLimited(method, LIMIT_TEXT, retryAfterMs));
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

/**
 * Checks the gateway's own credential: the shared token or password.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import type { Clock } from "../base/mod.ts";
import { limitKey } from "./address.ts";
import { FailureLimiter } from "./failure_limiter.ts";

/** How callers prove themselves. */
export type AuthMode = "none" | "token" | "password";

/** The credential a gateway was started with. */
export interface SharedSecret {
  mode: AuthMode;
  /** The token or password; absent in mode `none`. */
  secret?: string;
}

/** What a caller presented, and from where. */
export interface Attempt {
  token?: string | undefined;
  password?: string | undefined;
  /** Address of the peer. */
  address: string;
  /** Value of the `Origin` header; browsers are always limited. */
  origin?: string | undefined;
  /** Loopback peer without forwarding headers. */
  isLocalDirect: boolean;
}

/** Why an attempt failed, in the words of the protocol's `authReason`. */
export type AuthFailure =
  | "token_missing"
  | "token_mismatch"
  | "password_missing"
  | "password_mismatch"
  | "rate_limited";

/** The verdict on an attempt. */
export type AuthVerdict =
  | { ok: true; method: AuthMode }
  | { ok: false; reason: AuthFailure; retryAfterMs?: number };

/** Failures that count: a credential was shown and was wrong. */
const GUESSES: ReadonlySet<string> = new Set([
  "token_mismatch",
  "password_mismatch",
  "device_token_mismatch",
  "bootstrap_token_invalid",
]);

/** Bytes that a comparison always covers, so that its time tells nothing about the secret's length. */
const MIN_COMPARED_BYTES = 512;

/** Compares credentials in constant time and locks out those who guess. */
export class Authenticator {
  readonly mode: AuthMode;
  /** Filled up with zeros to the number of bytes that are compared. */
  readonly #secret: Uint8Array;
  readonly #secretBytes: number;
  readonly #comparedBytes: number;
  readonly #limiter: FailureLimiter;

  constructor({ mode, secret }: SharedSecret, clock: Clock) {
    this.mode = mode;
    this.#limiter = new FailureLimiter(clock);
    const bytes = new TextEncoder().encode(secret ?? "");
    this.#comparedBytes = Math.max(MIN_COMPARED_BYTES, bytes.length);
    this.#secret = padded(bytes, this.#comparedBytes);
    this.#secretBytes = bytes.length;
  }

  /** Judges an attempt and counts it when it is wrong; missing credentials do not count. */
  check(attempt: Attempt): AuthVerdict {
    const verdict = this.judge(attempt);
    if (!verdict.ok) this.countFailure(attempt, verdict.reason);
    return verdict;
  }

  /** Judges an attempt without counting it, for callers that may prove themselves another way. */
  judge(attempt: Attempt): AuthVerdict {
    if (this.mode === "none") return { ok: true, method: "none" };
    const key = limiterKey(attempt);
    const retryAfterMs = key === undefined ? 0 : this.#limiter.lockedForMs(key);
    if (retryAfterMs > 0) return { ok: false, reason: "rate_limited", retryAfterMs };
    const given = this.mode === "token" ? attempt.token : attempt.password;
    if (given === undefined || given === "") {
      return { ok: false, reason: this.mode === "token" ? "token_missing" : "password_missing" };
    }
    if (this.#matches(given)) {
      if (key !== undefined) this.#limiter.succeed(key);
      return { ok: true, method: this.mode };
    }
    return { ok: false, reason: this.mode === "token" ? "token_mismatch" : "password_mismatch" };
  }

  /** Counts a failed attempt, unless nothing was guessed. */
  countFailure(attempt: Attempt, reason: string): void {
    const key = limiterKey(attempt);
    if (key !== undefined && GUESSES.has(reason)) this.#limiter.fail(key);
  }

  #matches(given: string): boolean {
    const bytes = new TextEncoder().encode(given);
    const isEqual = timingSafeEqual(padded(bytes, this.#comparedBytes), this.#secret);
    return isEqual && bytes.length === this.#secretBytes;
  }
}

/** `bytes` cut or filled up with zeros to `length`. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  result.set(bytes.subarray(0, length));
  return result;
}

/** Browsers are counted by origin on loopback; other programs of this machine are not counted. */
function limiterKey({ address, origin, isLocalDirect }: Attempt): string | undefined {
  if (!isLocalDirect) return limitKey(address);
  return origin === undefined ? undefined : `origin:${origin.toLowerCase()}`;
}

/**
 * Checks the gateway's own credential: the shared token or password, or the word of its proxy.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { type Clock, KeyedQueue } from "../base/mod.ts";
import type { AuthMode, TrustedProxyAuth } from "../config/mod.ts";
import { limitKey } from "./address.ts";
import type { TailscaleFailure } from "./auth/tailscale.ts";
import type { ProxyFailure, ProxyVerdict } from "./auth/trusted_proxy.ts";
import { DEFAULT_FAILURE_LIMITS, FailureLimiter, type FailureLimits } from "./failure_limiter.ts";

/** The credential in force. */
export interface SharedSecret {
  mode: AuthMode;
  /**
   * The token or password; absent in mode `none`. In mode `trusted-proxy` it is the password of
   * programs on this machine, which do not come through the proxy.
   */
  secret?: string;
  /** Present in mode `trusted-proxy`. */
  proxy?: TrustedProxyAuth;
}

/** `gateway.auth.rateLimit` as it is in force. */
export interface AttemptLimits {
  limits: FailureLimits;
  /** Whether programs of this machine may guess as often as they like. */
  exemptsLoopback: boolean;
}

/** What holds unless it is configured otherwise. */
export const DEFAULT_ATTEMPT_LIMITS: AttemptLimits = {
  limits: DEFAULT_FAILURE_LIMITS,
  exemptsLoopback: true,
};

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
  /** What the headers of a proxy are worth; only in mode `trusted-proxy`. */
  proxy?: ProxyVerdict | undefined;
}

/** Why an attempt failed, in the words of the protocol's `authReason`. */
export type AuthFailure =
  | "token_missing"
  | "token_mismatch"
  | "token_missing_config"
  | "password_missing"
  | "password_mismatch"
  | "password_missing_config"
  | "rate_limited"
  | ProxyFailure
  | TailscaleFailure;

/** An attempt that failed; without a reason nothing was shown where several things would do. */
export interface FailedAttempt {
  ok: false;
  reason?: AuthFailure;
  retryAfterMs?: number;
}

/** The verdict on an attempt. */
export type AuthVerdict =
  | {
    ok: true;
    method: AuthMode | "tailscale";
    /** What the proxy leaves of the scopes; all of them when absent. */
    scopes?: readonly string[];
  }
  | FailedAttempt;

/** What is counted apart: guesses at the gateway's credential, and at those of devices. */
export type GuessKind = "shared" | "device";

/** Failures that count, a credential was shown and was wrong, and what they guessed at. */
const GUESSES: Readonly<Record<string, GuessKind>> = {
  token_mismatch: "shared",
  password_mismatch: "shared",
  device_token_mismatch: "device",
  bootstrap_token_invalid: "device",
};

/** Bytes that a comparison always covers, so that its time tells nothing about the secret's length. */
const MIN_COMPARED_BYTES = 512;

/** Compares credentials in constant time and locks out those who guess. */
export class Authenticator {
  readonly mode: AuthMode;
  readonly #limits: () => AttemptLimits;
  readonly #limiter: FailureLimiter;
  readonly #turns = new KeyedQueue();
  #proxy: TrustedProxyAuth | undefined;
  #text: string;
  /** Filled up with zeros to the number of bytes that are compared. */
  #secret!: Uint8Array;
  #secretBytes!: number;
  #generation = 0;
  readonly #failures: Record<GuessKind, number> = { shared: 0, device: 0 };

  /** @param limits Read at each attempt. */
  constructor(
    { mode, secret, proxy }: SharedSecret,
    clock: Clock,
    limits: () => AttemptLimits = () => DEFAULT_ATTEMPT_LIMITS,
  ) {
    this.mode = mode;
    this.#limits = limits;
    this.#limiter = new FailureLimiter(clock, () => limits().limits);
    this.#proxy = proxy;
    this.#text = secret ?? "";
    this.#setSecret(this.#text);
  }

  /** Counts the changes of the credential; whoever was let in by an earlier one must come again. */
  get generation(): number {
    return this.#generation;
  }

  /** Wrong guesses since the start, those of exempt programs included. */
  get failures(): Readonly<Record<GuessKind, number>> {
    return this.#failures;
  }

  /** Present in mode `trusted-proxy`. */
  get proxy(): TrustedProxyAuth | undefined {
    return this.#proxy;
  }

  /** Puts another credential of the same mode in force; answers whether it is another. */
  replace({ secret = "", proxy }: Omit<SharedSecret, "mode">): boolean {
    const isSame = secret === this.#text && JSON.stringify(proxy) === JSON.stringify(this.#proxy);
    if (isSame) return false;
    this.#proxy = proxy;
    this.#text = secret;
    this.#setSecret(secret);
    this.#generation++;
    return true;
  }

  /** Judges an attempt and counts it when it is wrong; missing credentials do not count. */
  check(attempt: Attempt): AuthVerdict {
    const verdict = this.judge(attempt);
    if (!verdict.ok) this.countFailure(attempt, verdict.reason);
    return verdict;
  }

  /** Judges an attempt without counting it, for callers that may prove themselves another way. */
  judge(attempt: Attempt): AuthVerdict {
    switch (this.mode) {
      case "none":
        return { ok: true, method: "none" };
      case "trusted-proxy":
        return this.#judgeProxied(attempt);
      default:
        return this.#judgeSecret(this.mode, attempt);
    }
  }

  /** Milliseconds until guesses of a kind are taken again; 0 when they are now. */
  lockedForMs(attempt: Attempt, kind: GuessKind): number {
    const key = this.#limiterKey(attempt, kind);
    return key === undefined ? 0 : this.#limiter.lockedForMs(key);
  }

  /**
   * Judges a caller after all others that are counted with it: of many who guess at the same moment
   * each sees the failures of those before it.
   */
  inTurn<T>(attempt: Attempt, judgement: () => Promise<T>): Promise<T> {
    const key = this.#limiterKey(attempt, "shared");
    return key === undefined ? judgement() : this.#turns.run(key, judgement);
  }

  /** Counts a failed attempt, unless nothing was guessed. */
  countFailure(attempt: Attempt, reason: string | undefined): void {
    const kind = GUESSES[reason ?? ""];
    if (kind === undefined) return;
    this.#failures[kind]++;
    const key = this.#limiterKey(attempt, kind);
    if (key !== undefined) this.#limiter.fail(key);
  }

  /** The word of the proxy, or of a program on this machine that has the password. */
  #judgeProxied(attempt: Attempt): AuthVerdict {
    const { proxy, isLocalDirect, password } = attempt;
    if (proxy?.ok) {
      const { scopes } = proxy;
      return { ok: true, method: "trusted-proxy", ...(scopes === undefined ? {} : { scopes }) };
    }
    const reason = proxy?.reason ?? "trusted_proxy_untrusted_source";
    if (!isLocalDirect || this.#text === "") return { ok: false, reason };
    return password ? this.#judgeSecret("password", attempt) : { ok: false };
  }

  /** Whether a text is the shared secret; not for attempts, which are counted. */
  isSecret(text: string): boolean {
    return this.#text !== "" && this.#matches(text);
  }

  #judgeSecret(mode: "token" | "password", attempt: Attempt): AuthVerdict {
    if (this.#text === "") return { ok: false, reason: `${mode}_missing_config` };
    const key = this.#limiterKey(attempt, "shared");
    const retryAfterMs = key === undefined ? 0 : this.#limiter.lockedForMs(key);
    if (retryAfterMs > 0) return { ok: false, reason: "rate_limited", retryAfterMs };
    const given = attempt[mode];
    if (given === undefined || given === "") return { ok: false, reason: `${mode}_missing` };
    if (!this.#matches(given)) return { ok: false, reason: `${mode}_mismatch` };
    if (key !== undefined) this.#limiter.succeed(key);
    return { ok: true, method: mode };
  }

  #setSecret(secret: string): void {
    const bytes = new TextEncoder().encode(secret);
    this.#secret = padded(bytes, Math.max(MIN_COMPARED_BYTES, bytes.length));
    this.#secretBytes = bytes.length;
  }

  #matches(given: string): boolean {
    const bytes = new TextEncoder().encode(given);
    const isEqual = timingSafeEqual(padded(bytes, this.#secret.length), this.#secret);
    return isEqual && bytes.length === this.#secretBytes;
  }

  /** Browsers are counted by origin on loopback; other programs of this machine only if configured. */
  #limiterKey({ address, origin, isLocalDirect }: Attempt, kind: GuessKind): string | undefined {
    if (!isLocalDirect) return `${kind} ${limitKey(address)}`;
    if (origin !== undefined) return `${kind} origin:${origin.toLowerCase()}`;
    return this.#limits().exemptsLoopback ? undefined : `${kind} ${limitKey(address)}`;
  }
}

/** `bytes` cut or filled up with zeros to `length`. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  result.set(bytes.subarray(0, length));
  return result;
}

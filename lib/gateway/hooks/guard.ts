/**
 * Who may call the webhooks.
 *
 * @module
 */
import type { Clock } from "../../base/mod.ts";
import type { HookVerdict } from "../../http/mod.ts";
import { limitKey } from "../address.ts";
import { Authenticator } from "../authenticator.ts";
import { DEFAULT_FAILURE_LIMITS, FailureLimiter, type FailureLimits } from "../failure_limiter.ts";

const MINUTE_MS = 60_000;

/** Twenty failures a minute, for every address: programs of this machine are no exception. */
const LIMITS: FailureLimits = {
  ...DEFAULT_FAILURE_LIMITS,
  maxFailures: 20,
  windowMs: MINUTE_MS,
  lockMs: MINUTE_MS,
  maxLockMs: MINUTE_MS,
};

/** Judges tokens of webhooks; outlives the configurations they come from. */
export class HookGuard {
  readonly #clock: Clock;
  readonly #limiter: FailureLimiter;
  #expected: { token: string; authenticator: Authenticator } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#limiter = new FailureLimiter(clock, () => LIMITS);
  }

  /**
   * Judges a token. The right one passes even while its address is locked: a sender of events does not
   * stop because somebody behind the same address guesses.
   *
   * @param expected The token in force.
   */
  judge(
    expected: string,
    given: string | undefined,
    address: string,
  ): HookVerdict {
    const key = limitKey(address);
    if (given !== undefined && this.#comparer(expected).isSecret(given)) {
      this.#limiter.succeed(key);
      return { ok: true };
    }
    const retryAfterMs = this.#limiter.lockedForMs(key);
    if (retryAfterMs > 0) return { ok: false, retryAfterMs };
    this.#limiter.fail(key);
    return { ok: false };
  }

  #comparer(token: string): Authenticator {
    if (this.#expected?.token !== token) {
      const authenticator = new Authenticator({ mode: "token", secret: token }, this.#clock);
      this.#expected = { token, authenticator };
    }
    return this.#expected.authenticator;
  }
}

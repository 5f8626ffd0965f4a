/**
 * Says in the log why requests do not count as those of the proxy's users: the answer tells nobody, and
 * the log is where the proxy gets set up.
 *
 * @module
 */
import type { Clock, Logger } from "../../base/mod.ts";
import type { HttpAuthResult, Peer } from "../../http/mod.ts";

/** How long a reason is not said again: everybody can send requests that are refused. */
const QUIET_MS = 60_000;

/** Remembers what was said. */
export class ProxyRefusals {
  readonly #clock: Clock;
  readonly #log: Logger;
  /** When each reason may be said again, on the monotonic clock; there are as many as required headers. */
  readonly #quietUntil = new Map<string, number>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Looks at a verdict, and hands it on. */
  noted(verdict: HttpAuthResult, { socketAddress }: Peer): HttpAuthResult {
    if (verdict.ok || verdict.status !== 401) return verdict;
    const { reason } = verdict;
    const now = this.#clock.monotonic();
    if (!reason.startsWith("trusted_proxy_") || now < (this.#quietUntil.get(reason) ?? 0)) {
      return verdict;
    }
    this.#quietUntil.set(reason, now + QUIET_MS);
    this.#log.warn(`request from ${socketAddress} refused: ${reason}`, { reason });
    return verdict;
  }
}

/**
 * Identity that Tailscale Serve puts into a request, believed only when Tailscale itself says the
 * same of the address.
 *
 * @module
 */
import {
  AppError,
  type Clock,
  isObject,
  type Logger,
  parseJsonOrUndefined,
} from "../../base/mod.ts";
import type { RunCommand } from "../../platform/mod.ts";
import { isLoopback } from "../address.ts";
import { runTailscale } from "../tailscale/program.ts";
import { forwardedHops } from "./forwarding.ts";
import { isAddress } from "./network.ts";

const WHOIS_TIMEOUT_MS = 5_000;
/** How long an answer holds; a page that reconnects does not start a program each time. */
const KNOWN_MS = 60_000;
/** How long a failure holds. */
const FAILED_MS = 5_000;
const MAX_ANSWERS = 200;
/** Questions asked at the same time; whoever comes while all are under way is refused. */
const MAX_QUESTIONS = 4;

/** Why an identity of Tailscale is not believed, in the words of the protocol's `authReason`. */
export type TailscaleFailure =
  | "tailscale_user_missing"
  | "tailscale_proxy_missing"
  | "tailscale_whois_failed"
  | "tailscale_user_mismatch";

/** What the headers of a request say. */
export type TailscaleClaim =
  | { readonly ok: true; readonly login: string; readonly address: string }
  | { readonly ok: false; readonly reason: TailscaleFailure };

/** The verdict on a claim. */
export type TailscaleVerdict =
  | { readonly ok: true; readonly user: string }
  | { readonly ok: false; readonly reason: TailscaleFailure };

/**
 * The identity that a request claims; `undefined` when no header of Tailscale is there.
 *
 * Serve runs on this machine and names exactly one client; anything else has passed another proxy, or
 * none.
 */
export function readTailscaleClaim(
  headers: Headers,
  socketAddress: string,
): TailscaleClaim | undefined {
  const names = [...headers.keys()].filter((name) => name.startsWith("tailscale-"));
  if (names.length === 0) return undefined;
  const login = headers.get("tailscale-user-login")?.trim();
  if (!login) return { ok: false, reason: "tailscale_user_missing" };
  const [address, ...others] = forwardedHops(headers);
  const isServe = isLoopback(socketAddress) && address !== undefined && others.length === 0 &&
    isAddress(address) && headers.has("x-forwarded-proto") && headers.has("x-forwarded-host");
  return isServe ? { ok: true, login, address } : { ok: false, reason: "tailscale_proxy_missing" };
}

/** What {@linkcode TailscaleWhois} works with. */
export interface TailscaleWhoisDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly run: RunCommand;
}

interface Answer {
  /** The login of the address; absent when Tailscale does not know it. */
  readonly login: Promise<string | undefined>;
  /** On the monotonic clock; endless while the question is under way. */
  until: number;
}

/** Asks Tailscale who an address belongs to. */
export class TailscaleWhois {
  readonly #deps: TailscaleWhoisDeps;
  /** By address, oldest first. */
  readonly #answers = new Map<string, Answer>();
  #questions = 0;

  constructor(deps: TailscaleWhoisDeps) {
    this.#deps = deps;
  }

  /** Whether Tailscale says the same as the headers. */
  async verify(claim: TailscaleClaim): Promise<TailscaleVerdict> {
    if (!claim.ok) return claim;
    const login = await this.#ask(claim.address);
    if (login === undefined) return { ok: false, reason: "tailscale_whois_failed" };
    return login.toLowerCase() === claim.login.toLowerCase()
      ? { ok: true, user: login }
      : { ok: false, reason: "tailscale_user_mismatch" };
  }

  #ask(address: string): Promise<string | undefined> {
    const { clock } = this.#deps;
    const known = this.#answers.get(address);
    if (known !== undefined && known.until > clock.monotonic()) return known.login;
    if (this.#questions >= MAX_QUESTIONS) return Promise.resolve(undefined);
    this.#questions++;
    const login = this.#whois(address).finally(() => this.#questions--);
    const answer: Answer = { login, until: Infinity };
    void login.then((found) =>
      answer.until = clock.monotonic() + (found === undefined ? FAILED_MS : KNOWN_MS)
    );
    this.#answers.delete(address);
    this.#answers.set(address, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MAX_ANSWERS) this.#answers.delete(oldest!);
    return login;
  }

  async #whois(address: string): Promise<string | undefined> {
    const { log } = this.#deps;
    try {
      const { code, stdout, stderr } = await runTailscale(
        this.#deps.run,
        ["whois", "--json", address],
        WHOIS_TIMEOUT_MS,
      );
      const login = code === 0 ? loginOf(stdout) : undefined;
      if (login === undefined) {
        log.warn(`tailscale whois ${address} failed (${code}): ${stderr.trim().slice(0, 200)}`);
      }
      return login;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn(`tailscale whois ${address} failed: ${error.message}`);
      return undefined;
    }
  }
}

/** The login name in the answer of `tailscale whois --json`. */
function loginOf(text: string): string | undefined {
  const answer = parseJsonOrUndefined(text);
  const profile = isObject(answer) ? answer.UserProfile : undefined;
  const login = isObject(profile) ? profile.LoginName : undefined;
  return typeof login === "string" && login.trim() !== "" ? login.trim() : undefined;
}

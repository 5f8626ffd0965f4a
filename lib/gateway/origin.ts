/**
 * Which web pages may talk to the gateway.
 *
 * @module
 */
import { hostName, isLoopbackHost } from "./address.ts";
import { isPrivateAddress } from "./auth/network.ts";

/** `gateway.controlUi`, as far as it is about origins. */
export interface OriginPolicy {
  /** Origins such as `https://ui.example`, or `*`. */
  allowedOrigins: readonly string[];
  /** Accepts a page that was served under the very name it connects to. */
  allowsHostFallback: boolean;
  /**
   * Whether every page that this machine's own loopback served may connect, whatever its port. Where no
   * credential is asked for, only the gateway's own pages may: another program's page is not the user.
   */
  hearsLocalPages: boolean;
}

/**
 * Whether a page may connect.
 *
 * Besides the configured ones these are pages that this machine's own loopback served, when the
 * connection comes straight from there.
 */
export function isAllowedOrigin(
  origin: string,
  peer: { isLocalDirect: boolean; host: string | undefined },
  policy: OriginPolicy,
): boolean {
  const { allowedOrigins, allowsHostFallback, hearsLocalPages } = policy;
  if (allowedOrigins.includes("*")) return true;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined || url.origin === "null") return false;
  if (allowedOrigins.some((allowed) => sameOrigin(allowed, url))) return true;
  if (allowsHostFallback && url.host === peer.host?.toLowerCase()) return true;
  return peer.isLocalDirect && isLoopbackHost(url.host) && isLoopbackHost(peer.host ?? "") &&
    (hearsLocalPages || url.host === peer.host?.toLowerCase());
}

/**
 * Whether a request that comes straight from this machine names this machine, an address of a private
 * network, or a configured origin.
 *
 * A page whose name was made to point at loopback would otherwise be served like the user's own; an
 * address cannot be made to point elsewhere.
 */
export function isAllowedHost(
  host: string | null,
  allowedOrigins: readonly string[] = [],
): boolean {
  if (host === null || isLoopbackHost(host) || allowedOrigins.includes("*")) return true;
  if (isPrivateAddress(hostName(host))) return true;
  return hostName(host) !== "" && allowedOrigins.some((allowed) => isHostOf(allowed, host));
}

/** Whether pages of an origin name `host` when they ask, with or without the port of the scheme. */
function isHostOf(origin: string, host: string): boolean {
  const url = URL.parse(origin);
  return url !== null && URL.parse(`${url.protocol}//${host}`)?.host === url.host;
}

function sameOrigin(allowed: string, url: URL): boolean {
  return URL.canParse(allowed) && new URL(allowed).origin === url.origin;
}

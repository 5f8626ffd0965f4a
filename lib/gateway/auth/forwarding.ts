/**
 * Who is behind a proxy, as far as the proxy may be believed.
 *
 * @module
 */
import { canonicalAddress } from "../../base/mod.ts";
import { isLoopback } from "../address.ts";
import { isAddress, isInNetworks } from "./network.ts";

/** Which proxies are believed, and which header besides `X-Forwarded-For`. */
export interface ForwardingPolicy {
  /** Addresses or networks. */
  readonly trustedProxies: readonly string[];
  /** Believes `X-Real-IP` where `X-Forwarded-For` names nobody. */
  readonly allowsRealIp: boolean;
}

/**
 * The canonical address of the client.
 *
 * Only a trusted proxy can name another one than its own: the last hop of `X-Forwarded-For` that is
 * neither loopback nor a trusted proxy. What stands before that hop is the client's own claim.
 *
 * @param socketAddress Canonical address of the TCP peer.
 */
export function clientAddress(
  headers: Headers,
  socketAddress: string,
  { trustedProxies, allowsRealIp }: ForwardingPolicy,
): string {
  if (!isInNetworks(socketAddress, trustedProxies)) return socketAddress;
  const hops = forwardedHops(headers).reverse();
  const client = hops.find((hop) => !isLoopback(hop) && !isInNetworks(hop, trustedProxies));
  if (client !== undefined) return isAddress(client) ? canonicalAddress(client) : socketAddress;
  const realIp = allowsRealIp ? withoutPort(headers.get("x-real-ip") ?? "") : "";
  return isAddress(realIp) ? canonicalAddress(realIp) : socketAddress;
}

/** The hops of `X-Forwarded-For`, the nearest last. */
export function forwardedHops(headers: Headers): string[] {
  const list = headers.get("x-forwarded-for") ?? "";
  return list.split(",").map((hop) => withoutPort(hop)).filter((hop) => hop !== "");
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711` without their ports. */
function withoutPort(text: string): string {
  const trimmed = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed);
  if (bracketed) return bracketed[1]!;
  return trimmed.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
}

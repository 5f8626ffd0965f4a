/**
 * What network addresses mean to the gateway: loopback, the unit of limits, a proxy's traces.
 *
 * @module
 */
import { canonicalAddress, parseIpv4, parseIpv6 } from "../base/mod.ts";

/** Headers a proxy adds; a request that bears one did not come straight from its peer. */
const FORWARDING_HEADERS = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-real-ip",
] as const;

/** What limits count by: the host for IPv4, the /64 network for IPv6. */
export function limitKey(address: string): string {
  const canonical = canonicalAddress(address);
  const groups = parseIpv6(canonical);
  if (!groups || isLoopback(canonical)) return canonical;
  return `${groups.slice(0, 4).map((group) => group.toString(16)).join(":")}::/64`;
}

/** Whether an address is this machine's own loopback. */
export function isLoopback(address: string): boolean {
  const canonical = canonicalAddress(address);
  return parseIpv4(canonical)?.[0] === 127 || canonical === "0:0:0:0:0:0:0:1";
}

/**
 * The name or address in a `Host`, in lower case: without port, brackets and the dot that a full name
 * may end with.
 *
 * @returns `""` for what is no host at all, so that nothing is read out of its middle.
 */
export function hostName(host: string): string {
  const [, bracketed, plain] = HOST.exec(host) ?? [];
  return (bracketed ?? plain ?? "").toLowerCase();
}

const HOST = /^(?:\[([^[\]]+)\]|([^\s:[\]/?#@\\,]+?)\.?)(?::\d+)?$/;

/** Whether a `Host` or an origin's host names loopback, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  const name = hostName(host);
  return name === "localhost" || name.endsWith(".localhost") || isLoopback(name);
}

/** Whether a proxy had its hand in the request. */
export function isForwarded(headers: Headers): boolean {
  return FORWARDING_HEADERS.some((name) => headers.has(name));
}

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

/** Whether a `Host` or an origin's host names loopback, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  const name = host.startsWith("[")
    ? host.slice(1, host.indexOf("]"))
    : host.replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") ||
    isLoopback(name);
}

/** Whether a proxy had its hand in the request. */
export function isForwarded(headers: Headers): boolean {
  return FORWARDING_HEADERS.some((name) => headers.has(name));
}

/**
 * Network addresses in one spelling, so that limits and trust cannot be evaded by another.
 *
 * @module
 */

/** Headers a proxy adds; a request that bears one did not come straight from its peer. */
const FORWARDING_HEADERS = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-real-ip",
] as const;

/** The eight 16-bit groups of an IPv6 address, or `undefined` when it is none. */
export function parseIpv6(text: string): number[] | undefined {
  let address = text.split("%")[0] ?? "";
  const dotted = address.match(/^(.*:)(\d+\.\d+\.\d+\.\d+)$/);
  if (dotted) {
    const bytes = parseIpv4(dotted[2]!);
    if (!bytes) return undefined;
    const [a, b, c, d] = bytes as [number, number, number, number];
    address = `${dotted[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** The four bytes of an IPv4 address, or `undefined` when it is none. */
export function parseIpv4(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) {
    return undefined;
  }
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** One spelling per host: IPv4-mapped addresses become IPv4, IPv6 is written out in full. */
export function canonicalAddress(text: string): string {
  const groups = parseIpv6(text);
  if (!groups) return text.toLowerCase();
  const [g6, g7] = [groups[6]!, groups[7]!];
  const isMapped = groups.slice(0, 5).every((group) => group === 0) &&
    groups[5] === 0xffff;
  if (isMapped) return `${g6 >> 8}.${g6 & 255}.${g7 >> 8}.${g7 & 255}`;
  return groups.map((group) => group.toString(16)).join(":");
}

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

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  return parts.map((part) => parseInt(part, 16));
}

/**
 * Which hosts the gateway may be sent to by a client: those of the public internet only.
 *
 * @module
 */
import { canonicalAddress, parseIpv4, parseIpv6 } from "./ip_address.ts";

/** First byte or bytes and length in bits of every IPv4 range that is not public. */
const CLOSED_IPV4: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];
/** Names that mean something only inside a network. */
const CLOSED_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/;

/** Whether an address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const canonical = canonicalAddress(address);
  const bytes = parseIpv4(canonical);
  if (bytes) return !CLOSED_IPV4.some(([network, bits]) => isWithin(bytes, network, bits));
  const groups = parseIpv6(canonical);
  if (!groups) return false;
  const [first, second] = groups as [number, number];
  // Global unicast without tunnels, which lead to an IPv4 address, and without documentation.
  return (first & 0xe000) === 0x2000 && first !== 0x2002 &&
    !(first === 0x2001 && (second === 0 || second === 0x0db8));
}

/** Whether the host of a URL may be one of the public internet, as far as its name tells. */
export function isPublicHost({ hostname }: URL): boolean {
  const name = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  if (parseIpv4(name) || name.includes(":")) return isPublicAddress(name);
  return name.includes(".") && !CLOSED_NAME.test(name);
}

function isWithin(bytes: readonly number[], network: string, bits: number): boolean {
  const shift = 32 - bits;
  return numberOf(bytes) >>> shift === numberOf(parseIpv4(network)!) >>> shift;
}

function numberOf(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => (sum << 8 | byte) >>> 0, 0);
}

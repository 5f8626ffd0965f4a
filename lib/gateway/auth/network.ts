/**
 * Networks as they are configured: one address, or `address/prefix`.
 *
 * @module
 */
import { canonicalAddress, parseIpv4, parseIpv6 } from "../../base/mod.ts";

/** Bits that an IPv4 address has in front of it when it is written as IPv6. */
const MAPPED_PREFIX_BITS = 96;

/** Networks of no public address: private, carrier, link-local and unique local ones, loopback. */
const PRIVATE_NETWORKS = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "::1",
  "fc00::/7",
  "fe80::/10",
];

/** Whether an address is in one of the networks; what is no network holds nothing. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return false;
  const bytes = bytesOf(address);
  return bytes !== undefined && networks.some((network) => contains(network, bytes));
}

/** Whether an address cannot be one of the public internet. */
export function isPrivateAddress(address: string): boolean {
  return isInNetworks(address, PRIVATE_NETWORKS);
}

/** Whether a text is an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return bytesOf(text) !== undefined;
}

function contains(network: string, address: readonly number[]): boolean {
  const [base = "", prefix, ...rest] = network.trim().split("/");
  const bytes = bytesOf(base);
  if (bytes === undefined || rest.length > 0 || bytes.length !== address.length) return false;
  const bits = prefix === undefined ? bytes.length * 8 : prefixBits(prefix, base, bytes);
  return bits !== undefined && bytes.every((byte, index) => {
    const own = Math.min(8, Math.max(0, bits - index * 8));
    const mask = (0xff00 >> own) & 0xff;
    return ((byte ^ address[index]!) & mask) === 0;
  });
}

/** The length of a prefix, counted in the bits of the canonical address. */
function prefixBits(text: string, base: string, bytes: readonly number[]): number | undefined {
  if (!/^\d{1,3}$/.test(text)) return undefined;
  const isMapped = bytes.length === 4 && base.includes(":");
  const bits = Number(text) - (isMapped ? MAPPED_PREFIX_BITS : 0);
  return bits >= 0 && bits <= bytes.length * 8 ? bits : undefined;
}

/** The bytes of an address in its canonical family, or `undefined` when it is none. */
function bytesOf(text: string): number[] | undefined {
  const canonical = canonicalAddress(text.trim());
  const groups = parseIpv6(canonical);
  return groups ? groups.flatMap((group) => [group >> 8, group & 0xff]) : parseIpv4(canonical);
}

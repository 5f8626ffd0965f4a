/**
 * Network addresses in one spelling, so that limits and trust cannot be evaded by another.
 *
 * @module
 */

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

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  return parts.map((part) => parseInt(part, 16));
}

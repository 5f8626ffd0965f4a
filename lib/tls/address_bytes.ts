/**
 * Addresses as the bytes that certificates hold.
 *
 * @module
 */

/** The 4 or 16 bytes of an address; `undefined` for anything else, such as a host name. */
export function addressBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bare = text.replace(/^\[|\]$/g, "");
  return bare.includes(":") ? ipv6Bytes(bare) : ipv4Bytes(bare);
}

function ipv4Bytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const parts = text.split(".");
  const isAddress = parts.length === 4 &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return isAddress ? Uint8Array.from(parts.map(Number)) : undefined;
}

function ipv6Bytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const host = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1);
  if (host === undefined) return undefined;
  // The address is in its short form now: groups without leading zeros, the last four bytes in hex.
  const [left = "", right] = host.split("::");
  const groupsOf = (part: string) => part === "" ? [] : part.split(":");
  const [before, after] = [groupsOf(left), groupsOf(right ?? "")];
  const zeros = right === undefined ? [] : Array(8 - before.length - after.length).fill("0");
  const groups = [...before, ...zeros, ...after].map((group) => parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

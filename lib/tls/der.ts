/**
 * The pieces of DER, the binary notation of certificates, as far as writing one takes them.
 *
 * @module
 */

/** Bytes of one value with its tag and length. */
export type Der = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** One value: tag, length, content. */
export function tagged(tag: number, ...parts: readonly Uint8Array[]): Der {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [tag, ...lengthBytes(size)];
  const bytes = new Uint8Array(head.length + size);
  bytes.set(head);
  let at = head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function lengthBytes(size: number): number[] {
  if (size < 0x80) return [size];
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

/** Values in an order that means something. */
export const sequence = (...parts: readonly Uint8Array[]): Der => tagged(0x30, ...parts);

/** Values in any order. */
export const setOf = (...parts: readonly Uint8Array[]): Der => tagged(0x31, ...parts);

/** Bytes as they are. */
export const octetString = (bytes: Uint8Array): Der => tagged(0x04, bytes);

/** Text. */
export const utf8String = (text: string): Der => tagged(0x0c, encoder.encode(text));

/** The truth value that is never the default. */
export const yes = (): Der => tagged(0x01, Uint8Array.of(0xff));

/** A number that is not negative, from its bytes, most significant first. */
export function integer(bytes: Uint8Array): Der {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  // The first bit is the sign.
  return (digits[0] ?? 0) & 0x80
    ? tagged(0x02, Uint8Array.of(0), digits)
    : tagged(0x02, digits.length === 0 ? Uint8Array.of(0) : digits);
}

/** Bits in whole bytes, of which the last `unused` ones do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Der {
  return tagged(0x03, Uint8Array.of(unused), bytes);
}

/** A value that is known by a number within its surroundings. */
export function context(number: number, ...parts: readonly Uint8Array[]): Der {
  return tagged(0xa0 | number, ...parts);
}

/** An object identifier such as `2.5.4.3`. */
export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(0x06, Uint8Array.from([40 * first + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}

/** A moment, to the second; the notation changes with the year 2050. */
export function time(at: Date): Der {
  const digits = at.toISOString().replace(/\.\d+Z$/, "Z").replace(/[-:T]/g, "");
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, encoder.encode(digits.slice(2)))
    : tagged(0x18, encoder.encode(digits));
}

/** The text form of a file: base64 between two lines that name what it is. */
export function toPem(label: string, bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

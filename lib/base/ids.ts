/**
 * Random and derived identifiers.
 *
 * @module
 */

/** A random UUID v4, lower case. */
export function randomId(): string {
  return crypto.randomUUID();
}

/** `byteCount` random bytes in lower-case hexadecimal. */
export function randomHex(byteCount: number): string {
  return crypto.getRandomValues(new Uint8Array(byteCount)).toHex();
}

/** SHA-256 of UTF-8 text or bytes, 64 lower-case hexadecimal digits. */
export async function sha256Hex(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/**
 * Bytes as text.
 *
 * @module
 */

/** Bytes as base64url without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Bytes of base64url or base64, padded or not; `undefined` when it is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const plain = text.trim().replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
    return Uint8Array.fromBase64(plain);
  } catch {
    // The text came from outside; the caller says what is wrong with it.
    return undefined;
  }
}

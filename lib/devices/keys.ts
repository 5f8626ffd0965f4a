/**
 * Ed25519 keys as text: PEM, base64url, and the device id that follows from a key.
 *
 * @module
 */
import { fromBase64, sha256Hex, toBase64Url } from "../base/mod.ts";

export { fromBase64, toBase64Url };

/** Bytes of a raw Ed25519 key, public or private. */
export const KEY_BYTES = 32;

/** DER in front of the 32 bytes of a PKCS #8 private key. */
const PRIVATE_PREFIX = Uint8Array.fromHex("302e020100300506032b657004220420");
/** DER in front of the 32 bytes of an SPKI public key. */
const PUBLIC_PREFIX = Uint8Array.fromHex("302a300506032b6570032100");
/** PKCS #8 of version 2 has the same layout up to the private key, and other lengths in front. */
const VERSION_2_PREFIX = Uint8Array.fromHex("3051020101300506032b657004220420");
const PEM_LINE_CHARS = 64;

/** The raw key of a public key in PEM, base64url or base64; of any length, the caller checks. */
export function publicKeyBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!text.includes("-----BEGIN")) return fromBase64(text);
  const der = fromPem(text, "PUBLIC KEY");
  return der === undefined ? undefined : keyAfter(der, [PUBLIC_PREFIX]);
}

/** The raw private key of a PKCS #8 PEM. */
export function privateKeyBytes(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const der = fromPem(pem, "PRIVATE KEY");
  return der === undefined ? undefined : keyAfter(der, [PRIVATE_PREFIX, VERSION_2_PREFIX]);
}

/** A raw private key as PKCS #8. */
export function privateKeyDer(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(PRIVATE_PREFIX, raw);
}

/** A raw private key as PEM. */
export function privateKeyPem(raw: Uint8Array): string {
  return toPem(privateKeyDer(raw), "PRIVATE KEY");
}

/** A raw public key as PEM. */
export function publicKeyPem(raw: Uint8Array): string {
  return toPem(concat(PUBLIC_PREFIX, raw), "PUBLIC KEY");
}

/** The id of the device that has this raw public key. */
export function deviceIdOf(publicKey: Uint8Array<ArrayBuffer>): Promise<string> {
  return sha256Hex(publicKey);
}

function keyAfter(
  der: Uint8Array<ArrayBuffer>,
  prefixes: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> | undefined {
  const prefix = prefixes.find((one) => one.every((byte, index) => der[index] === byte));
  if (prefix === undefined || der.length < prefix.length + KEY_BYTES) return undefined;
  return der.slice(prefix.length, prefix.length + KEY_BYTES);
}

function fromPem(pem: string, label: string): Uint8Array<ArrayBuffer> | undefined {
  const body = new RegExp(`-----BEGIN ${label}-----([^-]*)-----END ${label}-----`).exec(pem)?.[1];
  return body === undefined ? undefined : fromBase64(body.replace(/\s+/g, ""));
}

function toPem(der: Uint8Array, label: string): string {
  const lines = der.toBase64().match(new RegExp(`.{1,${PEM_LINE_CHARS}}`, "g")) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

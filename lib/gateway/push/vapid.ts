/**
 * How a gateway identifies itself to push services.
 *
 * @see RFC 8292 (voluntary application server identification)
 * @module
 */
import { fromBase64, isObject, toBase64Url } from "../../base/mod.ts";
import { PUBLIC_KEY_BYTES } from "./encrypt.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const PRIVATE_KEY_BYTES = 32;
/** A push service refuses more than a day. */
const TOKEN_TTL_S = 12 * 3600;

/** The key pair of a gateway; browsers tie their subscriptions to the public one. */
export interface VapidKeys {
  /** Uncompressed point, base64url. */
  readonly publicKey: string;
  /** 32 bytes, base64url; never leaves the store. */
  readonly privateKey: string;
}

/** Makes a key pair. */
export async function createVapidKeys(): Promise<VapidKeys> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const { d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { publicKey: toBase64Url(point), privateKey: d! };
}

/** A stored pair; `undefined` when it is none. */
export function readVapidKeys(value: unknown): VapidKeys | undefined {
  if (!isObject(value)) return undefined;
  const { publicKey, privateKey } = value;
  if (typeof publicKey !== "string" || typeof privateKey !== "string") return undefined;
  const isWhole = fromBase64(publicKey)?.length === PUBLIC_KEY_BYTES &&
    fromBase64(privateKey)?.length === PRIVATE_KEY_BYTES;
  return isWhole ? { publicKey, privateKey } : undefined;
}

/**
 * The `Authorization` of a push request.
 *
 * @param endpoint Where the request goes; the token is good for its origin only.
 * @param subject Whom a push service may write to: a `mailto:` or `https:` address.
 * @param nowMs Milliseconds since the epoch.
 */
export async function vapidAuthorization(
  keys: VapidKeys,
  endpoint: string,
  subject: string,
  nowMs: number,
): Promise<string> {
  const claims = {
    aud: new URL(endpoint).origin,
    exp: Math.floor(nowMs / 1000) + TOKEN_TTL_S,
    sub: subject,
  };
  const unsigned = `${jsonPart({ typ: "JWT", alg: "ES256" })}.${jsonPart(claims)}`;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    await importPrivateKey(keys),
    new TextEncoder().encode(unsigned),
  );
  const token = `${unsigned}.${toBase64Url(new Uint8Array(signature))}`;
  return `vapid t=${token}, k=${keys.publicKey}`;
}

function importPrivateKey({ publicKey, privateKey }: VapidKeys): Promise<CryptoKey> {
  const point = fromBase64(publicKey)!;
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: toBase64Url(point.subarray(1, 33)),
    y: toBase64Url(point.subarray(33)),
    d: privateKey,
  };
  return crypto.subtle.importKey("jwk", jwk, CURVE, false, ["sign"]);
}

function jsonPart(value: unknown): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(value)));
}

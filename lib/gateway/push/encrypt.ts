/**
 * Encrypts what a push service must not read, so that only the subscribed browser can.
 *
 * @see RFC 8291 (message encryption for Web Push), RFC 8188 (aes128gcm)
 * @module
 */

/** Bytes of an uncompressed point of P-256. */
export const PUBLIC_KEY_BYTES = 65;
/** Bytes of a subscription's authentication secret. */
export const AUTH_SECRET_BYTES = 16;
/** Bytes of a message that every push service takes. */
export const MAX_PUSH_BYTES = 3993;

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const SALT_BYTES = 16;
const RECORD_BYTES = 4096;
const LAST_RECORD = 2;

type Bytes = Uint8Array<ArrayBuffer>;

/** The keys of a subscription. */
export interface RecipientKeys {
  /** Uncompressed point. */
  readonly p256dh: Bytes;
  readonly auth: Bytes;
}

/** What is random in an encryption; given only to check against published examples. */
export interface EncryptionSeed {
  readonly salt: Bytes;
  readonly keys: CryptoKeyPair;
}

/** A new seed. */
export async function newSeed(): Promise<EncryptionSeed> {
  return {
    salt: crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
    keys: await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]),
  };
}

/**
 * The body of a push request with `Content-Encoding: aes128gcm`, in one record.
 *
 * @param message At most {@linkcode MAX_PUSH_BYTES}.
 * @throws {DOMException} When the subscription's key is no point of the curve.
 */
export async function encryptPush(
  message: Bytes,
  recipient: RecipientKeys,
  seed?: EncryptionSeed,
): Promise<Bytes> {
  const { salt, keys } = seed ?? await newSeed();
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  const { contentKey, nonce } = await deriveKeys(recipient, keys.privateKey, publicKey, salt);
  const padded = concat(message, Uint8Array.of(LAST_RECORD));
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce },
    await crypto.subtle.importKey("raw", contentKey, "AES-GCM", false, ["encrypt"]),
    padded,
  );
  const recordSize = new Uint8Array(4);
  new DataView(recordSize.buffer).setUint32(0, RECORD_BYTES);
  const keyLength = Uint8Array.of(publicKey.length);
  return concat(salt, recordSize, keyLength, publicKey, new Uint8Array(sealed));
}

async function deriveKeys(
  { p256dh, auth }: RecipientKeys,
  privateKey: CryptoKey,
  publicKey: Bytes,
  salt: Bytes,
) {
  const recipient = await crypto.subtle.importKey("raw", p256dh, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits(
    { name: "ECDH", public: recipient },
    privateKey,
    256,
  );
  const keyInfo = concat(text("WebPush: info\0"), p256dh, publicKey);
  const material = await expand(new Uint8Array(shared), auth, keyInfo, 32);
  return {
    contentKey: await expand(material, salt, text("Content-Encoding: aes128gcm\0"), 16),
    nonce: await expand(material, salt, text("Content-Encoding: nonce\0"), 12),
  };
}

/** HKDF with SHA-256. */
async function expand(material: Bytes, salt: Bytes, info: Bytes, bytes: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
  const derived = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt, info },
    key,
    bytes * 8,
  );
  return new Uint8Array(derived);
}

function text(value: string): Bytes {
  return new TextEncoder().encode(value);
}

function concat(...parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/**
 * The identity of this machine as a device: an Ed25519 key in `<stateDir>/identity/device.json`.
 *
 * The file is shared with other clients on the machine and keeps their format. It is written once
 * and never replaced: whoever loses the key loses every pairing.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { AppError, type Clock, isObject, parseJsonOrUndefined, randomHex } from "../base/mod.ts";
import { ensureDir, ioError, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";
import {
  deviceIdOf,
  fromBase64,
  KEY_BYTES,
  privateKeyBytes,
  privateKeyDer,
  privateKeyPem,
  publicKeyBytes,
  publicKeyPem,
  toBase64Url,
} from "./keys.ts";

const ALGORITHM = "Ed25519";

/** A device that can prove itself. */
export interface DeviceIdentity {
  /** SHA-256 of the raw public key, 64 lower-case hexadecimal digits. */
  readonly deviceId: string;
  /** Raw public key, 43 characters. */
  readonly publicKeyBase64Url: string;
  /** Milliseconds since the epoch; 0 when the file does not say. */
  readonly createdAtMs: number;
  /** Signs UTF-8 text, answering base64url. */
  sign(text: string): Promise<string>;
}

/** Where the identity of a state folder is kept. */
export function identityPath(stateDir: string): string {
  return join(stateDir, "identity", "device.json");
}

/**
 * The identity of a state folder.
 *
 * @returns `undefined` when there is none yet.
 * @throws {AppError} `IDENTITY_UNREADABLE`, `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function loadIdentity(stateDir: string): Promise<DeviceIdentity | undefined> {
  const path = identityPath(stateDir);
  const text = await readTextFileIfExists(path);
  return text === undefined ? undefined : await parseIdentity(path, text);
}

/**
 * The identity of a state folder, made at the first call. Of two processes that make one at the same
 * time, both get the one that was first.
 *
 * @throws {AppError} As {@linkcode loadIdentity}, and what writing a file can fail with.
 */
export async function ensureIdentity(stateDir: string, clock: Clock): Promise<DeviceIdentity> {
  const known = await loadIdentity(stateDir);
  if (known !== undefined) return known;
  const path = identityPath(stateDir);
  await ensureDir(dirname(path));
  await createOnce(path, await newIdentityText(clock.now()));
  return await loadIdentity(stateDir) ?? await ensureIdentity(stateDir, clock);
}

async function newIdentityText(now: number): Promise<string> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, true, [
    "sign",
    "verify",
  ]) as CryptoKeyPair;
  const { d = "", x = "" } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const [secret, publicKey] = [fromBase64(d)!, fromBase64(x)!];
  const file = {
    version: 1,
    deviceId: await deviceIdOf(publicKey),
    publicKeyPem: publicKeyPem(publicKey),
    privateKeyPem: privateKeyPem(secret),
    createdAtMs: now,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Puts a whole file in place unless one is there; a reader never sees a part of it. */
async function createOnce(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomHex(4)}.new`;
  await writeFileAtomic(temporary, text);
  try {
    await Deno.link(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    // Not every file system has hard links; there the last of two writers wins.
    if (await readTextFileIfExists(path) === undefined) await writeFileAtomic(path, text);
  } finally {
    await Deno.remove(temporary).catch((error) => {
      throw ioError("remove", temporary, error);
    });
  }
}

async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await Deno.open(path);
    try {
      await folder.sync();
    } finally {
      folder.close();
    }
  } catch {
    // Not every system can sync a folder; the file itself is on disk.
  }
}

async function parseIdentity(path: string, text: string): Promise<DeviceIdentity> {
  const file = parseJsonOrUndefined(text);
  if (!isObject(file)) throw unreadable(path, "it is not a JSON object");
  const { deviceId, publicKeyPem: publicPem, privateKeyPem: privatePem, createdAtMs } = file;
  if (file.version !== 1) throw unreadable(path, "its version is not 1");
  const publicKey = typeof publicPem === "string" ? publicKeyBytes(publicPem) : undefined;
  if (publicKey?.length !== KEY_BYTES) throw unreadable(path, "publicKeyPem is no Ed25519 key");
  const secret = typeof privatePem === "string" ? privateKeyBytes(privatePem) : undefined;
  if (secret === undefined) throw unreadable(path, "privateKeyPem is no Ed25519 key");
  if (deviceId !== await deviceIdOf(publicKey)) {
    throw unreadable(path, "deviceId does not belong to publicKeyPem");
  }
  return {
    deviceId,
    publicKeyBase64Url: toBase64Url(publicKey),
    createdAtMs: typeof createdAtMs === "number" ? createdAtMs : 0,
    sign: createSign(secret),
  };
}

/** Imports the key at the first signature. */
function createSign(secret: Uint8Array): (text: string) => Promise<string> {
  let key: Promise<CryptoKey> | undefined;
  return async (text) => {
    key ??= crypto.subtle.importKey("pkcs8", privateKeyDer(secret), ALGORITHM, false, ["sign"]);
    const signature = await crypto.subtle.sign(
      ALGORITHM,
      await key,
      new TextEncoder().encode(text),
    );
    return toBase64Url(new Uint8Array(signature));
  };
}

function unreadable(path: string, reason: string): AppError {
  return new AppError(
    "IDENTITY_UNREADABLE",
    `Cannot use the device identity "${path}": ${reason}`,
    {
      hint:
        `Restore it from a backup, or move it away to pair as a new device: mv ${path} ${path}.bad`,
      details: { path },
    },
  );
}

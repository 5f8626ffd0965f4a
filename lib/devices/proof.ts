/**
 * The gateway's half of the device proof: whether a connect was signed by the device it names.
 *
 * @module
 */
import {
  type ConnectParams,
  DEVICE_PROOF_FAILURES,
  DEVICE_SIGNATURE_SKEW_MS,
  type ErrorShape,
  invalidRequest,
} from "../protocol/mod.ts";
import { deviceIdOf, fromBase64, KEY_BYTES, publicKeyBytes, toBase64Url } from "./keys.ts";
import { signedText, signedToken } from "./signed_text.ts";

const ALGORITHM = "Ed25519";

/** Why a proof does not hold. */
export type ProofFailure = keyof typeof DEVICE_PROOF_FAILURES;

/** What a proof is checked against. */
export interface ProofContext {
  /** The challenge of this socket. */
  nonce: string;
  nowMs: number;
}

/** The outcome of a check; `publicKey` is base64url whatever the client sent. */
export type ProofVerdict =
  | { ok: true; deviceId: string; publicKey: string }
  | { ok: false; reason: ProofFailure };

/** The parts of the connect parameters that a proof covers. */
export type SignedConnect = Pick<ConnectParams, "client" | "role" | "scopes" | "auth"> & {
  device: NonNullable<ConnectParams["device"]>;
};

const MESSAGES: Readonly<Record<ProofFailure, string>> = {
  "device-id-mismatch": "device identity mismatch",
  "device-signature-stale": "device signature expired",
  "device-nonce-missing": "device nonce required",
  "device-nonce-mismatch": "device nonce mismatch",
  "device-signature": "device signature invalid",
  "device-public-key": "device public key invalid",
};

/**
 * Checks, in this order: the id against the key, the time, the nonce, the signature. A key that has
 * not the form of an Ed25519 key is found where its signature would be checked.
 */
export async function verifyDeviceProof(
  params: SignedConnect,
  { nonce, nowMs }: ProofContext,
): Promise<ProofVerdict> {
  const { device } = params;
  const key = publicKeyBytes(device.publicKey);
  if (key === undefined || device.id !== await deviceIdOf(key)) return fail("device-id-mismatch");
  if (Math.abs(nowMs - device.signedAt) > DEVICE_SIGNATURE_SKEW_MS) {
    return fail("device-signature-stale");
  }
  if (device.nonce.trim() === "") return fail("device-nonce-missing");
  if (device.nonce !== nonce) return fail("device-nonce-mismatch");
  if (key.length !== KEY_BYTES) return fail("device-public-key");
  if (!await isSigned(params, key)) return fail("device-signature");
  return { ok: true, deviceId: device.id, publicKey: toBase64Url(key) };
}

/** The refusal for a proof that does not hold; the socket is then closed with 1008. */
export function proofFailure(reason: ProofFailure): ErrorShape {
  return invalidRequest(MESSAGES[reason], { code: DEVICE_PROOF_FAILURES[reason], reason });
}

async function isSigned(params: SignedConnect, rawKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { client, role = "operator", scopes = [], auth, device } = params;
  const signature = fromBase64(device.signature);
  if (signature === undefined) return false;
  const key = await crypto.subtle.importKey("raw", rawKey, ALGORITHM, false, ["verify"]);
  const facts = {
    deviceId: device.id,
    clientId: client.id,
    clientMode: client.mode,
    role,
    scopes,
    signedAtMs: device.signedAt,
    token: signedToken(auth),
    nonce: device.nonce,
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  };
  for (const version of ["v3", "v2"] as const) {
    const text = new TextEncoder().encode(signedText(version, facts));
    if (await crypto.subtle.verify(ALGORITHM, key, signature, text)) return true;
  }
  return false;
}

function fail(reason: ProofFailure): ProofVerdict {
  return { ok: false, reason };
}

/**
 * Makes a certificate that vouches for itself, with the runtime's own cryptography: a fresh host has no
 * other program for it.
 *
 * @module
 */
import { addressBytes } from "./address_bytes.ts";
import {
  bitString,
  context,
  type Der,
  integer,
  objectId,
  octetString,
  sequence,
  setOf,
  tagged,
  time,
  toPem,
  utf8String,
  yes,
} from "./der.ts";

/** What the certificate says. */
export interface SelfSignedSpec {
  readonly commonName: string;
  /** Host names and addresses it is for, in this order. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A certificate and the key to it, both as PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

const KEY_KIND = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE_KIND = { name: "ECDSA", hash: "SHA-256" } as const;
const COORDINATE_BYTES = 32;
const SERIAL_BYTES = 16;

/**
 * Makes a key and a certificate for it: ECDSA on P-256, whose signature costs a server a fraction of
 * one by RSA. It is marked as that of a server and of no authority, which strict clients insist on.
 */
export async function createSelfSigned(spec: SelfSignedSpec): Promise<CertificatePair> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(KEY_KIND, true, [
    "sign",
    "verify",
  ]);
  const [publicDer, privateDer] = await Promise.all([
    crypto.subtle.exportKey("spki", publicKey),
    crypto.subtle.exportKey("pkcs8", privateKey),
  ]);
  const body = certificateBody(spec, new Uint8Array(publicDer));
  const raw = new Uint8Array(await crypto.subtle.sign(SIGNATURE_KIND, privateKey, body));
  const signature = sequence(
    integer(raw.subarray(0, COORDINATE_BYTES)),
    integer(raw.subarray(COORDINATE_BYTES)),
  );
  const certificate = sequence(body, signatureAlgorithm(), bitString(signature));
  return {
    cert: toPem("CERTIFICATE", certificate),
    key: toPem("PRIVATE KEY", new Uint8Array(privateDer)),
  };
}

/** ecdsa-with-SHA256. */
function signatureAlgorithm(): Der {
  return sequence(objectId("1.2.840.10045.4.3.2"));
}

function certificateBody(spec: SelfSignedSpec, publicKey: Uint8Array): Der {
  const name = sequence(
    setOf(sequence(objectId("2.5.4.3"), utf8String(spec.commonName))),
  );
  return sequence(
    context(0, integer(Uint8Array.of(2))),
    integer(serialNumber()),
    signatureAlgorithm(),
    name,
    sequence(time(new Date(spec.notBefore)), time(new Date(spec.notAfter))),
    name,
    publicKey,
    context(3, sequence(...extensions(spec.names))),
  );
}

/** A positive number that no other certificate has. */
function serialNumber(): Uint8Array {
  const bytes = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  bytes[0] = bytes[0]! & 0x7f | 0x40;
  return bytes;
}

function extensions(names: readonly string[]): Der[] {
  const critical = (id: string, value: Der) => sequence(objectId(id), yes(), octetString(value));
  const plain = (id: string, value: Der) => sequence(objectId(id), octetString(value));
  return [
    // Basic constraints: no authority.
    critical("2.5.29.19", sequence()),
    // Key usage: signatures.
    critical("2.5.29.15", bitString(Uint8Array.of(0x80), 7)),
    // Extended key usage: a server.
    plain("2.5.29.37", sequence(objectId("1.3.6.1.5.5.7.3.1"))),
    plain("2.5.29.17", sequence(...names.map(alternativeName))),
  ];
}

function alternativeName(name: string): Der {
  const address = addressBytes(name);
  return address === undefined
    ? tagged(0x82, new TextEncoder().encode(name))
    : tagged(0x87, address);
}

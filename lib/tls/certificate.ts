/**
 * What a certificate says.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";

/** The facts of one certificate. */
export interface CertificateFacts {
  /** SHA-256, `AA:BB:…`. */
  readonly fingerprint: string;
  /** Such as `CN=openclaw-gateway`. */
  readonly subject: string;
  readonly issuer: string;
  /** Whether it vouches for itself. */
  readonly isSelfSigned: boolean;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/**
 * Reads a certificate: PEM, of which the first one counts, or its binary form.
 *
 * @throws {AppError} `TLS_INVALID` when it is none.
 */
export async function readCertificate(source: string | Uint8Array): Promise<CertificateFacts> {
  const { X509Certificate } = await import("node:crypto");
  try {
    const cert = new X509Certificate(typeof source === "string" ? firstPem(source) : source);
    return {
      fingerprint: cert.fingerprint256,
      subject: cert.subject ?? "",
      issuer: cert.issuer ?? "",
      isSelfSigned: cert.subject === cert.issuer,
      validFrom: Date.parse(cert.validFrom),
      validTo: Date.parse(cert.validTo),
    };
  } catch (cause) {
    throw new AppError("TLS_INVALID", "Cannot read a certificate: the text holds none", { cause });
  }
}

/**
 * Whether a private key belongs to a certificate.
 *
 * @throws {AppError} `TLS_INVALID` when the key cannot be read.
 */
export async function isKeyOf(keyPem: string, certPem: string): Promise<boolean> {
  const { X509Certificate, createPrivateKey } = await import("node:crypto");
  try {
    return new X509Certificate(firstPem(certPem)).checkPrivateKey(createPrivateKey(keyPem));
  } catch (cause) {
    throw new AppError("TLS_INVALID", "Cannot read a private key: the text holds none", { cause });
  }
}

/** The certificates of a text, each with its frame. */
export function pemBlocks(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function firstPem(text: string): string {
  return pemBlocks(text)[0] ?? text;
}

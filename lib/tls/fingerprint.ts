/**
 * Fingerprints of certificates: how people write them, and how they are compared.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";

/**
 * A SHA-256 fingerprint in its one spelling, `AA:BB:…`, from whatever programs print: with or without
 * colons, in any case, behind `sha256:` or `SHA256 Fingerprint=`.
 *
 * @throws {AppError} `TLS_FINGERPRINT_INVALID`
 */
export function parseFingerprint(text: string): string {
  const digits = text.trim()
    .replace(/^sha-?256(?:\s+fingerprint)?\s*[:=]?\s*/i, "")
    .replace(/[:\s]/g, "").toUpperCase();
  if (/^[0-9A-F]{64}$/.test(digits)) return digits.match(/../g)!.join(":");
  throw new AppError(
    "TLS_FINGERPRINT_INVALID",
    `Cannot use certificate fingerprint "${text}": expected the 64 hexadecimal digits of a SHA-256`,
    { hint: "openclaw gateway probe, on the gateway's machine, shows it" },
  );
}

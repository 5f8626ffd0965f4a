/**
 * The certificate that a gateway shows, beside the one that is expected of it.
 *
 * @module
 */
import type { Target } from "./target.ts";

/** What was shown and what to think of it. */
export interface ShownCertificate {
  /** SHA-256, `AA:BB:…`. */
  readonly fingerprint: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly validTo: number;
  /** The fingerprint that is expected; `null` when none is. */
  readonly expected: string | null;
  /** Whether it is the expected one or, where none is, one that an authority vouches for. */
  readonly trusted: boolean;
  /** Why no authority vouches for it. */
  readonly distrust: string | null;
}

/** Looks at the certificate of a gateway; nothing is said to it. */
export async function showCertificate(
  { url: text, tlsFingerprint, ssh }: Target,
  timeoutMs: number,
): Promise<ShownCertificate | undefined> {
  const url = URL.parse(text);
  if (url?.protocol !== "wss:" || ssh !== undefined) return undefined;
  const { parseFingerprint, peekCertificate } = await import("../../tls/mod.ts");
  const shown = await peekCertificate({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || 443,
    timeoutMs,
  }).catch(() => undefined);
  if (shown === undefined) return undefined;
  const { fingerprint, subject, validTo, distrust = null } = shown;
  const expected = spelled(tlsFingerprint, parseFingerprint);
  const trusted = expected === null ? distrust === null : expected === fingerprint;
  return { fingerprint, subject, validTo, expected, trusted, distrust };
}

/** One that is malformed is shown as it is; it matches nothing, and connecting says why. */
function spelled(text: string | undefined, parse: (text: string) => string): string | null {
  if (text === undefined) return null;
  try {
    return parse(text);
  } catch {
    return text;
  }
}

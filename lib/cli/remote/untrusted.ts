/**
 * What to say about a gateway whose certificate nobody vouches for.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { Target } from "./target.ts";

const PEEK_TIMEOUT_MS = 3000;

/**
 * The same failure, or one that shows the certificate, where nobody vouches for it. The runtime's own
 * words do not always tell, so the gateway is asked once more.
 */
export async function explainCertificate(error: unknown, target: Target): Promise<unknown> {
  const { url, tlsFingerprint, ssh } = target;
  const isDirect = url.startsWith("wss:") && tlsFingerprint === undefined && ssh === undefined;
  const isLost = error instanceof AppError && error.code === "GATEWAY_UNREACHABLE";
  if (!isDirect || !isLost) return error;
  const { peekCertificate } = await import("../../tls/mod.ts");
  const { hostname, port } = new URL(url);
  const shown = await peekCertificate({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || 443,
    timeoutMs: PEEK_TIMEOUT_MS,
  }).catch(() => undefined);
  if (shown?.distrust === undefined) return error;
  const { subject, issuer, isSelfSigned, fingerprint, validTo } = shown;
  const origin = isSelfSigned ? "self-signed" : `issued by ${issuer}`;
  const end = new Date(validTo).toISOString().slice(0, 10);
  return new AppError(
    "GATEWAY_CERTIFICATE",
    `Cannot trust the certificate of "${url}" (${shown.distrust}): nothing was sent`,
    {
      hint:
        'Compare it with what "openclaw gateway probe" shows on the gateway\'s machine, then: ' +
        `openclaw config set gateway.remote.tlsFingerprint ${fingerprint}`,
      details: {
        fingerprint,
        distrust: shown.distrust,
        context: [`Certificate: ${subject}, ${origin}, until ${end}`, `SHA-256: ${fingerprint}`],
      },
      cause: error,
    },
  );
}

/**
 * Certificates: the one a gateway serves with, and those of gateways elsewhere.
 *
 * @module
 */
export { type CertificateFacts, readCertificate } from "./certificate.ts";
export { type DialOptions, peekCertificate } from "./dial.ts";
export { parseFingerprint } from "./fingerprint.ts";
export { openPinnedRoute, type PinnedOptions, type PinnedRoute } from "./pinned_route.ts";
export { type LocalAnswer, requestLocally } from "./local_request.ts";
export { createSelfSigned, type SelfSignedSpec } from "./self_signed.ts";
export {
  ensureServerTls,
  localFingerprint,
  type ServerTls,
  type ServerTlsOptions,
  tlsPlaces,
  type TlsSettings,
} from "./server_tls.ts";

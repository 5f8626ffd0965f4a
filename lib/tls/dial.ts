/**
 * TLS connections to servers whose certificate no authority vouches for: what it is, and whether it is
 * the expected one.
 *
 * The runtime's own client has no room for a fingerprint, so these go through `node:tls`. Without a
 * trusted certificate not every runtime checks that the server has the key to what it shows: such a
 * connection is good for a look and for nothing else.
 *
 * @module
 */
import type { TLSSocket } from "node:tls";
import { AppError, errorMessage, isObject } from "../base/mod.ts";
import { type CertificateFacts, readCertificate } from "./certificate.ts";
import { toPem } from "./der.ts";
import { addressBytes } from "./address_bytes.ts";

/** Where to connect. */
export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** The name that the server is asked for, when it is not `host`. */
  readonly serverName?: string;
  readonly timeoutMs: number;
  /** PEM of the one certificate to trust, whatever names it is for; without it any one is taken. */
  readonly trusted?: string;
}

/** A connection after its handshake. */
export interface DialledTls {
  readonly socket: TLSSocket;
  readonly certificate: CertificateFacts;
  /** The certificate itself. */
  readonly pem: string;
  /** Why nobody vouches for it, as a code of OpenSSL; absent when an authority does. */
  readonly distrust?: string;
}

/**
 * Connects and shakes hands; nothing else is sent.
 *
 * @throws {AppError} `GATEWAY_UNREACHABLE` when nothing listens or what does speaks no TLS,
 * `GATEWAY_CERTIFICATE` when it is not `trusted` or its key is missing, or `GATEWAY_TIMEOUT`.
 */
export async function dialTls(options: DialOptions): Promise<DialledTls> {
  const { connect } = await import("node:tls");
  const { host, port, timeoutMs } = options;
  const name = options.serverName ?? host;
  const socket = connect({
    host,
    port,
    ...(options.trusted === undefined ? { rejectUnauthorized: false } : {
      rejectUnauthorized: true,
      ca: [options.trusted],
      checkServerIdentity: () => undefined,
    }),
    ALPNProtocols: ["http/1.1"],
    ...(addressBytes(name) === undefined ? { servername: name } : {}),
  });
  socket.setNoDelay(true);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(tooSlow(options)), timeoutMs);
  const onError = (error: unknown) =>
    reject(options.trusted === undefined ? unreachable(options, error) : unproven(options, error));
  socket.once("secureConnect", () => resolve());
  socket.once("error", onError);
  socket.once("close", onError);
  try {
    await promise;
    const raw = socket.getPeerCertificate()?.raw;
    if (raw === undefined) {
      throw options.trusted === undefined
        ? unreachable(options, "the server showed no certificate")
        : unproven(options, "it did not prove that it holds the key");
    }
    const der = new Uint8Array(raw);
    const certificate = await readCertificate(der);
    const distrust = distrustOf(socket, certificate);
    const dialled = { socket, certificate, pem: toPem("CERTIFICATE", der) };
    return distrust === undefined ? dialled : { ...dialled, distrust };
  } catch (error) {
    socket.once("error", () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off("error", onError);
    socket.off("close", onError);
  }
}

/**
 * The certificate of a server, without saying anything to it.
 *
 * @throws {AppError} As {@linkcode dialTls}.
 */
export async function peekCertificate(
  options: DialOptions,
): Promise<CertificateFacts & { readonly distrust?: string }> {
  const { socket, certificate, distrust } = await dialTls(options);
  socket.on("error", () => {});
  socket.destroy();
  return { ...certificate, ...(distrust === undefined ? {} : { distrust }) };
}

/** Not every runtime says so of a connection that takes any certificate. */
function distrustOf(
  { authorized, authorizationError }: TLSSocket,
  { isSelfSigned }: CertificateFacts,
): string | undefined {
  if (authorized) return isSelfSigned ? "DEPTH_ZERO_SELF_SIGNED_CERT" : undefined;
  // The type says an error; it is a code, or an error that has one.
  const error: unknown = authorizationError;
  return isObject(error) && typeof error.code === "string" ? error.code : String(error);
}

function at({ host, port }: DialOptions): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function unproven(options: DialOptions, cause: unknown): AppError {
  const why = errorMessage(cause);
  const isAuthority = why.includes("CaUsedAsEndEntity");
  return new AppError(
    "GATEWAY_CERTIFICATE",
    `Cannot verify the certificate of "${at(options)}": ` +
      (isAuthority ? "it is marked as that of an authority" : why),
    {
      hint: isAuthority
        ? "Give the gateway another certificate, or go through SSH: " +
          "openclaw config set gateway.remote.transport ssh"
        : "openclaw gateway probe",
      cause,
    },
  );
}

function tooSlow(options: DialOptions): AppError {
  return new AppError("GATEWAY_TIMEOUT", `gateway timeout after ${options.timeoutMs}ms`, {
    hint: "openclaw gateway probe",
    retryable: true,
  });
}

function unreachable(options: DialOptions, cause: unknown): AppError {
  const why = cause instanceof Error || typeof cause === "string"
    ? errorMessage(cause)
    : "the connection was closed";
  return new AppError(
    "GATEWAY_UNREACHABLE",
    `Cannot speak TLS with ${at(options)}: ${why}`,
    { hint: "openclaw gateway probe", retryable: true, cause },
  );
}

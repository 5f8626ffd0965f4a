/**
 * The way to a gateway whose certificate is known by its fingerprint.
 *
 * @module
 */
import { Duplex } from "node:stream";
import { AppError } from "../base/mod.ts";
import { type DuplexStream, openLoopbackDoor } from "../platform/mod.ts";
import { type DialledTls, type DialOptions, dialTls } from "./dial.ts";
import { parseFingerprint } from "./fingerprint.ts";

/** What is expected of a server. */
export interface PinnedOptions extends DialOptions {
  /** SHA-256 of its certificate, in any spelling. */
  readonly fingerprint: string;
  /** Host and port as requests are to name them. */
  readonly authority: string;
}

/** A way that is open: one connection to the address goes to the server. */
export interface PinnedRoute {
  /** `ws://` address on loopback. */
  readonly url: string;
  close(): void;
}

/**
 * Connects, compares the certificate, and only then opens a way for one WebSocket.
 *
 * @throws {AppError} `GATEWAY_CERTIFICATE` when it is another certificate; nothing was sent then.
 */
export async function openPinnedRoute(options: PinnedOptions): Promise<PinnedRoute> {
  const expected = parseFingerprint(options.fingerprint);
  const { socket, certificate } = await dialTls(options);
  if (certificate.fingerprint !== expected) {
    socket.on("error", () => {});
    socket.destroy();
    throw mismatch(options.authority, expected, certificate.fingerprint);
  }
  const door = openLoopbackDoor(streamOf(socket), {
    rewriteHead: (head) => head.replace(/^(host:)[^\r\n]*/im, `$1 ${options.authority}`),
  });
  return { url: `ws://127.0.0.1:${door.port}/`, close: () => door.close() };
}

function streamOf(socket: DialledTls["socket"]): DuplexStream {
  // A broken connection ends the streams; without a listener it would end the process.
  socket.on("error", () => {});
  const { readable, writable } = Duplex.toWeb(socket);
  return {
    readable: readable as ReadableStream<Uint8Array>,
    writable: writable as WritableStream<Uint8Array>,
  };
}

function mismatch(authority: string, expected: string, actual: string): AppError {
  return new AppError(
    "GATEWAY_CERTIFICATE",
    `gateway tls fingerprint mismatch: "${authority}" has another certificate than the expected one`,
    {
      hint: "Compare on the gateway's machine: openclaw gateway probe; if the new one is right: " +
        `openclaw config set gateway.remote.tlsFingerprint ${actual}`,
      details: { expected, actual, context: [`Expected: ${expected}`, `Presented: ${actual}`] },
    },
  );
}

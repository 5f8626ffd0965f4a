/**
 * The way to a gateway whose certificate is known by its fingerprint.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import { type DuplexStream, openLoopbackDoor } from "../platform/mod.ts";
import { type DialledTls, dialTls } from "./dial.ts";
import { parseFingerprint } from "./fingerprint.ts";

/** What is expected of a server. */
export interface PinnedOptions {
  /** Where to connect; asked for each of two connections. */
  place(): Promise<{ readonly host: string; readonly port: number }>;
  /** SHA-256 of its certificate, in any spelling. */
  readonly fingerprint: string;
  /** Host and port as requests are to name them. */
  readonly authority: string;
  /** Time for each connection. */
  readonly timeoutMs: number;
}

/** A way that is open: one connection to the address goes to the server. */
export interface PinnedRoute {
  /** `ws://` address on loopback. */
  readonly url: string;
  close(): void;
}

/**
 * Looks at the certificate, compares it, and only then opens a way for one WebSocket, to a server that
 * has proven that it holds the key to this very certificate.
 *
 * @throws {AppError} `GATEWAY_CERTIFICATE` when it is another certificate or the key is missing; nothing
 * was sent then.
 */
export async function openPinnedRoute(options: PinnedOptions): Promise<PinnedRoute> {
  const { authority, timeoutMs } = options;
  const expected = parseFingerprint(options.fingerprint);
  const serverName = new URL(`wss://${authority}`).hostname.replace(/^\[|\]$/g, "");
  const dial = async (trusted?: string) => {
    const place = await options.place();
    const only = trusted === undefined ? {} : { trusted };
    const dialled = await dialTls({ ...place, serverName, timeoutMs, ...only });
    const { certificate: { fingerprint } } = dialled;
    if (fingerprint === expected) return dialled;
    hangUp(dialled);
    throw mismatch(authority, expected, fingerprint);
  };
  const look = await dial();
  hangUp(look);
  const { socket } = await dial(look.pem);
  const door = openLoopbackDoor(await streamOf(socket), {
    rewriteHead: (head) => head.replace(/^(host:)[^\r\n]*/im, `$1 ${authority}`),
  });
  return { url: `ws://127.0.0.1:${door.port}/`, close: () => door.close() };
}

function hangUp({ socket }: DialledTls): void {
  socket.on("error", () => {});
  socket.destroy();
}

async function streamOf(socket: DialledTls["socket"]): Promise<DuplexStream> {
  const { Duplex } = await import("node:stream");
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

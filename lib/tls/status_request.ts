/**
 * Whether a server with TLS answers at all, where that is the whole question.
 *
 * @module
 */
import { type DialOptions, dialTls } from "./dial.ts";

/**
 * Asks for a path and reads the status of the answer. The server is not authenticated, nothing secret
 * is sent and nothing of the answer is used.
 *
 * @returns The HTTP status, or `undefined` when what comes is no answer.
 * @throws {AppError} As {@linkcode dialTls}.
 */
export async function requestStatus(
  options: DialOptions,
  path: string,
): Promise<number | undefined> {
  const { socket } = await dialTls(options);
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  let head = "";
  socket.on("data", (bytes: Uint8Array) => {
    head += new TextDecoder().decode(bytes);
    if (head.includes("\r\n")) resolve(Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]) || undefined);
  });
  socket.on("error", () => resolve(undefined));
  socket.on("close", () => resolve(undefined));
  socket.setTimeout(options.timeoutMs, () => resolve(undefined));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

/**
 * Questions to a gateway of this machine whose answer decides nothing but what to wait for.
 *
 * @module
 */
import { type DialOptions, dialTls } from "./dial.ts";

/** What was answered. */
export interface LocalAnswer {
  readonly status: number;
  readonly text: string;
}

/** Longer answers are none to such a question. */
const MAX_ANSWER_CHARS = 64 * 1024;

/**
 * Asks for a path. The server is not authenticated and nothing secret is sent.
 *
 * @returns `undefined` when what comes is no answer.
 * @throws {AppError} As {@linkcode dialTls}.
 */
export async function requestLocally(
  options: DialOptions,
  path: string,
): Promise<LocalAnswer | undefined> {
  const { socket } = await dialTls(options);
  const { promise, resolve } = Promise.withResolvers<void>();
  const decoder = new TextDecoder();
  let answer = "";
  socket.on("data", (bytes: Uint8Array) => {
    answer += decoder.decode(bytes, { stream: true });
    if (answer.length > MAX_ANSWER_CHARS) resolve();
  });
  for (const end of ["end", "close", "error"]) socket.on(end, () => resolve());
  socket.setTimeout(options.timeoutMs, () => resolve());
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  await promise;
  socket.destroy();
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
  return status > 0 ? { status, text: rest.join("\r\n\r\n") } : undefined;
}

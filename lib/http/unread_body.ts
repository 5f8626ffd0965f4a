/**
 * Bodies that nobody reads, because the answer does not depend on them.
 *
 * @module
 */
import { MAX_UNREAD_BYTES, UNREAD_TIMEOUT_MS } from "./limits.ts";

/**
 * Takes what is left of a request before its answer is sent. A server closes the connection behind an
 * answer to a body that it has not read, and a client that keeps connections may send its next request
 * into the closing one.
 *
 * @returns Whether nothing is left. What is large or late stays where it is: closing the connection is
 * what ends it.
 */
export async function takeUnreadBody(request: Request): Promise<boolean> {
  if (!request.body || request.bodyUsed) return true;
  if (Number(request.headers.get("content-length")) > MAX_UNREAD_BYTES) return false;
  const reader = request.body.getReader();
  let isLeft = false;
  const leave = () => {
    isLeft = true;
    reader.cancel().catch(() => {});
  };
  const timer = setTimeout(leave, UNREAD_TIMEOUT_MS);
  try {
    let left = MAX_UNREAD_BYTES;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      left -= part.value.length;
      if (left < 0) leave();
    }
  } catch {
    // The client is gone, and with it the connection.
  } finally {
    clearTimeout(timer);
  }
  return !isLeft;
}

/**
 * A `fetch` whose abort leaves no connection behind.
 *
 * When an abort meets the head of the answer, the runtime's own `fetch` forgets one of both: Deno 2.7 the
 * connection, which stays open for good, Deno 2.9 the abort.
 *
 * @module
 */

/** How long the head of an answer is waited for that nobody wants any more. */
const GRACE_MS = 1000;

/**
 * Fetches; an abort rejects at once.
 *
 * A connection whose answer has not begun is given a moment to begin it, so that the end of one and the
 * beginning of the other do not meet; then it is cut.
 *
 * @throws The reason of the signal, or what `fetch` throws.
 */
export async function fetchLettingGo(
  input: string | URL | Request,
  init: RequestInit,
  graceMs = GRACE_MS,
): Promise<Response> {
  const { signal, ...rest } = init;
  signal?.throwIfAborted();
  const connection = new AbortController();
  const pending = fetch(input, { ...rest, signal: connection.signal });
  if (!signal) return await pending;
  const given = Promise.withResolvers<never>();
  const onAbort = () => {
    given.reject(signal.reason);
    const timer = setTimeout(() => connection.abort(), graceMs);
    // That it failed is as good: there is nothing to let go of.
    pending.then((response) => response.body?.cancel()).catch(() => {})
      .finally(() => clearTimeout(timer));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const response = await Promise.race([pending, given.promise]);
    signal.addEventListener("abort", () => connection.abort(), { once: true });
    return response;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

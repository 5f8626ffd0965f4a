/**
 * Requests for releases: HTTPS, or plain HTTP to this machine, at every hop.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";
import type { Network } from "../platform/mod.ts";

const MAX_REDIRECTS = 5;
const ANSWER_TIMEOUT_MS = 30_000;
const MAX_TEXT_BYTES = 1024 * 1024;
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Refuses an address that others on the way could answer for.
 *
 * @throws {AppError} `UPDATE_SOURCE_INVALID`
 */
export function assertSafeAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "https:") return url;
  if (url?.protocol === "http:" && LOOPBACK_HOSTS.has(url.hostname)) return url;
  const why = url === undefined ? "it is no address" : "HTTPS is required";
  throw new AppError("UPDATE_SOURCE_INVALID", `Cannot take releases from "${address}": ${why}`, {
    hint: "Use an https:// address, or a file: openclaw update --from /path/of/openclaw",
  });
}

/** Asks for an address and follows it; the answer is a good one. */
export async function request(
  network: Network,
  address: string,
  signal?: AbortSignal,
): Promise<Response> {
  let url = assertSafeAddress(address);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await answer(network, url, signal);
    const location = response.headers.get("location");
    if (REDIRECTS.has(response.status) && location !== null) {
      await response.body?.cancel();
      url = assertSafeAddress(new URL(location, url).href);
      continue;
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw unreachable(url, `it answered ${response.status}`, response.status >= 500);
  }
  throw unreachable(url, "it redirects without an end", false);
}

async function answer(network: Network, url: URL, signal?: AbortSignal): Promise<Response> {
  const patience = new AbortController();
  const timer = setTimeout(
    () => patience.abort(new Error(`no answer after ${ANSWER_TIMEOUT_MS / 1000} s`)),
    ANSWER_TIMEOUT_MS,
  );
  try {
    const signals = signal === undefined ? [patience.signal] : [patience.signal, signal];
    return await network.fetch(url.href, {
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
  } catch (error) {
    throw unreachable(url, errorMessage(error), true, error);
  } finally {
    clearTimeout(timer);
  }
}

/** A small text at an address. @throws {AppError} `UPDATE_UNREACHABLE`, `UPDATE_SOURCE_INVALID` */
export async function requestText(network: Network, address: string): Promise<string> {
  const response = await request(network, address);
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of chunksOf(response, address)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_TEXT_BYTES) {
      throw unreachable(new URL(address), "the answer is too large", false);
    }
  }
  return text + decoder.decode();
}

/** The bytes of an answer; that it breaks off is `UPDATE_UNREACHABLE`. */
export async function* chunksOf(
  { body }: Response,
  address: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  try {
    while (reader) {
      const { done, value } = await reader.read().catch((error) => {
        throw unreachable(new URL(address), errorMessage(error), true, error);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader?.cancel().catch(() => {
      // The caller has had enough, or it has broken off: either way it is of no more use.
    });
  }
}

function unreachable(url: URL, why: string, retryable: boolean, cause?: unknown): AppError {
  // A query may hold a key.
  const shown = `${url.origin}${url.pathname}`;
  return new AppError("UPDATE_UNREACHABLE", `Cannot get "${shown}": ${why}`, {
    hint: "Check the network and the address, then: openclaw update",
    retryable,
    ...(cause === undefined ? {} : { cause }),
  });
}

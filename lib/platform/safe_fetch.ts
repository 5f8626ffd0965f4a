/**
 * Fetches what a client names from the public internet, and from nowhere else.
 *
 * An address is checked before it is connected to, and exactly the checked one is connected to: a name
 * that means something else a moment later leads nowhere. Redirects are checked alike. Proxies of the
 * environment are not used, since they would look names up themselves.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { AppError, errorMessage, isPublicAddress, parseIpv4 } from "../base/mod.ts";

/** The bounds of one fetch. */
export interface SafeFetchOptions {
  /** Largest accepted body; one byte more ends the fetch. */
  maxBytes: number;
  /** For everything together: names, connections, redirects and the body. */
  timeoutMs: number;
  /** Redirects that are followed. */
  maxRedirects: number;
  /** Value of `Accept`; any type when absent. */
  accept?: string;
  /** A narrower choice of host names; asked for redirects too. */
  isAllowedHost?: (name: string) => boolean;
  /** Ends the fetch early. */
  signal?: AbortSignal;
}

/** What was fetched. */
export interface FetchedFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** As the server claims, lower case, without parameters; absent when it claims nothing. */
  mimeType?: string;
  /** Of a text, as the server claims. */
  charset?: string;
  /** Where it came from in the end. */
  url: string;
}

/** How host names are looked up and which addresses may be connected to. */
export interface AddressPolicy {
  /** The addresses of a host name. */
  resolveHost(name: string): Promise<string[]>;
  /** Those of the public internet when absent. */
  isOpenAddress?(address: string): boolean;
}

/** Why a fetch failed; in `details.reason`. */
export type FetchFailure =
  | "url"
  | "blocked"
  | "redirects"
  | "status"
  | "size"
  | "encoding"
  | "timeout"
  | "network";

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Fetches `url` within `options`.
 *
 * @throws {AppError} `FETCH_FAILED` with `details.reason`, one of {@linkcode FetchFailure}; or the
 * reason of `options.signal`.
 */
export async function safeFetch(
  url: string,
  options: SafeFetchOptions,
  policy: AddressPolicy,
): Promise<FetchedFile> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined
    ? timeout
    : AbortSignal.any([timeout, options.signal]);
  try {
    return await follow(url, { ...options, signal }, policy);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (timeout.aborted) throw failed("timeout", url, `no answer in ${options.timeoutMs} ms`);
    throw error instanceof AppError ? error : failed("network", url, errorMessage(error), error);
  }
}

type Bounds = SafeFetchOptions & { signal: AbortSignal };

async function follow(start: string, bounds: Bounds, policy: AddressPolicy): Promise<FetchedFile> {
  let url = parseUrl(start);
  for (let hop = 0; hop <= bounds.maxRedirects; hop++) {
    const address = await checkedAddress(url, bounds, policy);
    const response = await request(url, address, bounds);
    try {
      const next = redirectTarget(response, url);
      if (next === undefined) return await take(response, url, bounds);
      url = next;
    } finally {
      response.destroy();
    }
  }
  throw failed("redirects", start, `it leads on more than ${bounds.maxRedirects} times`);
}

/** @throws {AppError} for anything but an http or https address without credentials. */
function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base);
  if (url === null) throw failed("url", text, "it is malformed");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw failed("url", text, "only http and https are fetched");
  }
  if (url.username !== "" || url.password !== "") {
    throw failed("url", `${url.origin}${url.pathname}`, "it holds a credential");
  }
  return url;
}

/** The address to connect to; every one that the name has must be open. */
async function checkedAddress(url: URL, bounds: Bounds, policy: AddressPolicy): Promise<string> {
  const name = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  if (bounds.isAllowedHost?.(name) === false) {
    throw failed("blocked", url.href, `host "${name}" is not in the allowlist`);
  }
  const isLiteral = parseIpv4(name) !== undefined || name.includes(":");
  const addresses = isLiteral ? [name] : await untilAborted(policy.resolveHost(name), bounds);
  const isOpen = policy.isOpenAddress ?? isPublicAddress;
  if (addresses.length === 0 || !addresses.every((address) => isOpen(address))) {
    throw failed("blocked", url.href, `host "${name}" is not one of the public internet`);
  }
  // Where there is a choice, IPv4 is what every machine can reach.
  return addresses.find((address) => parseIpv4(address) !== undefined) ?? addresses[0]!;
}

/** A look-up cannot be ended, but its answer need not be waited for. */
function untilAborted<T>(promise: Promise<T>, { signal }: Bounds): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Asks `address` for `url`; the certificate must be that of the URL's host. */
async function request(url: URL, address: string, bounds: Bounds): Promise<IncomingMessage> {
  const isTls = url.protocol === "https:";
  const { request: send } = isTls ? await import("node:https") : await import("node:http");
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = send({
    host: address,
    port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    method: "GET",
    headers: {
      host: url.host,
      accept: bounds.accept ?? "*/*",
      "accept-encoding": "identity",
      "user-agent": "openclaw",
    },
    agent: false,
    signal: bounds.signal,
    ...(isTls ? { servername: url.hostname.replace(/^\[|\]$/g, "") } : {}),
  }, resolve);
  outgoing.on("error", reject);
  outgoing.end();
  return await promise;
}

function redirectTarget({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (!REDIRECTS.includes(statusCode)) return undefined;
  if (headers.location === undefined) {
    throw failed("status", from.href, `the answer ${statusCode} leads nowhere`);
  }
  return parseUrl(headers.location, from);
}

async function take(response: IncomingMessage, url: URL, bounds: Bounds): Promise<FetchedFile> {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) throw failed("status", url.href, `the answer is ${statusCode}`);
  const encoding = headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding !== "identity") {
    throw failed("encoding", url.href, `the answer has content encoding "${encoding}"`);
  }
  const bytes = await readBody(response, url, bounds);
  const type = headers["content-type"]?.toLowerCase() ?? "";
  const mimeType = type.split(";", 1)[0]!.trim();
  const charset = /;\s*charset="?([^";\s]+)/.exec(type)?.[1];
  return {
    bytes,
    url: url.href,
    ...(mimeType === "" ? {} : { mimeType }),
    ...(charset === undefined ? {} : { charset }),
  };
}

async function readBody(
  response: IncomingMessage,
  url: URL,
  { maxBytes, signal }: Bounds,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => failed("size", url.href, `it is larger than ${maxBytes} bytes`);
  if (Number(response.headers["content-length"]) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted();
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  if (!response.complete) throw failed("network", url.href, "the answer broke off");
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

const MAX_SHOWN_CHARS = 200;

function failed(reason: FetchFailure, url: string, why: string, cause?: unknown): AppError {
  // What follows the path may be a key, what is in front of the host a password.
  const shown = url.split(/[?#]/, 1)[0]!.replace(/\/\/[^/]*@/, "//").slice(0, MAX_SHOWN_CHARS);
  return new AppError("FETCH_FAILED", `Cannot fetch "${shown}": ${why}`, {
    cause,
    details: { reason },
    hint: "Send the content itself as base64",
    retryable: reason === "timeout" || reason === "network",
  });
}

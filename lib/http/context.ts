/**
 * One request on its way through the router.
 *
 * @module
 */
import type { HttpAuthResult, HttpDeps, Peer } from "./types.ts";

/** What a route's handler is given. */
export interface RequestContext {
  readonly request: Request;
  readonly peer: Peer;
  readonly deps: HttpDeps;
  /** Path as sent, without query; percent-encoding is kept. */
  readonly path: string;
  /** Names the request in its answer and in what is logged of it. */
  readonly requestId: string;
  /** Whose the request is; there behind a route that needs a scope. */
  readonly auth?: HttpAuthResult & { ok: true };
}

/** The path of a request URL, neither decoded nor normalised; `/` when there is none. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  for (let end = start; end < url.length; end++) {
    const char = url.charCodeAt(end);
    if (char === QUESTION_MARK || char === HASH) return url.slice(start, end);
  }
  return url.slice(start);
}

/** The query of a request URL, parsed; empty when there is none. */
export function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start + 1));
}

const QUESTION_MARK = 0x3f;
const HASH = 0x23;

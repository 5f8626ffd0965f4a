/**
 * Cross-origin answers, for pages of configured origins only. Without any, no header of CORS is ever
 * sent and browsers keep every answer from every foreign page.
 *
 * Credentials of the browser (cookies, client certificates) are never allowed: what opens the gateway
 * is in a header that the page itself must know.
 *
 * @module
 */
import { CORS_MAX_AGE_SECONDS, MAX_CORS_HEADERS_CHARS } from "./limits.ts";

/** The origin to name in an answer, or `undefined` when its page may read nothing. */
export function allowedOrigin(headers: Headers, allowed: readonly string[]): string | undefined {
  const origin = headers.get("origin");
  if (origin === null || origin === "null") return undefined;
  return allowed.includes("*") || allowed.includes(origin.toLowerCase()) ? origin : undefined;
}

/** Lets a page of `origin` read the answer; where there is no such origin, only says that it matters. */
export function addCorsHeaders(headers: Headers, origin: string | undefined): void {
  headers.append("vary", "Origin");
  if (origin === undefined) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED);
}

const EXPOSED = "x-request-id, request-id, retry-after";

/** Whether a request is a browser's question before the real one. */
export function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("origin") &&
    headers.has("access-control-request-method");
}

/** Answers the question of a page whose origin is allowed. */
export function answerPreflight({ headers }: Request, methods: readonly string[]): Response {
  const answer = new Headers({
    "access-control-allow-methods": methods.join(", "),
    "access-control-max-age": String(CORS_MAX_AGE_SECONDS),
    vary: "Access-Control-Request-Headers",
  });
  const wanted = allowedHeaders(headers.get("access-control-request-headers") ?? "");
  if (wanted.length > 0) answer.set("access-control-allow-headers", wanted.join(", "));
  if (headers.get("access-control-request-private-network") === "true") {
    answer.set("access-control-allow-private-network", "true");
  }
  return new Response(null, { status: 204, headers: answer });
}

/** Clients send headers of their own (`x-stainless-*`); those of proxies are not a page's to send. */
function allowedHeaders(wanted: string): string[] {
  if (wanted.length > MAX_CORS_HEADERS_CHARS) return [];
  return wanted.toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => HEADER_NAME.test(name) && !PROXY_HEADER.test(name));
}

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const PROXY_HEADER = /^(?:forwarded$|x-forwarded-|x-real-ip$|tailscale-|x-openclaw-scopes$)/;

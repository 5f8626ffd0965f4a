/**
 * Headers that every answer carries, and the size check of those that come in.
 *
 * @module
 */
import { randomId } from "../base/mod.ts";
import { MAX_HEADER_BYTES, MAX_REQUEST_ID_CHARS } from "./limits.ts";

/** Adds the common security headers and the request's id to an answer. */
export function addCommonHeaders(
  headers: Headers,
  requestId: string,
  strictTransportSecurity: string | undefined,
): void {
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("permissions-policy", "camera=(), microphone=(self), geolocation=()");
  headers.set("x-request-id", requestId);
  if (strictTransportSecurity) headers.set("strict-transport-security", strictTransportSecurity);
}

/** The client's own `x-request-id` when it is a plain token, otherwise a new one. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id");
  return given !== null && given.length <= MAX_REQUEST_ID_CHARS && PLAIN_TOKEN.test(given)
    ? given
    : randomId();
}

const PLAIN_TOKEN = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;

/** Whether request line and headers together are larger than allowed. */
export function areHeadersTooLarge(request: Request): boolean {
  let size = request.method.length + request.url.length;
  for (const [name, value] of request.headers) {
    size += name.length + value.length + SEPARATOR_BYTES;
    if (size > MAX_HEADER_BYTES) return true;
  }
  return size > MAX_HEADER_BYTES;
}

/** Colon, blank and line end of a header. */
const SEPARATOR_BYTES = 4;

/**
 * Answers that the guard gives itself. Each ends its connection: what follows a request that was not
 * understood cannot be understood either.
 *
 * @module
 */

/** Why a request is not passed on. */
export interface Refusal {
  readonly status: 400 | 408 | 417 | 431 | 501 | 503;
  /** A code of the error table. */
  readonly code: string;
  readonly message: string;
}

const REASONS: Readonly<Record<Refusal["status"], string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  417: "Expectation Failed",
  431: "Request Header Fields Too Large",
  501: "Not Implemented",
  503: "Service Unavailable",
};

/** A request that breaks the rules of HTTP, or could be read in two ways. */
export function malformed(message: string): Refusal {
  return { status: 400, code: "INVALID_REQUEST", message };
}

/** The bytes of a refusal. */
export function encodeRefusal({ status, code, message }: Refusal): Uint8Array<ArrayBuffer> {
  const type = status < 500 ? "invalid_request_error" : "api_error";
  const body = JSON.stringify({ error: { message, type, code } });
  const retry = status === 503 ? "Retry-After: 1\r\n" : "";
  return new TextEncoder().encode(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\n` +
      "Content-Type: application/json; charset=utf-8\r\n" +
      `Content-Length: ${body.length}\r\n${retry}` +
      `X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n${body}`,
  );
}

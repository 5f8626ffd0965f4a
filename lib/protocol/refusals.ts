/**
 * The fixed refusals of the RPC layer, worded as clients expect them.
 *
 * @module
 */
import type { ErrorShape } from "./errors.ts";

/** A refusal with code `INVALID_REQUEST`. */
export function invalidRequest(message: string, details?: unknown): ErrorShape {
  const shape: ErrorShape = { code: "INVALID_REQUEST", message };
  if (details !== undefined) shape.details = details;
  return shape;
}

/** No handler has this name. */
export function unknownMethod(method: string): ErrorShape {
  return invalidRequest(`unknown method: ${method}`);
}

/**
 * The protocol has the method and this build does not.
 *
 * @param reason Part of a sentence, such as `this build has no browser control`.
 */
export function unavailableMethod(method: string, reason: string): ErrorShape {
  return {
    code: "UNAVAILABLE",
    message: `${method} is not available: ${reason}`,
    details: { code: "METHOD_UNAVAILABLE", method, reason },
    retryable: false,
  };
}

/** The connection lacks a scope. */
export function missingScope(scope: string): ErrorShape {
  return invalidRequest(`missing scope: ${scope}`);
}

/** The method is for the other role. */
export function unauthorizedRole(role: string): ErrorShape {
  return invalidRequest(`unauthorized role: ${role}`);
}

/** A second `connect` on one connection. */
export function repeatedConnect(): ErrorShape {
  return invalidRequest("connect is only valid as the first request");
}

/**
 * Too many writes.
 *
 * @param limit For people, such as `3 per 60s`.
 */
export function rateLimited(method: string, limit: string, retryAfterMs: number): ErrorShape {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return {
    code: "UNAVAILABLE",
    message: `rate limit exceeded for ${method}; retry after ${seconds}s`,
    details: { method, limit },
    retryable: true,
    retryAfterMs,
  };
}

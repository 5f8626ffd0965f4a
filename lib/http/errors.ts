/**
 * Refusals as HTTP responses, in the envelope each family of paths uses.
 *
 * @module
 */
import { AppError, type AppErrorOptions, ellipsize } from "../base/mod.ts";
import { STOPPING_RETRY_MS } from "./limits.ts";
import { anthropicErrorBody, anthropicStatus } from "./messages/error_body.ts";
import type { HttpAuthResult, HttpRunEvent } from "./types.ts";

/** Which error envelope a path answers with. */
export type ErrorFamily = "openai" | "anthropic" | "gateway" | "hooks";

/** What an {@linkcode HttpError} carries besides its status, code and message. */
export interface HttpErrorOptions extends AppErrorOptions {
  /** The envelope's `type`; derived from the status when absent. */
  readonly type?: string;
  /** How long the client should wait before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** A refusal with the HTTP status it is answered with. */
export class HttpError extends AppError {
  override readonly name = "HttpError";
  /** 400 to 599. */
  readonly status: number;
  readonly type: string;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, code: string, message: string, options: HttpErrorOptions = {}) {
    super(code, message, options);
    this.status = status;
    this.type = options.type ?? errorType(status);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A 400 whose message is one of the wire reference's texts. */
export function invalidRequest(message: string, hint?: string): HttpError {
  return new HttpError(400, "INVALID_REQUEST", message, { hint });
}

/** The `type` of the OpenAI dialect for an HTTP status. */
function errorType(status: number): string {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 429) return "rate_limited";
  // A run that was ended from outside: nothing is wrong with the request.
  if (status === 499) return "api_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}

/** What a client reads about a failure, without the envelope around it. */
export interface ErrorBody {
  message: string;
  type: string;
  /** OpenAI's name where its clients act on one, else the gateway's. */
  code: string;
  /** The gateway's own name where `code` is another. */
  openclaw_code?: string;
  hint?: string;
}

/** Names by which clients of OpenAI know what to do next: to shorten the conversation, to give up. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  CONTEXT_TOO_LONG: "context_length_exceeded",
  PROVIDER_BILLING: "insufficient_quota",
};

/** The code of a failure as OpenAI's clients know it; nothing where they know none. */
export function openAiCode(code: string): string | undefined {
  return Object.hasOwn(OPENAI_CODES, code) ? OPENAI_CODES[code] : undefined;
}

/** The body of an error as the OpenAI dialect writes it. */
export function errorBody(error: HttpError): ErrorBody {
  const { message, type, code } = error;
  const known = openAiCode(code);
  const body: ErrorBody = { message, type, code: known ?? code };
  if (known !== undefined) body.openclaw_code = code;
  if (error.hint !== undefined) body.hint = error.hint;
  return body;
}

/** Answers with `error` in the envelope of `family`; Anthropic's names the request. */
export function errorResponse(
  error: HttpError,
  family: ErrorFamily,
  requestId?: string,
): Response {
  const headers: Record<string, string> = { "content-type": JSON_TYPE };
  if (error.retryAfterMs !== undefined) headers["retry-after"] = retryAfter(error.retryAfterMs);
  return new Response(JSON.stringify(envelope(error, family, requestId)), {
    status: family === "anthropic" ? anthropicStatus(error) : error.status,
    headers,
  });
}

/** The `Content-Type` of JSON answers. */
export const JSON_TYPE = "application/json; charset=utf-8";

/** The `Content-Type` of text answers. */
export const TEXT_TYPE = "text/plain; charset=utf-8";

function envelope(error: HttpError, family: ErrorFamily, requestId?: string): unknown {
  if (family === "anthropic") return anthropicErrorBody(error, requestId);
  if (family === "hooks") return { ok: false, error: error.message };
  return family === "gateway"
    ? { ok: false, error: errorBody(error) }
    : { error: errorBody(error) };
}

/** Whole seconds, rounded up, at least one. */
function retryAfter(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}

/** The refusal of a credential that is missing, wrong or locked out. */
export function authError(result: HttpAuthResult & { ok: false }): HttpError {
  if (result.status === 429) {
    return new HttpError(
      429,
      "AUTH_RATE_LIMITED",
      "Too many failed authentication attempts. Please try again later.",
      { retryAfterMs: result.retryAfterMs, retryable: true },
    );
  }
  if (result.status === 403) {
    return new HttpError(
      403,
      "ORIGIN_NOT_ALLOWED",
      `Origin "${ellipsize(result.origin, MAX_ORIGIN_CHARS)}" is not allowed`,
      { hint: `openclaw config set gateway.http.cors.allowedOrigins '["https://<host>"]'` },
    );
  }
  const hint = result.reason.startsWith("trusted_proxy")
    ? "Send the request through the proxy that gateway.trustedProxies names"
    : 'Send the gateway token or password as "Authorization: Bearer <credential>"';
  return new HttpError(401, "AUTH_UNAUTHORIZED", "Unauthorized", { hint });
}

const MAX_ORIGIN_CHARS = 200;

/** Whether `scopes` cover `needed`: admin covers everything, write covers read. */
export function hasScope(scopes: readonly string[], needed: string): boolean {
  if (scopes.includes(needed) || scopes.includes("operator.admin")) return true;
  return needed === "operator.read" && scopes.includes("operator.write");
}

/** The refusal of a caller whose credential is right but lacks a scope. */
export function scopeError(needed: string): HttpError {
  return new HttpError(403, "SCOPE_MISSING", `missing scope: ${needed}`);
}

/** An error event of a run as the refusal a client reads. */
export function runError(event: HttpRunEvent & { type: "error" }): HttpError {
  return new HttpError(runStatus(event.status), event.code, event.message, {
    hint: event.hint,
    retryAfterMs: event.retryAfterMs,
  });
}

/** A provider's 401 or 403 would read as a refusal of the client's own credential. */
function runStatus(status: number): number {
  if (status === 401 || status === 403) return 502;
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500;
}

/** The refusal of what would keep an ending gateway from its end. */
export function stoppingError(): HttpError {
  return new HttpError(503, "GATEWAY_STOPPING", "The gateway is stopping", {
    retryable: true,
    retryAfterMs: STOPPING_RETRY_MS,
    hint: "openclaw gateway status",
  });
}

/** The refusal that hides an unexpected failure. */
export function internalError(cause: unknown): HttpError {
  return new HttpError(500, "INTERNAL", "internal error", {
    cause,
    hint: "openclaw logs",
  });
}

/** Answers 405 with the methods that would have been right. */
export function methodNotAllowed(methods: readonly string[]): Response {
  return new Response("Method Not Allowed", {
    status: 405,
    headers: { "content-type": TEXT_TYPE, allow: methods.join(", ") },
  });
}

/** Answers 404 in plain text, for paths that no API owns. */
export function notFoundText(): Response {
  return new Response("Not Found", { status: 404, headers: { "content-type": TEXT_TYPE } });
}

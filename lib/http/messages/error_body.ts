/**
 * Errors as Anthropic's clients read them.
 *
 * @module
 */

/** The `type` of an error in Anthropic's dialect for an HTTP status. */
function anthropicErrorType(status: number): string {
  const known = TYPES[status];
  if (known !== undefined) return known;
  return status < 500 ? "invalid_request_error" : "api_error";
}

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  499: "api_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** The status that Anthropic's clients know for a provider that has too much to do. */
export function anthropicStatus({ status, code }: Pick<ErrorFacts, "status" | "code">): number {
  return code === "PROVIDER_OVERLOADED" ? 529 : status;
}

/** What an error says, whatever the dialect. */
export interface ErrorFacts {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** The body of an error, also that of an event in the middle of a stream. */
export function anthropicErrorBody(
  { status, code, message, hint }: ErrorFacts,
  requestId: string | undefined,
): Record<string, unknown> {
  const error = { type: anthropicErrorType(status), message: wordingOf(code, message), code };
  return {
    type: "error",
    error: hint === undefined ? error : { ...error, hint },
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
}

/** Clients shorten the conversation by themselves when they read these words. */
function wordingOf(code: string, message: string): string {
  return code === "CONTEXT_TOO_LONG" ? `prompt is too long: ${message}` : message;
}

/**
 * What a client reports when a gateway is not there, refuses, or goes away.
 *
 * @module
 */
import { AppError, isObject } from "../../base/mod.ts";
import { CLOSE, describeClose } from "../close_codes.ts";
import type { ErrorShape } from "../errors.ts";

/** How a connection ended. */
export interface CloseInfo {
  /** As on the wire; 1006 when no close frame came. */
  code: number;
  reason: string;
}

/** What is known when a connect does not come to hello. */
export interface ConnectFailure {
  close: CloseInfo;
  /** The server's answer to `connect`, when there was one. */
  error?: ErrorShape | undefined;
  cause?: unknown;
  /** Address without credentials and query. */
  target: string;
}

/** The failure of a connect. */
export function connectError(failure: ConnectFailure): AppError {
  const { close, error, target } = failure;
  const details = detailsOf(error);
  const text = describeClose(close.code, error?.message ?? close.reason);
  return new AppError(connectCode(close, error, details), text, {
    hint: connectHint(close, error, details),
    retryable: error?.retryable ?? isPassing(close.code),
    details: withoutUndefined({
      ...details,
      wireCode: error?.code,
      retryAfterMs: error?.retryAfterMs,
      closeCode: close.code,
      closeReason: close.reason,
      target,
    }),
    cause: failure.cause,
  });
}

/** The failure of whatever was under way when a connection ended. */
export function closedError(close: CloseInfo, target: string): AppError {
  return new AppError("GATEWAY_CLOSED", describeClose(close.code, close.reason), {
    hint: "openclaw gateway status",
    retryable: isPassing(close.code),
    details: { closeCode: close.code, closeReason: close.reason, target },
  });
}

/** The failure of a wait that took too long. */
export function timeoutError(timeoutMs: number, target: string, method?: string): AppError {
  return new AppError("GATEWAY_TIMEOUT", `gateway timeout after ${timeoutMs}ms`, {
    hint: "openclaw gateway status",
    retryable: true,
    details: withoutUndefined({ timeoutMs, target, method }),
  });
}

/** The failure of a call that the gateway answered with an error. */
export function callError(method: string, error: ErrorShape, payload: unknown): AppError {
  const details = detailsOf(error);
  const hint = typeof details.hint === "string" ? details.hint : undefined;
  return new AppError("RPC_FAILED", error.message, {
    ...(hint === undefined ? {} : { hint }),
    retryable: error.retryable ?? false,
    details: withoutUndefined({
      ...details,
      method,
      wireCode: error.code,
      retryAfterMs: error.retryAfterMs,
      payload,
    }),
  });
}

function detailsOf(error: ErrorShape | undefined): Record<string, unknown> {
  return isObject(error?.details) ? error.details : {};
}

function withoutUndefined(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}

function isPassing(code: number): boolean {
  return code === 1006 || code === CLOSE.RESTART || code === CLOSE.STARTING ||
    code === CLOSE.INTERNAL || code === CLOSE.TICK_TIMEOUT;
}

function connectCode(
  close: CloseInfo,
  error: ErrorShape | undefined,
  details: Record<string, unknown>,
): string {
  if (close.code === 1006 && error === undefined) return "GATEWAY_UNREACHABLE";
  if (close.code === CLOSE.STARTING) return "GATEWAY_STARTING";
  if (close.code === CLOSE.PROTOCOL) return "GATEWAY_PROTOCOL_MISMATCH";
  if (error?.code === "NOT_PAIRED") return "GATEWAY_PAIRING_REQUIRED";
  const isAuth = typeof details.code === "string" &&
    /^(AUTH|DEVICE|CONTROL_UI)_/.test(details.code);
  return isAuth ? "GATEWAY_AUTH_FAILED" : "GATEWAY_CLOSED";
}

function connectHint(
  close: CloseInfo,
  error: ErrorShape | undefined,
  details: Record<string, unknown>,
): string {
  if (error?.code === "NOT_PAIRED") {
    const { requestId } = details;
    return typeof requestId === "string"
      ? `openclaw devices approve ${requestId}`
      : "openclaw devices list";
  }
  if (details.recommendedNextStep === "wait_then_retry") {
    return "Wait for the lock-out to end, then try again";
  }
  if (typeof details.recommendedNextStep === "string") return credentialHint(details.authReason);
  return close.code === 1006 ? "openclaw gateway run" : "openclaw gateway status";
}

/** Where the right credential is found; on the gateway's machine, which may be another one. */
function credentialHint(authReason: unknown): string {
  const reason = typeof authReason === "string" ? authReason : "";
  if (reason.startsWith("trusted_proxy")) {
    return "Connect through the proxy; on the gateway's machine itself: " +
      "openclaw config set gateway.auth.password <password>";
  }
  const [variable, name] = reason.startsWith("password")
    ? ["OPENCLAW_GATEWAY_PASSWORD", "password"]
    : ["OPENCLAW_GATEWAY_TOKEN", "token"];
  return `Set ${variable} to the gateway's ${name}; on its machine, ` +
    `"openclaw config file" names the file that has it`;
}

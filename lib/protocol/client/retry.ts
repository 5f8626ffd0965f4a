/**
 * Staying connected: connect again with growing pauses, until it makes no sense any more.
 *
 * @module
 */
import { AppError, delay } from "../../base/mod.ts";
import { CLOSE } from "../close_codes.ts";
import { FINAL_CONNECT_CODES } from "../connect.ts";
import {
  CLIENT_RETRY_MAX_MS,
  CLIENT_RETRY_MIN_MS,
  CLIENT_STARTUP_RETRY_MAX_MS,
  CLIENT_STARTUP_RETRY_MIN_MS,
} from "../limits.ts";
import { GatewayClient } from "./client.ts";
import { closedError } from "./failures.ts";
import type { GatewayClientOptions } from "./types.ts";

/** One pause before the next attempt. */
export interface RetryNotice {
  /** The connect that failed, or the end of a connection as a failure. */
  error: AppError;
  /** Attempts since the last success, from 1. */
  attempt: number;
  delayMs: number;
}

/** How to stay connected. */
export interface RetryOptions extends GatewayClientOptions {
  /** Called with each new connection; what it returns is not waited for. */
  onConnect(client: GatewayClient): void;
  /** Called before each pause. */
  onRetry?: (notice: RetryNotice) => void;
  /** Attempts since the last success after which to give up; without limit unless given. */
  maxAttempts?: number;
  /** Whether to give up at once; {@linkcode isFinalFailure} unless given. */
  isFinal?: (error: AppError) => boolean;
  /** Waits; tests give their own. */
  wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Keeps a connection to a gateway until `signal` ends it.
 *
 * @returns When `signal` was aborted, or when a connection ended because this side closed it.
 * @throws {AppError} The failure that ended the attempts.
 */
export async function connectWithRetry(options: RetryOptions): Promise<void> {
  const { signal, wait = delay, isFinal = isFinalFailure, maxAttempts = Infinity } = options;
  let attempt = 0;
  while (!signal?.aborted) {
    const outcome = await runOnce(options);
    if (outcome.error === undefined || signal?.aborted) return;
    attempt = outcome.hadHello ? 1 : attempt + 1;
    if (isFinal(outcome.error) || attempt > maxAttempts) throw outcome.error;
    const delayMs = retryDelay(outcome.error, attempt);
    options.onRetry?.({ error: outcome.error, attempt, delayMs });
    await wait(delayMs, signal).catch((reason) => {
      if (!signal?.aborted) throw reason;
    });
  }
}

/** The end of one connection; no error when this side closed it. */
async function runOnce(
  options: RetryOptions,
): Promise<{ hadHello: boolean; error?: AppError }> {
  let client: GatewayClient;
  try {
    client = await GatewayClient.connect(options);
  } catch (thrown) {
    if (options.signal?.aborted) return { hadHello: false };
    if (!(thrown instanceof AppError)) throw thrown;
    return { hadHello: false, error: thrown };
  }
  options.onConnect(client);
  const close = await client.closed;
  return client.isClosedByUs
    ? { hadHello: true }
    : { hadHello: true, error: closedError(close, options.url) };
}

/**
 * Whether connecting again cannot help: the credential, the pairing, the protocol or the address is
 * wrong, or the gateway has withdrawn what the connection stood on.
 */
export function isFinalFailure(error: AppError): boolean {
  if (error.code === "GATEWAY_URL_INVALID" || error.code === "GATEWAY_PROTOCOL_MISMATCH") {
    return true;
  }
  const { code, closeCode } = error.details ?? {};
  return closeCode === CLOSE.AUTH_CHANGED || FINAL_CONNECT_CODES.includes(String(code));
}

/**
 * The pause before an attempt.
 *
 * @param attempt From 1.
 * @returns Milliseconds: 1 s, 2 s, 4 s … 30 s; a starting gateway names its own, within bounds.
 */
export function retryDelay(error: AppError, attempt: number): number {
  const wish = error.details?.retryAfterMs;
  if (error.code === "GATEWAY_STARTING" && typeof wish === "number") {
    return Math.min(CLIENT_STARTUP_RETRY_MAX_MS, Math.max(CLIENT_STARTUP_RETRY_MIN_MS, wish));
  }
  return Math.min(CLIENT_RETRY_MAX_MS, CLIENT_RETRY_MIN_MS * 2 ** Math.min(attempt - 1, 10));
}

/**
 * The calls of one connection that wait for an answer.
 *
 * @module
 */
import { AppError, isObject } from "../../base/mod.ts";
import type { ResponseFrame } from "../frames.ts";
import { CLIENT_REQUEST_TIMEOUT_MS } from "../limits.ts";
import type { Alarms } from "./alarms.ts";
import { callError, timeoutError } from "./failures.ts";
import type { RequestOptions } from "./types.ts";

interface PendingCall {
  method: string;
  options: RequestOptions;
  resolve(payload: unknown): void;
  reject(reason: unknown): void;
}

/** Matches answers to calls by id; an answer that nobody waits for is ignored. */
export class PendingCalls {
  readonly #calls = new Map<string, PendingCall>();
  readonly #target: string;
  readonly #alarms: Alarms;

  /** @param target Named in failures. */
  constructor(target: string, alarms: Alarms) {
    this.#target = target;
    this.#alarms = alarms;
  }

  /** The number of calls that wait. */
  get size(): number {
    return this.#calls.size;
  }

  /**
   * Waits for the answer to `id`.
   *
   * @throws {AppError} `RPC_FAILED` with the server's error, `GATEWAY_TIMEOUT`, or the failure given
   * to {@linkcode failAll}.
   */
  wait(id: string, method: string, options: RequestOptions): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const { signal } = options;
    const timeoutMs = options.timeoutMs ?? CLIENT_REQUEST_TIMEOUT_MS;
    const cancelAlarm = this.#alarms.set(
      timeoutMs,
      () => settle(reject, timeoutError(timeoutMs, this.#target, method)),
    );
    const onAbort = () => settle(reject, signal?.reason);
    const settle = (finish: (value: unknown) => void, value: unknown) => {
      cancelAlarm();
      signal?.removeEventListener("abort", onAbort);
      this.#calls.delete(id);
      finish(value);
    };
    this.#calls.set(id, {
      method,
      options,
      resolve: (payload) => settle(resolve, payload),
      reject: (reason) => settle(reject, reason),
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    return promise;
  }

  /** Hands an answer to the call that waits for it. */
  answer({ id, ok, payload, error }: ResponseFrame): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    if (!ok) {
      const shape = error ?? { code: "UNAVAILABLE", message: `${call.method} failed` } as const;
      return call.reject(callError(call.method, shape, payload));
    }
    const isAck = isObject(payload) && payload.status === "accepted";
    if (isAck && call.options.expectFinal) call.options.onAccepted?.(payload);
    else call.resolve(payload);
  }

  /** Ends every wait with `reason`. */
  failAll(reason: AppError): void {
    for (const call of [...this.#calls.values()]) call.reject(reason);
  }
}

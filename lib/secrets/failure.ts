/**
 * Why a secret has no value, as an error and as an answer.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import type { SecretOutcome } from "./types.ts";

/** `SECRET_UNRESOLVED`. Neither text may hold what a provider answered. */
export function unresolved(message: string, hint: string): AppError {
  return new AppError("SECRET_UNRESOLVED", message, { hint });
}

/** {@linkcode unresolved} as the answer to one id. */
export function failed(message: string, hint: string): SecretOutcome {
  return { ok: false, error: unresolved(message, hint) };
}

/** A secret, or a failure when there is nothing but blanks. */
export function valueOrFailure(value: string, message: string, hint: string): SecretOutcome {
  return value.trim() === "" ? failed(message, hint) : { ok: true, value };
}

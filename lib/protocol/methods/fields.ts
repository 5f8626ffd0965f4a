/**
 * The few kinds of field that parameters are made of.
 *
 * @module
 */
import * as z from "zod/mini";

/** A string of at least one character. */
export function text(maxChars?: number) {
  return maxChars === undefined
    ? z.string().check(z.minLength(1))
    : z.string().check(z.minLength(1), z.maxLength(maxChars));
}

/** A whole number within bounds; anything that is no number is told so in these words too. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  return z.int({
    error: (issue) => issue.code === "invalid_type" ? "must be integer" : undefined,
  }).check(z.gte(min), z.lte(max));
}

/** An object of any content. */
export function anyObject() {
  return z.record(z.string(), z.unknown());
}

/** No parameters at all. */
export function none() {
  return z.strictObject({});
}

/** Runs `build` at the first call only. */
export function once<T>(build: () => T): () => T {
  let built: { value: T } | undefined;
  return () => (built ??= { value: build() }).value;
}

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

/** An optional string, which may be empty. */
export function word() {
  return z.optional(z.string());
}

/** An optional string, which may be empty or `null`. */
export function clearable() {
  return z.optional(z.nullable(z.string()));
}

/** An optional string of at least one character. */
export function name() {
  return z.optional(text());
}

/** An optional truth value. */
export function flag() {
  return z.optional(z.boolean());
}

/** An optional whole number of at least `min`. */
export function count(min = 0, max?: number) {
  return z.optional(integer(min, max));
}

/** An optional list of strings. */
export function words() {
  return z.optional(z.array(z.string()));
}

/** An object of any content. */
export function anyObject() {
  return z.record(z.string(), z.unknown());
}

/** An optional value of any kind. */
export function anything() {
  return z.optional(z.unknown());
}

/** Anything at all, nothing included. */
export function any() {
  return z.unknown();
}

/** No parameters at all. */
export function none() {
  return z.strictObject({});
}

/** An optional thread of a channel, which some channels number. */
export function thread() {
  return z.optional(z.nullable(z.union([z.string(), z.number()])));
}

/** Where an answer goes. */
export function deliveryContext() {
  return z.optional(z.looseObject({
    channel: word(),
    to: word(),
    accountId: word(),
    threadId: thread(),
  }));
}

/** Runs `build` at the first call only. */
export function once<T>(build: () => T): () => T {
  let built: { value: T } | undefined;
  return () => (built ??= { value: build() }).value;
}

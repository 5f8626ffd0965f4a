/**
 * Guards over values that came from outside.
 *
 * @module
 */

/** A plain JSON object. */
export type JsonObject = Record<string, unknown>;

/** Whether `value` is an object that is neither `null` nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses JSON, answering `undefined` where the text is not JSON. */
export function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an expected answer here; the caller decides what it means.
    return undefined;
  }
}

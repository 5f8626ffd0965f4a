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

/** Deepest nesting of an object that is worked with; what walks a value deeper than that overflows. */
const MAX_OBJECT_DEPTH = 256;

/**
 * The object that a text is as JSON.
 *
 * @returns `undefined` for all else, and for objects nested too deeply to be walked.
 */
export function parseObjectOrUndefined(text: string): JsonObject | undefined {
  const value = parseJsonOrUndefined(text);
  return isObject(value) && !isTooDeep(value) ? value : undefined;
}

function isTooDeep(value: object): boolean {
  let level: object[] = [value];
  for (let depth = 0; depth < MAX_OBJECT_DEPTH; depth++) {
    level = level.flatMap((each) => Object.values(each).filter(hasParts));
    if (level.length === 0) return false;
  }
  return true;
}

function hasParts(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * Lays one included value over another.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";

/** Keys that would reach into the objects of the program. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether a key of an included file is taken over. */
export function isSafeKey(key: string): boolean {
  return !UNSAFE_KEYS.has(key);
}

/** Objects merge, lists follow one another, and of anything else the later one stays. */
export function mergeIncluded(before: unknown, after: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(after)) return [...before, ...after];
  if (!isObject(before) || !isObject(after)) return after;
  const merged: JsonObject = { ...before };
  for (const [key, value] of Object.entries(after)) {
    merged[key] = Object.hasOwn(before, key) ? mergeIncluded(before[key], value) : value;
  }
  return merged;
}

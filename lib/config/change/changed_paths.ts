/**
 * Which parts of a configuration a write changed.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { formatPath } from "../path_syntax.ts";

/** The deepest paths at which two configurations differ; lists count as one value. */
export function changedPaths(before: JsonObject, after: JsonObject): string[] {
  return [...differences(before, after, [])].map((path) => formatPath(path));
}

function* differences(
  before: unknown,
  after: unknown,
  path: readonly string[],
): Generator<readonly string[]> {
  if (!isObject(before) || !isObject(after)) {
    if (JSON.stringify(before) !== JSON.stringify(after)) yield path;
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    yield* differences(before[key], after[key], [...path, key]);
  }
}

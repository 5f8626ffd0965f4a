/**
 * Which parts of a configuration a write changed, and which of them wait for the next start.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../../base/mod.ts";
import { formatPath, loadConfigSchema } from "../../../config/mod.ts";

/** The deepest paths at which two configurations differ; lists count as one value. */
export function changedPaths(before: JsonObject, after: JsonObject): string[] {
  return [...differences(before, after, [])].map((path) => formatPath(path));
}

/** Those of the changed paths that take effect at the next start, as the schema says. */
export async function pathsForRestart(paths: readonly string[]): Promise<string[]> {
  const { reloadClassOf } = await loadConfigSchema();
  return paths.filter((path) => reloadClassOf(path) === "restart");
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

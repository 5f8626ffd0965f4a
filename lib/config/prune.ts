/**
 * Takes wrong values out of a configuration, so that what is left can be used to report them.
 *
 * @module
 */
import type { JsonObject } from "../base/mod.ts";
import { listPosition, lookup } from "./lookup.ts";
import { parsePath, type Path } from "./path_syntax.ts";
import type { ConfigIssue } from "./types.ts";

/**
 * A copy of `source` without the values that `check` complains about.
 *
 * Where taking a value out is not enough, as for a field that must be there, what holds it goes too.
 */
export function prune(
  source: JsonObject,
  found: readonly ConfigIssue[],
  check: (config: JsonObject) => { readonly issues: readonly ConfigIssue[] },
): JsonObject {
  let config = structuredClone(source);
  let issues = found;
  while (issues.length > 0) {
    const before = JSON.stringify(config);
    // From the back, so that the positions of the values before a removed one stay true.
    for (const issue of issues.toReversed()) removeNearest(config, parsePath(issue.path));
    if (JSON.stringify(config) === before) config = {};
    issues = check(config).issues;
  }
  return config;
}

/** Removes the value at `path` or, if there is none, the nearest one above it. */
function removeNearest(root: JsonObject, path: Path): void {
  for (let length = path.length; length > 0; length--) {
    if (!lookup(root, path.slice(0, length)).found) continue;
    const holder = lookup(root, path.slice(0, length - 1)).value;
    const key = path[length - 1]!;
    if (Array.isArray(holder)) holder.splice(listPosition(key) ?? holder.length, 1);
    else delete (holder as JsonObject)[key];
    return;
  }
}

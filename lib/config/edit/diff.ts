/**
 * The changes that lead from one value to another.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import type { Path } from "../path_syntax.ts";
import { sameJson } from "./compare.ts";

/** One change; positions in lists are those after all changes before it. */
export type Change =
  | { readonly kind: "replace"; readonly path: Path; readonly value: unknown }
  | { readonly kind: "insert"; readonly path: Path; readonly value: unknown }
  | { readonly kind: "delete"; readonly path: Path };

/**
 * The changes from `before` to `after`, to be made in this order.
 *
 * @param maxDepth Levels below which a difference replaces the whole value.
 */
export function diffValues(before: unknown, after: unknown, maxDepth = Infinity): Change[] {
  return [...changesBetween(before, after, [], maxDepth)];
}

function* changesBetween(
  before: unknown,
  after: unknown,
  path: Path,
  depth: number,
): Generator<Change> {
  if (sameJson(before, after)) return;
  if (depth > 0 && isObject(before) && isObject(after)) {
    yield* objectChanges(before, after, path, depth);
  } else if (depth > 0 && Array.isArray(before) && Array.isArray(after)) {
    yield* listChanges(before, after, path, depth);
  } else {
    yield { kind: "replace", path, value: after };
  }
}

function* objectChanges(
  before: JsonObject,
  after: JsonObject,
  path: Path,
  depth: number,
): Generator<Change> {
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key)) {
      yield* changesBetween(before[key], after[key], [...path, key], depth - 1);
    } else {
      yield { kind: "delete", path: [...path, key] };
    }
  }
  for (const key of Object.keys(after)) {
    if (!Object.hasOwn(before, key)) {
      yield { kind: "insert", path: [...path, key], value: after[key] };
    }
  }
}

/** Leaves the equal items at both ends alone, and changes, removes or adds those between. */
function* listChanges(
  before: readonly unknown[],
  after: readonly unknown[],
  path: Path,
  depth: number,
): Generator<Change> {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && sameJson(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shorter - head && sameJson(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  const removed = before.length - head - tail;
  const added = after.length - head - tail;
  const common = Math.min(removed, added);
  for (let i = head; i < head + common; i++) {
    yield* changesBetween(before[i], after[i], [...path, i], depth - 1);
  }
  for (let i = head + removed - 1; i >= head + common; i--) {
    yield { kind: "delete", path: [...path, i] };
  }
  for (let i = head + common; i < head + added; i++) {
    yield { kind: "insert", path: [...path, i], value: after[i] };
  }
}

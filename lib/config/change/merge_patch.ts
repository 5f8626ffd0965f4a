/**
 * Lays a patch over a configuration: objects merge, `null` deletes, lists of named entries merge by
 * their `id`, everything else replaces.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";

/** A key that would reach the prototype of the object it is written to. */
const FORBIDDEN_KEY = "__proto__";

/** What becomes of a list of entries that all have an `id`, where the patch has one too. */
export type ListMerge = "by-id" | "replace";

/** `target` with `patch` laid over it; neither is changed. */
export function mergePatch(
  target: JsonObject,
  patch: JsonObject,
  lists: ListMerge = "by-id",
): JsonObject {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (key === FORBIDDEN_KEY) continue;
    if (value === null) delete merged[key];
    else {
      merged[key] = mergeValue(Object.hasOwn(target, key) ? target[key] : undefined, value, lists);
    }
  }
  return merged;
}

/** The sections in which a patch deletes what is there: what goes was named by its author. */
export function deletedSections(target: JsonObject, patch: JsonObject): string[] {
  return Object.keys(patch).filter((name) =>
    deletes({ [name]: target[name] }, { [name]: patch[name] })
  );
}

function deletes(target: unknown, patch: unknown): boolean {
  if (!isObject(target) || !isObject(patch)) return false;
  return Object.entries(patch).some(([key, value]) =>
    target[key] !== undefined && (value === null || deletes(target[key], value))
  );
}

function mergeValue(target: unknown, patch: unknown, lists: ListMerge): unknown {
  if (isObject(patch)) return mergePatch(isObject(target) ? target : {}, patch, lists);
  if (lists === "by-id" && isNamedList(patch) && isNamedList(target)) {
    return mergeNamed(target, patch);
  }
  return patch;
}

type Named = JsonObject & { id: string };

function isNamedList(value: unknown): value is Named[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((item) => isObject(item) && typeof item.id === "string");
}

/** Entries of the same id merge in place, new ones follow at the end. */
function mergeNamed(target: readonly Named[], patch: readonly Named[]): JsonObject[] {
  const merged: JsonObject[] = [...target];
  for (const entry of patch) {
    const index = merged.findIndex((item) => item.id === entry.id);
    if (index < 0) merged.push(mergePatch({}, entry));
    else merged[index] = mergePatch(merged[index]!, entry);
  }
  return merged;
}

/**
 * Reading one value out of a configuration.
 *
 * @module
 */
import { isObject } from "../base/mod.ts";
import { parsePath, type Path } from "./path_syntax.ts";

/** What is at a path; `found` tells an absent value from one that is `null`. */
export interface LookupResult {
  readonly found: boolean;
  readonly value: unknown;
}

/**
 * Looks a path up.
 *
 * @throws {AppError} `CONFIG_PATH_INVALID`
 */
export function lookup(root: unknown, path: string | Path): LookupResult {
  let value = root;
  for (const part of typeof path === "string" ? parsePath(path) : path) {
    const key = Array.isArray(value) ? listPosition(part) : part;
    if (Array.isArray(value) ? !isWithin(value, key) : !isObject(value)) return NOTHING;
    const holder = value as Record<string | number, unknown>;
    if (key === undefined || !Object.hasOwn(holder, key)) return NOTHING;
    value = holder[key];
  }
  return { found: true, value };
}

const NOTHING: LookupResult = { found: false, value: undefined };

/** A part as a list position: digits count, other words do not. */
export function listPosition(part: string | number): number | undefined {
  if (typeof part === "number") return part;
  return /^\d{1,9}$/.test(part) ? Number(part) : undefined;
}

function isWithin(list: readonly unknown[], key: string | number | undefined): boolean {
  return typeof key === "number" && key < list.length;
}

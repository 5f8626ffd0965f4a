/**
 * Arithmetic of scopes: which ones a role can have, what covers what, how a token stores them.
 *
 * @module
 */
import { hasScope, OPERATOR_SCOPES } from "../protocol/mod.ts";

const KNOWN: ReadonlySet<string> = new Set(OPERATOR_SCOPES);

/** The scopes that mean something for `role`, each once, in the given order; nodes have none. */
export function scopesOfRole(role: string, scopes: readonly string[]): string[] {
  if (role !== "operator") return [];
  return [...new Set(scopes)].filter((scope) => KNOWN.has(scope));
}

/** Whether `held` covers every one of `wanted`. */
export function coversScopes(held: readonly string[], wanted: readonly string[]): boolean {
  return firstMissingScope(held, wanted) === undefined;
}

/** The first of `wanted` that `held` does not cover. */
export function firstMissingScope(
  held: readonly string[],
  wanted: readonly string[],
): string | undefined {
  return wanted.find((scope) => !hasScope(held, scope));
}

/** Both lists as one, sorted, each entry once. */
export function mergeSorted<T extends string>(one: readonly T[], other: readonly T[]): T[] {
  return [...new Set([...one, ...other])].sort();
}

/** As a token stores scopes: with those that are implied by read and write, sorted. */
export function normalizeScopes(scopes: readonly string[]): string[] {
  const all = new Set(scopes);
  if (all.has("operator.admin")) all.add("operator.write");
  if (all.has("operator.write")) all.add("operator.read");
  return [...all].sort();
}

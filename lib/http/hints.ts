/**
 * What a client tells the provider beside the question.
 *
 * @module
 */
import type { HttpHints } from "./types.ts";

/** The hints that have a value; nothing when none has. */
export function givenHints(
  hints: { [Name in keyof HttpHints]: HttpHints[Name] | undefined },
): HttpHints | undefined {
  const given = Object.entries(hints).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/**
 * Looks whether the pointers of a configuration lead anywhere, without running programs.
 *
 * @module
 */
import { type ConfigIssue, formatPath } from "../config/mod.ts";
import { resolveRefs } from "./resolve.ts";
import { findSurfaces, type PointingConfig } from "./surface.ts";
import type { RefAtPath, SecretSource } from "./types.ts";

/** A pointer that leads nowhere. */
export interface DanglingPointer extends ConfigIssue {
  readonly source: SecretSource;
}

/**
 * The pointers in use that lead nowhere as seen from this process; one that a program answers is
 * taken on trust. What a variable holds may be different where the gateway runs.
 */
export async function checkPointers(snapshot: PointingConfig): Promise<DanglingPointer[]> {
  const { env } = snapshot;
  const config = snapshot.resolved?.pointers ?? snapshot.config;
  const known = findSurfaces(snapshot).active.filter(({ input }) => sourceOf(input) !== "exec");
  const outcomes = await resolveRefs(known, { config, env });
  return known.flatMap(({ path, input }, index) => {
    const outcome = outcomes[index]!;
    if (outcome.ok) return [];
    const { message } = outcome.error;
    return [{ path: formatPath(path), message, source: sourceOf(input) }];
  });
}

function sourceOf(input: RefAtPath["input"]): SecretSource {
  return typeof input === "string" ? "env" : input.source as SecretSource;
}

/**
 * `session.maintenance`: how long sessions are kept, and how many.
 *
 * @module
 */
import type { OpenClawConfig } from "../types.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
};
const DEFAULT_PRUNE_AFTER_DAYS = 30;
const DEFAULT_MAX_ENTRIES = 500;

/** What is kept. */
export interface SessionMaintenanceSettings {
  /** Whether limits are applied or only reported. */
  readonly mode: "enforce" | "warn";
  /** Age after which sessions go; absent when age does not matter. */
  readonly pruneAfterMs?: number;
  readonly maxEntries: number;
}

/** The limits of a configuration; an age that cannot be read counts as the usual one. */
export function resolveMaintenance(config: OpenClawConfig): SessionMaintenanceSettings {
  const { mode, pruneAfter, maxEntries } = config.session?.maintenance ?? {};
  const settings = { mode: mode ?? "enforce", maxEntries: maxEntries ?? DEFAULT_MAX_ENTRIES };
  if (pruneAfter === false) return settings;
  const age = readAge(pruneAfter) ?? DEFAULT_PRUNE_AFTER_DAYS * UNIT_MS.d!;
  return { ...settings, pruneAfterMs: age };
}

/** `30d`, `12h`; a number without a unit is days. */
function readAge(value: string | number | undefined): number | undefined {
  if (value === undefined) return undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?\s*$/i.exec(String(value));
  if (!match) return undefined;
  return Number(match[1]) * UNIT_MS[match[2]?.toLowerCase() ?? "d"]!;
}

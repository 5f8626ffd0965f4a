/**
 * Which nodes a list shows.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { NodeRow } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * The rows that `--connected` and `--last-connected` leave.
 *
 * @throws {AppError} `USAGE`
 */
export function selectNodes(
  { options, clock }: CommandContext,
  rows: readonly NodeRow[],
): NodeRow[] {
  const within = options.text("last-connected");
  const oldest = within === undefined ? -Infinity : clock.now() - parseSpan(within);
  return rows.filter((row) => {
    if (options.flag("connected") && row.connected !== true) return false;
    const seenAt = row.connected ? Infinity : row.lastSeenAtMs ?? row.connectedAtMs ?? -Infinity;
    return oldest === -Infinity || seenAt >= oldest;
  });
}

/** Whether {@linkcode selectNodes} may leave rows out. */
export function isSelective({ options }: CommandContext): boolean {
  return options.flag("connected") || options.text("last-connected") !== undefined;
}

function parseSpan(text: string): number {
  const [, amount, unit = "ms"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  if (amount !== undefined) return Number(amount) * UNITS[unit]!;
  throw new AppError("USAGE", `Invalid --last-connected: expected a time, got "${text}"`, {
    hint: "openclaw nodes list --last-connected 24h",
  });
}

/**
 * What a restart would cut off now.
 *
 * @module
 */
import type { RunManager } from "../../agents/mod.ts";
import type { RestartPreflight } from "../../protocol/mod.ts";

/** Counts the work under way. */
export function restartPreflight(
  { activeCount }: Pick<RunManager, "activeCount">,
): RestartPreflight {
  const counts = {
    queueSize: 0,
    pendingReplies: 0,
    embeddedRuns: activeCount,
    activeTasks: 0,
    totalActive: activeCount,
  };
  if (activeCount === 0) {
    return { safe: true, counts, blockers: [], summary: "safe to restart now" };
  }
  const message = activeCount === 1 ? "1 run is under way" : `${activeCount} runs are under way`;
  return {
    safe: false,
    counts,
    blockers: [{ kind: "embedded-run", count: activeCount, message }],
    summary: message,
  };
}

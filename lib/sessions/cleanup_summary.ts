/**
 * A cleanup in numbers, as `sessions.cleanup` and its command tell it.
 *
 * @module
 */
import type { CleanupPlan } from "./maintenance.ts";

/** What a cleanup did or would do. */
export interface CleanupSummary extends Record<string, unknown> {
  agentId: string;
  storePath: string;
  /** `warn` only says what would go. */
  mode: "enforce" | "warn";
  dryRun: boolean;
  beforeCount: number;
  afterCount: number;
  /** Sessions without a transcript. */
  missing: number;
  dmScopeRetired: number;
  pruned: number;
  capped: number;
  unreferencedArtifacts: {
    scannedFiles: number;
    removedFiles: number;
    freedBytes: number;
    olderThanMs: number | null;
  };
  diskBudget: null;
  wouldMutate: boolean;
  applied: boolean;
  appliedCount?: number;
}

/** Counts a plan; with mode `enforce` it was carried out. */
export function cleanupSummary(
  plan: CleanupPlan,
  { storePath, pruneAfterMs, mode }: {
    storePath: string;
    pruneAfterMs: number | undefined;
    mode: "enforce" | "warn";
  },
): CleanupSummary {
  const applied = mode === "enforce";
  const removedFiles = plan.staleTranscripts.length;
  const removed = plan.pruned.length + plan.capped.length + plan.retired.length;
  return {
    agentId: plan.agentId,
    storePath,
    mode,
    dryRun: !applied,
    beforeCount: plan.beforeCount,
    afterCount: plan.afterCount,
    // A session and its transcript are one write here: none can be without the other.
    missing: 0,
    dmScopeRetired: plan.retired.length,
    pruned: plan.pruned.length,
    capped: plan.capped.length,
    unreferencedArtifacts: {
      scannedFiles: plan.looseTranscripts,
      removedFiles,
      // Space inside the database is used again.
      freedBytes: 0,
      olderThanMs: pruneAfterMs ?? null,
    },
    diskBudget: null,
    wouldMutate: removed > 0 || removedFiles > 0,
    applied,
    ...(applied ? { appliedCount: plan.afterCount } : {}),
  };
}

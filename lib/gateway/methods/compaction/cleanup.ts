/**
 * `sessions.cleanup`: removes sessions that are old or too many.
 *
 * @module
 */
import { findAgent } from "../../../agents/mod.ts";
import { normalizeAgentId, resolveMaintenance } from "../../../config/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { CleanupPlan } from "../../../sessions/mod.ts";
import type { GatewayState } from "../../state.ts";
import { canonicalKey } from "../sessions.ts";

type Params = MethodParams<"sessions.cleanup">;

/** Cleans up one agent's sessions, or those of all; with mode `warn` it only says what would go. */
export async function cleanUpSessions(state: GatewayState, params: Params) {
  const snapshot = state.agents();
  const { mode: configured } = resolveMaintenance(state.config().config);
  const mode = params.enforce ? "enforce" : configured;
  if (!params.allAgents) {
    const agent = findAgent(snapshot, normalizeAgentId(params.agent ?? snapshot.defaultId));
    return await cleanUp(state, agent.id, mode, params);
  }
  const stores = [];
  for (const { id } of snapshot.agents) stores.push(await cleanUp(state, id, mode, params));
  return { allAgents: true, mode, dryRun: mode === "warn", stores };
}

async function cleanUp(
  state: GatewayState,
  agentId: string,
  mode: "enforce" | "warn",
  params: Params,
) {
  const { store, runs, sessionEvents } = state;
  const { config } = state.config();
  const { pruneAfterMs, maxEntries } = resolveMaintenance(config);
  const active = params.activeKey === undefined ? [] : [canonicalKey(state, params.activeKey)];
  const policy = {
    agentId,
    pruneAfterMs,
    maxSessions: maxEntries,
    keepKeys: new Set([...active, ...runs.activeKeys()]),
    retireDirect: params.fixDmScope === true && (config.session?.dmScope ?? "main") === "main",
  };
  const applied = mode === "enforce";
  const plan = applied ? await store.maintenance.apply(policy) : store.maintenance.plan(policy);
  if (applied) sessionEvents.cleanedUp();
  return { ...summaryOf(plan, store.path, pruneAfterMs, applied), mode };
}

/** What a cleanup did or would do, in numbers. */
function summaryOf(
  plan: CleanupPlan,
  storePath: string,
  pruneAfterMs: number | undefined,
  applied: boolean,
) {
  const removedFiles = plan.staleTranscripts.length;
  const removed = plan.pruned.length + plan.capped.length + plan.retired.length;
  return {
    agentId: plan.agentId,
    storePath,
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
      freedBytes: 0,
      olderThanMs: pruneAfterMs ?? null,
    },
    diskBudget: null,
    wouldMutate: removed > 0 || removedFiles > 0,
    applied,
    ...(applied ? { appliedCount: plan.afterCount } : {}),
  };
}

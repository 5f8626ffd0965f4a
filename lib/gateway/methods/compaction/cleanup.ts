/**
 * `sessions.cleanup`: removes sessions that are old or too many.
 *
 * @module
 */
import { findAgent } from "../../../agents/mod.ts";
import { AppError } from "../../../base/mod.ts";
import { normalizeAgentId, resolveMaintenance } from "../../../config/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { cleanupSummary } from "../../../sessions/mod.ts";
import type { GatewayState } from "../../state.ts";
import { canonicalKey } from "../sessions.ts";

type Params = MethodParams<"sessions.cleanup">;

/** Cleans up one agent's sessions, or those of all; with mode `warn` it only says what would go. */
export async function cleanUpSessions(state: GatewayState, params: Params) {
  const snapshot = state.agents();
  const { mode: configured } = resolveMaintenance(state.config().config);
  const mode = params.enforce ? "enforce" : configured;
  if (params.allAgents && params.agent !== undefined) {
    throw new AppError(
      "INVALID_REQUEST",
      "invalid sessions.cleanup params: agent and allAgents exclude each other",
      { hint: "openclaw sessions cleanup --all-agents" },
    );
  }
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
  return cleanupSummary(plan, { storePath: store.path, pruneAfterMs, mode });
}

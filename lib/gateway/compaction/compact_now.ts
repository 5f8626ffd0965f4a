/**
 * Compacts a session of the running gateway; `sessions.compact` and the command `/compact` do it so.
 *
 * @module
 */
import { compactConversation, type CompactionOutcome } from "../../agents/compaction/mod.ts";
import { findAgent, modelsForRun } from "../../agents/mod.ts";
import { lookup } from "../../config/mod.ts";
import { resolveRunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";

/**
 * Summarises the older part of a conversation with the session's model, once the runs that were
 * accepted before have ended.
 *
 * @param key Canonical.
 * @param focus What the user wants to have kept in particular.
 * @throws {AppError} What the model failed with; the conversation is as it was then.
 */
export async function compactNow(
  state: GatewayState,
  key: string,
  focus?: string,
): Promise<CompactionOutcome> {
  const { store, clock, runs, sessionEvents } = state;
  const outcome = await runs.exclusively(key, async (signal) => {
    const { agentId, model } = resolveRunTarget(state, { sessionKey: key });
    const snapshot = state.agents();
    const settings = lookup(state.config().config, ["agents", "defaults", "compaction"]).value;
    const asked = textOf(lookup(settings, ["model"]).value) ?? model;
    const keep = lookup(settings, ["keepRecentTokens"]).value;
    return await compactConversation({ store, clock, signal }, {
      sessionKey: key,
      agentId,
      models: modelsForRun(snapshot, findAgent(snapshot, agentId), asked),
      keepRecentTokens: typeof keep === "number" && keep > 0 ? keep : undefined,
      focus,
      reason: "manual",
    });
  });
  if (outcome.compacted) sessionEvents.changed(key, "compact");
  return outcome;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/**
 * `sessions.compact` and the command `/compact`.
 *
 * @module
 */
import { compactConversation, type CompactionOutcome } from "../../../agents/compaction/mod.ts";
import { findAgent, modelsForRun } from "../../../agents/mod.ts";
import { lookup } from "../../../config/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { messageId } from "../../../sessions/mod.ts";
import type { Client } from "../../client.ts";
import { resolveRunTarget } from "../../run_target.ts";
import type { GatewayState } from "../../state.ts";
import { canonicalKey } from "../sessions.ts";
import { refuseWebchat } from "../session_changes.ts";

/** Shortens a conversation: by a summary, or with `maxLines` by cutting its older part off. */
export async function compactSession(
  state: GatewayState,
  { key: written, maxLines }: MethodParams<"sessions.compact">,
  client: Client,
) {
  refuseWebchat(client, "compact");
  const key = canonicalKey(state, written);
  if (!state.store.getSession(key)) {
    return { ok: true, key, compacted: false, reason: "no sessionId" };
  }
  if (maxLines !== undefined) return await cutTail(state, key, maxLines);
  const outcome = await compactNow(state, key);
  if (!outcome.compacted) return { ok: true, key, ...outcome };
  const { checkpoint } = outcome;
  return {
    ok: true,
    key,
    compacted: true,
    result: {
      summary: checkpoint.summary,
      firstKeptEntryId: messageId(checkpoint.sessionId, checkpoint.firstKeptSeq),
      tokensBefore: checkpoint.tokensBefore,
      tokensAfter: checkpoint.tokensAfter,
      details: { readFiles: [], modifiedFiles: [] },
    },
  };
}

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

async function cutTail(state: GatewayState, key: string, maxLines: number) {
  const cut = await state.runs.exclusively(
    key,
    () => state.store.compactions.cutTail(key, maxLines),
  );
  if (!cut) {
    const { sessionId } = state.store.getSession(key)!;
    return { ok: true, key, compacted: false, kept: state.store.lastSeq(sessionId) };
  }
  state.sessionEvents.changed(key, "compact");
  // The old transcript stays in the store under its id.
  return { ok: true, key, compacted: true, archived: cut.checkpoint.sessionId, kept: maxLines };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/**
 * `sessions.compact`.
 *
 * @module
 */
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { Client } from "../../client.ts";
import { compactNow } from "../../compaction/compact_now.ts";
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
      firstKeptEntryId: state.store.entryId(checkpoint.sessionId, checkpoint.firstKeptSeq),
      tokensBefore: checkpoint.tokensBefore,
      tokensAfter: checkpoint.tokensAfter,
      details: { readFiles: [], modifiedFiles: [] },
    },
  };
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

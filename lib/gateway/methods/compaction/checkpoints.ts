/**
 * `sessions.compaction.*`: what conversations were before they were compacted, and the way back.
 *
 * @module
 */
import { randomId } from "../../../base/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { canonicalSessionKey, type Checkpoint } from "../../../sessions/mod.ts";
import type { Client } from "../../client.ts";
import { sessionEntryView } from "../../session_row.ts";
import type { GatewayState } from "../../state.ts";
import { canonicalKey } from "../sessions.ts";
import { endRuns } from "../../run_aborts.ts";
import { refuseWebchat } from "../session_changes.ts";

/** All checkpoints of a session, newest first. */
export function listCheckpoints(
  state: GatewayState,
  params: MethodParams<"sessions.compaction.list">,
) {
  const key = canonicalKey(state, params.key);
  return {
    ok: true,
    key,
    checkpoints: state.store.compactions.checkpoints(key).map((one) => view(state, one)),
  };
}

/** One checkpoint. @throws {AppError} `CHECKPOINT_NOT_FOUND` */
export function getCheckpoint(
  state: GatewayState,
  { key: written, checkpointId }: MethodParams<"sessions.compaction.get">,
) {
  const key = canonicalKey(state, written);
  return {
    ok: true,
    key,
    checkpoint: view(state, state.store.compactions.checkpoint(key, checkpointId)),
  };
}

/** Makes a new session of what was before; the session itself is not touched. */
export async function branchCheckpoint(
  state: GatewayState,
  { key: written, checkpointId }: MethodParams<"sessions.compaction.branch">,
) {
  const { key: sourceKey, agentId } = canonicalSessionKey(written, {
    defaultAgentId: state.agents().defaultId,
  });
  const key = `agent:${agentId}:dashboard:${randomId()}`;
  const { entry, checkpoint } = await state.store.compactions.branch(sourceKey, checkpointId, key);
  state.sessionEvents.changed(sourceKey, "checkpoint-branch");
  state.sessionEvents.changed(key, "checkpoint-branch");
  return {
    ok: true,
    sourceKey,
    key,
    sessionId: entry.sessionId,
    checkpoint: view(state, checkpoint),
    entry: sessionEntryView(entry),
  };
}

/** Puts a session back to what it was; what it is now stays in the store. */
export async function restoreCheckpoint(
  state: GatewayState,
  { key: written, checkpointId }: MethodParams<"sessions.compaction.restore">,
  client: Client,
) {
  refuseWebchat(client, "restore");
  const key = canonicalKey(state, written);
  const { compactions } = state.store;
  compactions.checkpoint(key, checkpointId);
  await endRuns(state, key, "stop");
  const { entry, checkpoint } = await state.runs.exclusively(
    key,
    () => compactions.restore(key, checkpointId),
  );
  state.sessionEvents.changed(key, "checkpoint-restore");
  return {
    ok: true,
    key,
    sessionId: entry.sessionId,
    checkpoint: view(state, checkpoint),
    entry: sessionEntryView(entry),
  };
}

/** A checkpoint as clients see it: entries by their ids. */
function view({ store }: GatewayState, checkpoint: Checkpoint) {
  const { sessionId, lastSeq, firstKeptSeq, postSessionId, postSeq, ...facts } = checkpoint;
  const entryId = store.entryId(postSessionId, postSeq);
  return {
    ...facts,
    sessionId,
    firstKeptEntryId: store.entryId(sessionId, firstKeptSeq),
    preCompaction: { sessionId, leafId: store.entryId(sessionId, lastSeq) },
    postCompaction: { sessionId: postSessionId, leafId: entryId, entryId },
  };
}

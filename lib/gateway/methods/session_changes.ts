/**
 * Methods that change sessions.
 *
 * @module
 */
import { findAgent } from "../../agents/mod.ts";
import { AppError, randomId } from "../../base/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { canonicalSessionKey, mainSessionKey } from "../../sessions/mod.ts";
import { sendChatMessage } from "../chat_send.ts";
import type { Client } from "../client.ts";
import { sessionModel } from "../default_model.ts";
import type { Call, Handlers } from "../rpc.ts";
import { resolveRunTarget } from "../run_target.ts";
import { AGENT_RUNTIME, sessionEntryView } from "../session_row.ts";
import { checkSessionPatch, modelOfPatch } from "../session_patch.ts";
import type { GatewayState } from "../state.ts";
import { canonicalKey } from "./sessions.ts";

/** Creating, sending, changing, resetting, deleting and aborting. */
export function sessionChangeMethods(state: GatewayState): Handlers {
  return {
    "sessions.create": (call) => createSession(state, call),
    "sessions.send": ({ params, client }) => sendToSession(state, params, client, "send"),
    "sessions.steer": ({ params, client }) => steerSession(state, params, client),
    "sessions.patch": ({ params, client }) => patchSession(state, params, client),
    "sessions.reset": ({ params }) => resetSession(state, params),
    "sessions.delete": ({ params, client }) => deleteSession(state, params, client),
    "sessions.abort": ({ params }) => abortSession(state, params),
  };
}

async function createSession(
  state: GatewayState,
  { params, client }: Call<MethodParams<"sessions.create">>,
): Promise<unknown> {
  const { store, sessionEvents } = state;
  const snapshot = state.agents();
  const agentId = params.agentId?.trim().toLowerCase() || snapshot.defaultId;
  findAgent(snapshot, agentId);
  const { key } = canonicalSessionKey(params.key ?? `agent:${agentId}:dashboard:${randomId()}`, {
    defaultAgentId: agentId,
  });
  const existing = store.getSession(key);
  let entry = existing ?? await store.resetSession(key, "create", { agentId });
  const model = params.model ? modelOfPatch(state, agentId, params.model) : undefined;
  const { label, parentSessionKey } = params;
  if (label !== undefined || model !== undefined || parentSessionKey !== undefined) {
    entry = await store.patchSession(key, {
      ...(label === undefined ? {} : { label }),
      extra: {
        ...(model === undefined ? {} : { modelOverride: model }),
        ...(parentSessionKey === undefined ? {} : { parentSessionKey }),
      },
    });
  }
  if (!existing) sessionEvents.changed(key, "create");
  const message = params.message ?? params.task;
  const base = { ok: true, key, sessionId: entry.sessionId, entry: sessionEntryView(entry) };
  if (!message) return { ...base, runStarted: false };
  const sent = await sendToSession(state, { key, message }, client, "send");
  return { ...base, runStarted: true, ...sent };
}

/** Sends a message into a session; its answer comes as `chat` events. */
async function sendToSession(
  state: GatewayState,
  { key, idempotencyKey, ...params }: MethodParams<"sessions.send">,
  client: Client,
  reason: "send" | "steer",
) {
  const message = { ...params, sessionKey: key, idempotencyKey: idempotencyKey ?? randomId() };
  const { ack, messageSeq } = await sendChatMessage(state, client, message);
  if (reason === "steer") state.sessionEvents.changed(canonicalKey(state, key), "steer");
  return messageSeq === undefined ? ack : { ...ack, messageSeq };
}

/** Ends what runs in a session, then sends. */
async function steerSession(
  state: GatewayState,
  params: MethodParams<"sessions.steer">,
  client: Client,
) {
  const { sessionKey } = resolveRunTarget(state, { sessionKey: params.key });
  const active = state.runs.activeOf(sessionKey);
  for (const run of active) run.abort("rpc");
  await Promise.all(active.map((run) => run.done));
  const sent = await sendToSession(state, params, client, "steer");
  return active.length > 0 ? { ...sent, interruptedActiveRun: true } : sent;
}

async function patchSession(
  state: GatewayState,
  params: MethodParams<"sessions.patch">,
  client: Client,
): Promise<unknown> {
  refuseWebchat(client, "patch");
  const { store, sessionEvents } = state;
  const { key, agentId } = canonicalSessionKey(params.key, {
    defaultAgentId: state.agents().defaultId,
  });
  const patch = checkSessionPatch(state, agentId, params);
  if (!store.getSession(key)) await store.resetSession(key, "patch", { agentId });
  const entry = await store.patchSession(key, patch);
  sessionEvents.changed(key, "patch");
  const model = sessionModel(state.agents(), agentId, entry.extra.modelOverride);
  return {
    ok: true,
    path: store.path,
    key,
    entry: sessionEntryView(entry),
    resolved: {
      ...(model === undefined ? {} : { modelProvider: model.provider, model: model.model }),
      agentRuntime: AGENT_RUNTIME,
    },
  };
}

async function resetSession(state: GatewayState, params: MethodParams<"sessions.reset">) {
  const { key, agentId } = canonicalSessionKey(params.key, {
    defaultAgentId: state.agents().defaultId,
  });
  findAgent(state.agents(), agentId);
  const reason = params.reason ?? "reset";
  await endRuns(state, key);
  const entry = await state.store.resetSession(key, reason, { agentId });
  state.sessionEvents.changed(key, reason);
  return { ok: true, key, entry: sessionEntryView(entry) };
}

async function deleteSession(
  state: GatewayState,
  params: MethodParams<"sessions.delete">,
  client: Client,
) {
  refuseWebchat(client, "delete");
  const key = canonicalKey(state, params.key);
  const isMain = state.agents().agents.some(({ id }) => key === mainSessionKey(id));
  if (isMain) {
    throw new AppError("SESSION_PROTECTED", `Cannot delete the main session (${key})`, {
      hint: `openclaw gateway call sessions.reset --params '{"key":"${key}"}'`,
    });
  }
  await endRuns(state, key);
  const keepTranscripts = params.deleteTranscript === false;
  const { deleted } = await state.store.deleteSession(key, { keepTranscripts });
  if (deleted) state.sessionEvents.changed(key, "delete");
  return { ok: true, key, deleted, archived: [] };
}

async function abortSession(state: GatewayState, params: MethodParams<"sessions.abort">) {
  const { runs, sessionEvents } = state;
  const active = params.runId
    ? [runs.get(params.runId)].flatMap((run) => run ? [run] : [])
    : params.key
    ? runs.activeOf(canonicalKey(state, params.key))
    : [];
  const [first] = active.filter((run) => run.abort("rpc"));
  if (!first) return { ok: true, abortedRunId: null, status: "no-active-run" };
  await first.done;
  sessionEvents.changed(first.sessionKey, "abort");
  return { ok: true, abortedRunId: first.runId, status: "aborted" };
}

/** Ends what runs in a session and waits until the ends are stored. */
export async function endRuns({ runs }: GatewayState, key: string): Promise<void> {
  const active = runs.activeOf(key);
  for (const run of active) run.abort("stop");
  await Promise.all(active.map((run) => run.done));
}

/**
 * A web chat may talk, but not rearrange: only the Control UI is trusted with that.
 *
 * @throws {AppError} `CLIENT_NOT_ALLOWED`
 */
export function refuseWebchat({ identity }: Client, action: string): void {
  if (identity.clientMode !== "webchat" || identity.clientId === "openclaw-control-ui") return;
  throw new AppError("CLIENT_NOT_ALLOWED", `webchat clients cannot ${action} sessions`, {
    hint: "Use the Control UI or the command line",
  });
}

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
import { abortOwn, abortRefused, abortRuns, endRuns, ownRuns } from "../run_aborts.ts";
import { resolveRunTarget } from "../run_target.ts";
import { AGENT_RUNTIME, sessionEntryView } from "../session_row.ts";
import { checkSessionPatch, modelOfPatch } from "../session_patch.ts";
import type { GatewayState } from "../state.ts";
import { canonicalKey } from "./sessions.ts";

/** Creating, sending, changing, resetting, deleting and aborting. */
export function sessionChangeMethods(state: GatewayState): Handlers {
  return {
    "sessions.create": (call) => createSession(state, call),
    "sessions.send": ({ params, client }) => {
      requireSession(state, params.key);
      return sendToSession(state, params, client, "send");
    },
    "sessions.steer": ({ params, client }) => steerSession(state, params, client),
    "sessions.patch": ({ params, client }) => patchSession(state, params, client),
    "sessions.reset": ({ params }) => resetSession(state, params),
    "sessions.delete": ({ params, client }) => deleteSession(state, params, client),
    "sessions.abort": ({ params, client }) => abortSession(state, params, client),
  };
}

async function createSession(
  state: GatewayState,
  { params, client }: Call<MethodParams<"sessions.create">>,
): Promise<unknown> {
  const { store, sessionEvents } = state;
  const owner = params.agentId?.trim().toLowerCase() || state.agents().defaultId;
  const { agentId, sessionKey: key } = resolveRunTarget(state, {
    agentId: params.agentId,
    sessionKey: params.key ?? `agent:${owner}:dashboard:${randomId()}`,
  });
  const parentSessionKey = parentOf(state, params.parentSessionKey);
  const model = params.model ? modelOfPatch(state, agentId, params.model) : undefined;
  const isNew = store.getSession(key) === undefined;
  const { label } = params;
  const entry = await store.patchSession(key, {
    ...(label === undefined ? {} : { label }),
    extra: {
      ...(model === undefined ? {} : { modelOverride: model }),
      ...(parentSessionKey === undefined ? {} : { parentSessionKey }),
    },
  }, { agentId });
  if (isNew) sessionEvents.changed(key, "create");
  const message = params.message ?? params.task;
  const base = { ok: true, key, sessionId: entry.sessionId, entry: sessionEntryView(entry) };
  if (!message) return { ...base, runStarted: false };
  const sent = await sendToSession(state, { key, message }, client, "send");
  return { ...base, runStarted: true, ...sent };
}

/** The canonical key of the session that a new one belongs to. @throws {AppError} `SESSION_NOT_FOUND` */
function parentOf(state: GatewayState, written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const key = canonicalKey(state, written);
  if (state.store.getSession(key)) return key;
  throw new AppError("SESSION_NOT_FOUND", `unknown parent session: ${written}`, {
    hint: "openclaw gateway call sessions.list",
  });
}

/**
 * A main session need not have begun.
 *
 * @throws {AppError} `SESSION_NOT_FOUND`: a mistyped key must not become a session of its own.
 */
function requireSession(state: GatewayState, written: string): void {
  const key = canonicalKey(state, written);
  if (state.store.getSession(key) || isMainSession(state, key)) return;
  throw new AppError("SESSION_NOT_FOUND", `session not found: ${written}`, {
    hint: "openclaw gateway call sessions.list",
  });
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
  requireSession(state, params.key);
  const { sessionKey } = resolveRunTarget(state, { sessionKey: params.key });
  const wasActive = await endRuns(state, sessionKey, "rpc");
  const sent = await sendToSession(state, params, client, "steer");
  return wasActive ? { ...sent, interruptedActiveRun: true } : sent;
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
  // A session that is there may be of an agent that is not there any more.
  if (!store.getSession(key)) findAgent(state.agents(), agentId);
  const patch = checkSessionPatch(state, { key, agentId }, params);
  const entry = await store.patchSession(key, patch, { agentId });
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
  await endRuns(state, key, "stop");
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
  if (isMainSession(state, key)) {
    throw new AppError("SESSION_PROTECTED", `Cannot delete the main session (${key})`, {
      hint: `openclaw gateway call sessions.reset --params '{"key":"${key}"}'`,
    });
  }
  await endRuns(state, key, "stop");
  const keepTranscripts = params.deleteTranscript === false;
  const { deleted } = await state.store.deleteSession(key, { keepTranscripts });
  if (deleted) state.sessionEvents.changed(key, "delete");
  return { ok: true, key, deleted, archived: [] };
}

async function abortSession(
  state: GatewayState,
  { key: written, runId }: MethodParams<"sessions.abort">,
  client: Client,
) {
  const { runs, sessionEvents } = state;
  if (!written && !runId) {
    throw new AppError("INVALID_REQUEST", "key required", {
      hint: "openclaw gateway call sessions.list",
    });
  }
  const key = written && canonicalKey(state, written);
  const run = runId === undefined ? undefined : runs.get(runId);
  if (key && run && run.sessionKey !== key) throw abortRefused("runId does not match sessionKey");
  const { aborted, runIds } = runId === undefined
    ? await abortOwn(state, client, key ?? "")
    : await abortRuns(run ? ownRuns(client, [run]) : []);
  if (!aborted) return { ok: true, abortedRunId: null, status: "no-active-run" };
  sessionEvents.changed(run?.sessionKey ?? key ?? "", "abort");
  return { ok: true, abortedRunId: runIds[0] ?? null, status: "aborted" };
}

function isMainSession(state: GatewayState, key: string): boolean {
  return state.agents().agents.some(({ id }) => key === mainSessionKey(id));
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

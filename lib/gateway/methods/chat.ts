/**
 * Methods of a conversation: send, abort, read back.
 *
 * @module
 */
import type { Run } from "../../agents/mod.ts";
import { AppError } from "../../base/mod.ts";
import {
  type ChatAbortResult,
  type ChatSendAck,
  hasScope,
  IDEMPOTENCY_TTL_MS,
  MAX_HISTORY_BYTES,
} from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { canonicalSessionKey } from "../../sessions/mod.ts";
import { readAttachments } from "../attachments.ts";
import { parseChatCommand, runChatCommand } from "../chat_commands.ts";
import { historyPage } from "../chat_history.ts";
import type { Client } from "../client.ts";
import type { Call, Handlers } from "../rpc.ts";
import { errorOfRecord } from "../run_answers.ts";
import { resolveRunTarget, type RunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";
import { isStopPhrase } from "../stop_phrases.ts";

/** `chat.send`, `chat.abort` and `chat.history`. */
export function chatMethods(state: GatewayState): Handlers {
  return {
    "chat.send": (call) => send(state, call),
    "chat.abort": ({ params, client }) => abort(state, client, params),
    "chat.history": ({ params }) => history(state, params),
  };
}

/** Where the keys of carried out commands are kept, for their repeats. */
const COMMAND_SCOPE = "chat";

/** Starts a run whose answer comes as `chat` events; acknowledges once the message is stored. */
async function send(state: GatewayState, call: Call<MethodParams<"chat.send">>): Promise<unknown> {
  const { params, client } = call;
  const { runs } = state;
  const target = resolveRunTarget(state, { sessionKey: params.sessionKey });
  if (isStopPhrase(params.message)) return await abortRuns(runs.activeOf(target.sessionKey));
  const images = readAttachments(params.attachments);
  if (params.message.trim() === "" && images.length === 0) {
    throw new AppError("MESSAGE_EMPTY", "message or attachment required", {
      hint: "Send a text or an image",
    });
  }
  if (params.message.includes("\0")) {
    throw new AppError("MESSAGE_INVALID", "message must not contain null bytes", {
      hint: "Send the text without them",
    });
  }
  const runId = params.idempotencyKey;
  const known = repeatOf(state, runId);
  if (known) return known;
  const message = await afterCommand(state, params, target, client);
  if (message === undefined) return { runId, status: "started" };
  await runs.start({
    runId,
    ...resolveRunTarget(state, { sessionKey: target.sessionKey }),
    message,
    images,
    origin: { kind: "chat", connId: client.connId },
    ...(params.timeoutMs ? { timeoutMs: params.timeoutMs } : {}),
  });
  return { runId, status: "started" };
}

/** What became of a message that was sent before under the same key. */
function repeatOf({ runs, store, clock }: GatewayState, runId: string): ChatSendAck | undefined {
  if (runs.find(runId)) return { runId, status: "in_flight" };
  const finished = store.getRun(runId);
  if (finished?.status === "error") throw errorOfRecord(finished);
  const isCommand = store.recallResult(COMMAND_SCOPE, runId, clock.now()) !== undefined;
  return finished || isCommand ? { runId, status: "ok" } : undefined;
}

/**
 * Carries out the command that a message may begin with.
 *
 * @returns What is left for the model, or nothing: the reply is on its way to all who follow the chat.
 */
async function afterCommand(
  state: GatewayState,
  params: MethodParams<"chat.send">,
  target: RunTarget,
  client: Client,
): Promise<string | undefined> {
  const command = parseChatCommand(params.message);
  if (!command) return params.message;
  const result = await runChatCommand(state, command, target, client);
  if (result.kind === "message") return result.text;
  const { broadcaster, clock, store } = state;
  const now = clock.now();
  const runId = params.idempotencyKey;
  await store.rememberResult(COMMAND_SCOPE, runId, true, { ttlMs: IDEMPOTENCY_TTL_MS, now });
  broadcaster.broadcast("chat", {
    runId,
    sessionKey: target.sessionKey,
    seq: 1,
    state: "final",
    message: {
      role: "assistant",
      content: [{ type: "text", text: result.text }],
      timestamp: now,
      provider: "openclaw",
      model: "gateway-command",
    },
  });
  return undefined;
}

async function abort(
  state: GatewayState,
  client: Client,
  { sessionKey, runId }: MethodParams<"chat.abort">,
): Promise<ChatAbortResult> {
  const key = keyOf(state, sessionKey);
  if (runId === undefined) {
    const own = state.runs.activeOf(key).filter((run) => mayAbort(client, run));
    return await abortRuns(own);
  }
  const run = state.runs.get(runId);
  if (!run) return { ok: true, aborted: false, runIds: [] };
  if (run.sessionKey !== key) throw refused("runId does not match sessionKey");
  if (!mayAbort(client, run)) throw refused("unauthorized");
  return await abortRuns([run]);
}

/** Only who started a run, or an admin, may end it. */
function mayAbort({ identity }: Client, run: Run): boolean {
  return run.request.origin.connId === identity.connId ||
    hasScope(identity.scopes, "operator.admin");
}

/** Ends runs and waits until their partial answers are stored and shown. */
async function abortRuns(runs: readonly Run[]): Promise<ChatAbortResult> {
  const aborted = runs.filter((run) => run.abort("rpc"));
  await Promise.all(aborted.map((run) => run.done));
  return {
    ok: true,
    aborted: aborted.length > 0,
    runIds: aborted.map((run) => run.runId),
  };
}

function refused(message: string): AppError {
  return new AppError("RUN_ABORT_REFUSED", message, {
    hint: "Abort from the connection that started the run, or with operator.admin",
  });
}

function history(state: GatewayState, params: MethodParams<"chat.history">) {
  const session = state.store.getSession(keyOf(state, params.sessionKey));
  const page = session
    ? historyPage(state.store, session, {
      ...params,
      maxBytes: MAX_HISTORY_BYTES,
    })
    : { messages: [] };
  return {
    sessionKey: params.sessionKey,
    ...(session ? { sessionId: session.sessionId } : {}),
    thinkingLevel: "off",
    ...page,
  };
}

function keyOf(state: GatewayState, sessionKey: string): string {
  return canonicalSessionKey(sessionKey, {
    defaultAgentId: state.agents().defaultId,
  }).key;
}

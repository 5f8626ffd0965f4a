/**
 * Methods of a conversation: send, abort, read back.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { type ChatAbortResult, hasScope, MAX_HISTORY_BYTES } from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { canonicalSessionKey } from "../../sessions/mod.ts";
import { historyPage } from "../chat_history.ts";
import { sendChatMessage } from "../chat_send.ts";
import type { Client } from "../client.ts";
import type { Call, Handlers } from "../rpc.ts";
import { abortOwn, abortRefused, abortRuns, ownRuns } from "../run_aborts.ts";
import type { GatewayState } from "../state.ts";

/** `chat.send`, `chat.abort` and `chat.history`. */
export function chatMethods(state: GatewayState): Handlers {
  return {
    "chat.send": (call) => send(state, call),
    "chat.abort": ({ params, client }) => abort(state, client, params),
    "chat.history": ({ params }) => history(state, params),
  };
}

/** Starts a run whose answer comes as `chat` events; acknowledges once the message is stored. */
async function send(state: GatewayState, { params, client }: Call<MethodParams<"chat.send">>) {
  refuseForeignOrigin(client, params);
  return (await sendChatMessage(state, client, params)).ack;
}

/** Only an admin may say that a message came from elsewhere. */
function refuseForeignOrigin({ identity }: Client, params: MethodParams<"chat.send">): void {
  const given = ADMIN_FIELDS.find((name) => params[name] !== undefined);
  if (given === undefined || hasScope(identity.scopes, "operator.admin")) return;
  throw new AppError("SCOPE_MISSING", "missing scope: operator.admin", {
    hint: `Leave ${given} out, or connect with operator.admin`,
  });
}

const ADMIN_FIELDS = [
  "originatingChannel",
  "originatingTo",
  "originatingAccountId",
  "originatingThreadId",
  "systemInputProvenance",
  "systemProvenanceReceipt",
] as const;

async function abort(
  state: GatewayState,
  client: Client,
  { sessionKey, runId }: MethodParams<"chat.abort">,
): Promise<ChatAbortResult> {
  const key = keyOf(state, sessionKey);
  if (runId === undefined) return await abortOwn(state, client, key);
  const run = state.runs.get(runId);
  if (!run) return { ok: true, aborted: false, runIds: [] };
  if (run.sessionKey !== key) throw abortRefused("runId does not match sessionKey");
  return await abortRuns(ownRuns(client, [run]));
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
    thinkingLevel: session?.extra.thinkingLevel ?? "off",
    ...page,
  };
}

function keyOf(state: GatewayState, sessionKey: string): string {
  return canonicalSessionKey(sessionKey, {
    defaultAgentId: state.agents().defaultId,
  }).key;
}

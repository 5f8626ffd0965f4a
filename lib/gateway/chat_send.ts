/**
 * Sends a message of a person into a session: commands, stop phrases, repeats, then a run.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import { type ChatAbortResult, type ChatSendAck, IDEMPOTENCY_TTL_MS } from "../protocol/mod.ts";
import { readAttachments } from "./attachments.ts";
import { parseChatCommand, runChatCommand } from "./chat_commands.ts";
import type { Client } from "./client.ts";
import { abortOwn } from "./run_aborts.ts";
import { errorOfRecord } from "./run_answers.ts";
import { originOf, resolveRunTarget, type RunTarget } from "./run_target.ts";
import type { GatewayState } from "./state.ts";
import { isStopPhrase } from "./stop_phrases.ts";
import { readThinking } from "./thinking.ts";

/** Where the keys of carried out commands are kept, for their repeats. */
const COMMAND_SCOPE = "chat";

const NO_USAGE = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 0,
  cost: { total: 0 },
};

/** A message, by whichever method it came. */
export interface ChatMessage {
  sessionKey: string;
  message: string;
  /** Becomes the id of the run. */
  idempotencyKey: string;
  attachments?: readonly unknown[] | undefined;
  timeoutMs?: number | undefined;
  thinking?: string | undefined;
}

/** What became of a message. */
export interface SentMessage {
  ack: ChatSendAck | ChatAbortResult;
  /** Place of the message in its transcript; absent when it was none for the model. */
  messageSeq?: number;
}

/**
 * Sends a message; the answer comes as `chat` events. Returns once the message is stored.
 *
 * @throws {AppError} `MESSAGE_EMPTY`, `MESSAGE_INVALID`, or what the run is refused with.
 */
export async function sendChatMessage(
  state: GatewayState,
  client: Client,
  params: ChatMessage,
): Promise<SentMessage> {
  const { runs } = state;
  const target = resolveRunTarget(state, { sessionKey: params.sessionKey });
  if (isStopPhrase(params.message)) {
    return { ack: await abortOwn(state, client, target.sessionKey) };
  }
  const images = readAttachments(params.attachments);
  const thinking = readThinking(params.thinking);
  refuseUnusable(params.message, images.length > 0);
  const runId = params.idempotencyKey;
  const known = repeatOf(state, runId) ?? twinOf(state, params, target);
  if (known) return { ack: known };
  const message = await afterCommand(state, params, target, client);
  if (message === undefined) return { ack: { runId, status: "started" } };
  const run = await runs.start({
    runId,
    // A command may have changed the session that the message goes to.
    ...resolveRunTarget(state, { sessionKey: target.sessionKey }),
    message,
    images,
    origin: originOf("chat", client),
    ...(thinking === undefined ? {} : { thinking }),
    ...(params.timeoutMs ? { timeoutMs: params.timeoutMs } : {}),
  });
  return { ack: { runId, status: "started" }, messageSeq: run.userMessageSeq };
}

function refuseUnusable(message: string, hasImages: boolean): void {
  if (message.trim() === "" && !hasImages) {
    throw new AppError("MESSAGE_EMPTY", "message or attachment required", {
      hint: "Send a text or an image",
    });
  }
  if (message.includes("\0")) {
    throw new AppError("MESSAGE_INVALID", "message must not contain null bytes", {
      hint: "Send the text without them",
    });
  }
}

/** What became of a message that was sent before under the same key. */
function repeatOf({ runs, store, clock }: GatewayState, runId: string): ChatSendAck | undefined {
  if (runs.find(runId)) return { runId, status: "in_flight" };
  const finished = store.getRun(runId);
  if (finished?.status === "error") throw errorOfRecord(finished);
  const isCommand = store.recallResult(COMMAND_SCOPE, runId, clock.now()) !== undefined;
  return finished || isCommand ? { runId, status: "ok" } : undefined;
}

/** The same text in the same session while it is still being answered: a client that sent it twice. */
function twinOf(
  { runs }: GatewayState,
  { message, attachments = [] }: ChatMessage,
  { sessionKey }: RunTarget,
): ChatSendAck | undefined {
  if (attachments.length > 0 || parseChatCommand(message)) return undefined;
  const twin = runs.activeOf(sessionKey).find(({ request }) =>
    request.origin.kind === "chat" && request.message === message && !request.images?.length
  );
  return twin && { runId: twin.runId, status: "in_flight" };
}

/**
 * Carries out the command that a message may begin with.
 *
 * @returns What is left for the model, or nothing: the reply is on its way to all who follow the chat.
 */
async function afterCommand(
  state: GatewayState,
  params: ChatMessage,
  target: RunTarget,
  client: Client,
): Promise<string | undefined> {
  const command = parseChatCommand(params.message);
  if (!command) return params.message;
  const result = await runChatCommand(state, command, target, client);
  if (result.kind === "message") return result.text;
  const { clock, store } = state;
  const runId = params.idempotencyKey;
  const remembering = { ttlMs: IDEMPOTENCY_TTL_MS, now: clock.now() };
  await store.rememberResult(COMMAND_SCOPE, runId, true, remembering);
  if (result.kind === "reply") reply(state, runId, target, result.text);
  else void result.text.then((text) => reply(state, runId, target, text));
  return undefined;
}

/** Tells all who follow the chat what a command did. */
function reply(
  { broadcaster, clock }: GatewayState,
  runId: string,
  { sessionKey }: RunTarget,
  text: string,
): void {
  broadcaster.broadcast("chat", {
    runId,
    sessionKey,
    seq: 1,
    state: "final",
    message: {
      role: "assistant",
      content: [{ type: "text", text }],
      timestamp: clock.now(),
      api: "openclaw",
      provider: "openclaw",
      model: "gateway-injected",
      stopReason: "stop",
      usage: NO_USAGE,
    },
  });
}

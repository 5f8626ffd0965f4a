/**
 * Turns a stored transcript into the conversation a model is sent.
 *
 * @module
 */
import type { ModelMessage } from "../models/mod.ts";
import type { StoredMessage, UserMessage } from "../sessions/mod.ts";
import { Talk } from "./talk.ts";

/**
 * The conversation for one turn: everything before it, then its own message.
 *
 * A message is stored when it is acknowledged, so a run that waits in line has its message in the
 * transcript ahead of the answer to the one before. Here each run sees its own message last, and not
 * the messages of runs still waiting behind it.
 *
 * @param history The transcript, oldest first; its own message need not be in it, since a long one
 * behind it may have used up the room.
 * @param own The message this turn answers.
 * @param waitingIds Ids of messages whose runs have not begun.
 */
export function buildConversation(
  history: readonly StoredMessage[],
  own: Pick<StoredMessage, "id" | "message">,
  waitingIds: ReadonlySet<string>,
): ModelMessage[] {
  const before = history.filter(({ id }) => id !== own.id && !waitingIds.has(id));
  const talk = talkOf(before);
  talk.add(own.message);
  return dropDanglingTools(talk.messages());
}

/**
 * A message without the account of what the conversation holds already; what it answers to calls that
 * wait in there stays, as results of its own.
 *
 * @param history The transcript before it, oldest first.
 */
export function withoutKnown(
  message: UserMessage,
  history: readonly StoredMessage[],
): UserMessage {
  const { earlier: told = [], toolResults: results = [], ...rest } = message;
  const { earlier, answers } = talkOf(history).newsIn(told);
  const toolResults = [...answers, ...results];
  return {
    ...rest,
    ...(earlier.length === 0 ? {} : { earlier }),
    ...(toolResults.length === 0 ? {} : { toolResults }),
  };
}

/** A summary, or a transcript that does not begin at its beginning, means that there was more. */
function talkOf(history: readonly StoredMessage[]): Talk {
  const first = history[0];
  const talk = new Talk(
    first !== undefined && (first.seq > 1 || first.message.role === "compaction"),
  );
  for (const { message } of history) talk.add(message);
  return talk;
}

/**
 * Drops tool calls without an answer and answers without a call: providers refuse a conversation that
 * holds either, and a cut of the oldest messages or a crash can leave both.
 *
 * An answer belongs to the assistant message right before it, since some providers use ids again.
 */
function dropDanglingTools(messages: readonly ModelMessage[]): ModelMessage[] {
  const kept: ModelMessage[] = [];
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (open.delete(message.toolCallId)) kept.push(message);
      continue;
    }
    open = new Set();
    if (message.role === "user" || message.toolCalls.length === 0) {
      kept.push(message);
      continue;
    }
    const answered = answersAfter(messages, index);
    const toolCalls = message.toolCalls.filter(({ id }) => answered.has(id));
    for (const { id } of toolCalls) open.add(id);
    if (toolCalls.length > 0 || message.text !== "") kept.push({ ...message, toolCalls });
  }
  return kept;
}

/** Ids of the calls that the messages right after one answer. */
function answersAfter(messages: readonly ModelMessage[], index: number): Set<string> {
  const ids = new Set<string>();
  for (let next = index + 1;; next++) {
    const message = messages[next];
    if (message?.role !== "tool") return ids;
    ids.add(message.toolCallId);
  }
}

/**
 * Turns a stored transcript into the conversation a model is sent.
 *
 * @module
 */
import type { ModelMessage } from "../models/mod.ts";
import type { ContentPart, StoredMessage, TranscriptMessage } from "../sessions/mod.ts";

/**
 * The conversation for one turn: everything before it, then its own message.
 *
 * A message is stored when it is acknowledged, so a run that waits in line has its message in the
 * transcript ahead of the answer to the one before. Here each run sees its own message last, and not
 * the messages of runs still waiting behind it.
 *
 * @param history The transcript, oldest first.
 * @param ownId Id of the message this turn answers.
 * @param waitingIds Ids of messages whose runs have not begun.
 */
export function buildConversation(
  history: readonly StoredMessage[],
  ownId: string,
  waitingIds: ReadonlySet<string>,
): ModelMessage[] {
  const before: ModelMessage[] = [];
  const own: ModelMessage[] = [];
  for (const { id, message } of history) {
    if (id === ownId) own.push(...toModelMessages(message));
    else if (!waitingIds.has(id)) before.push(...toModelMessages(message));
  }
  return dropDanglingTools([...before, ...own]);
}

/** The model's view of one transcript entry; entries that say nothing give nothing. */
export function toModelMessages(message: TranscriptMessage): ModelMessage[] {
  switch (message.role) {
    case "user": {
      const content = message.content.filter((part) =>
        part.type === "text" || part.type === "image"
      );
      return content.length === 0 ? [] : [{ role: "user", content }];
    }
    case "assistant": {
      const text = textOf(message.content);
      const toolCalls = message.content.filter((part) => part.type === "toolCall")
        .map(({ id, name, arguments: args }) => ({ id, name, arguments: args }));
      return text === "" && toolCalls.length === 0 ? [] : [{ role: "assistant", text, toolCalls }];
    }
    case "toolResult":
      return [{
        role: "tool",
        toolCallId: message.toolCallId,
        toolName: message.toolName,
        text: textOf(message.content),
        isError: message.isError,
      }];
  }
}

/** The text parts of a message, joined. */
export function textOf(content: readonly ContentPart[]): string {
  let text = "";
  for (const part of content) if (part.type === "text") text += part.text;
  return text;
}

/**
 * Drops tool calls without an answer and answers without a call: providers refuse a conversation that
 * holds either, and a cut of the oldest messages or a crash can leave both.
 */
function dropDanglingTools(messages: ModelMessage[]): ModelMessage[] {
  const answered = new Set<string>();
  for (const message of messages) if (message.role === "tool") answered.add(message.toolCallId);
  const called = new Set<string>();
  const kept: ModelMessage[] = [];
  for (const message of messages) {
    if (message.role === "assistant" && message.toolCalls.length > 0) {
      const toolCalls = message.toolCalls.filter(({ id }) => answered.has(id));
      for (const { id } of toolCalls) called.add(id);
      if (toolCalls.length > 0 || message.text !== "") kept.push({ ...message, toolCalls });
    } else if (message.role !== "tool" || called.has(message.toolCallId)) {
      kept.push(message);
    }
  }
  return kept;
}

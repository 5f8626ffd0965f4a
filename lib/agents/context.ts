/**
 * Turns a stored transcript into the conversation a model is sent.
 *
 * @module
 */
import type { ModelMessage } from "../models/mod.ts";
import {
  behindLines,
  type CompactionMessage,
  type ContentPart,
  type StoredMessage,
  type TranscriptMessage,
} from "../sessions/mod.ts";

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
  return dropDanglingTools([...before, own].flatMap(({ message }) => toModelMessages(message)));
}

/** The model's view of one transcript entry; entries that say nothing give nothing. */
export function toModelMessages(message: TranscriptMessage): ModelMessage[] {
  switch (message.role) {
    case "user": {
      const content = behindLines(message.content, message.systemEvents ?? []).filter((part) =>
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
    case "compaction":
      return [{ role: "user", content: [{ type: "text", text: summaryText(message) }] }];
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

/** A summary as the model reads it: as something it is told, not as something it said. */
function summaryText({ content }: CompactionMessage): string {
  return "The conversation so far was longer; this summary stands for its older part:\n\n" +
    `<summary>\n${textOf(content)}\n</summary>`;
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

/**
 * Single messages as a model is sent them.
 *
 * @module
 */
import { isObject, parseJsonOrUndefined } from "../base/mod.ts";
import type { ModelContentPart, ModelMessage, ModelToolCall } from "../models/mod.ts";
import {
  behindLines,
  type CompactionMessage,
  type ContentPart,
  type GivenToolCall,
  type GivenToolResult,
  type TranscriptMessage,
} from "../sessions/mod.ts";

/** The model's view of one transcript entry; entries that say nothing give nothing. */
export function toModelMessages(message: TranscriptMessage): ModelMessage[] {
  switch (message.role) {
    case "user": {
      const content = userContent(message.content, message.systemEvents);
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

/** What of a user's message a model takes, behind the lines of what happened before it. */
export function userContent(
  content: readonly ContentPart[],
  systemEvents: readonly string[] = [],
): ModelContentPart[] {
  return behindLines(content, systemEvents).filter((part) =>
    part.type === "text" || part.type === "image"
  );
}

/** A call as a client tells it; arguments that are no JSON object are read as none. */
export function givenCall({ id, name, arguments: text }: GivenToolCall): ModelToolCall {
  const args = parseJsonOrUndefined(text);
  return { id, name, arguments: isObject(args) ? args : {} };
}

/** A client's answer to a call nobody knows of, as a line of text. */
export function resultLine({ id, text }: GivenToolResult): string {
  return `Tool:${id}: ${text}`;
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

/**
 * Lines about what happened, and the message they stand in front of.
 *
 * @module
 */
import type { ContentPart, RunBeginning, UserMessage } from "./types.ts";

/** A message's content as the model is told it: behind the lines. */
export function behindLines(
  content: readonly ContentPart[],
  lines: readonly string[],
): ContentPart[] {
  if (lines.length === 0) return [...content];
  const text = lines.join("\n");
  const [first, ...rest] = content;
  if (first?.type !== "text") return [{ type: "text", text }, ...content];
  return [{ type: "text", text: first.text === "" ? text : `${text}\n\n${first.text}` }, ...rest];
}

/**
 * The message of a run with what happened before it: beside what a person said, which is shown as it
 * was said, and in front of what nobody did.
 */
export function withEventLines(
  { message, isBackground }: Pick<RunBeginning, "message" | "isBackground">,
  lines: string[],
): UserMessage {
  if (lines.length === 0) return message;
  if (!isBackground) return { ...message, systemEvents: lines };
  return { ...message, content: behindLines(message.content, lines) };
}

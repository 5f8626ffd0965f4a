/**
 * What the demo says: repeating, counting, repeating again what was said as a summary, and quoting
 * what functions answered.
 *
 * @module
 */
import { ellipsize } from "../../base/mod.ts";
import type { ModelMessage } from "../types.ts";

/** The highest number the demo counts to. */
const MAX_COUNT = 200;

const MAX_QUOTED_CHARS = 200;
const WORDS_PER_CHUNK = 6;
const MAX_SUMMARY_LINES = 10;
const MAX_SUMMARY_CHARS = 80;

/** What a function answered since the user spoke last. */
export interface DemoToolResult {
  name: string;
  text: string;
  isError: boolean;
}

/** The answer to a message the demo has nothing better for. */
export function answerTo(said: readonly string[], messageCount: number): string {
  const last = said.at(-1) ?? "";
  const before = said.at(-2);
  const lines = [
    `Offline demo, no model provider is configured. You said: "${quote(last)}".`,
    before === undefined
      ? "This is the first message I see of you in this conversation."
      : `I see ${messageCount} messages of this conversation; ` +
        `your message before this one was: "${quote(before)}".`,
    "",
    "To talk to a real model, give a provider its key and choose a model:",
    "  openclaw config set models.providers.openai.apiKey <key>",
    "  openclaw config set agents.defaults.model openai/gpt-5.5",
    'Until then, say "count to 50" to watch an answer stream.',
  ];
  return lines.join("\n");
}

/** The answer after functions were called. */
export function answerAfterTools(
  results: readonly DemoToolResult[],
): string {
  return [
    "Offline demo, no model provider is configured. The tools answered:",
    ...results.map(({ name, text, isError }) =>
      `- ${name}${isError ? " (failed)" : ""}: ${quote(text)}`
    ),
  ].join("\n");
}

/** What functions answered after the user's last message, in order; empty when they were not asked. */
export function resultsSinceUser(messages: readonly ModelMessage[]): DemoToolResult[] {
  const since = messages.slice(messages.findLastIndex(({ role }) => role === "user") + 1);
  if (since.at(-1)?.role !== "tool") return [];
  return since.filter((message) => message.role === "tool")
    .map(({ toolName, text, isError }) => ({ name: toolName, text, isError }));
}

/** The conversation that is to be summarised, when that is what was asked for. */
export function conversationIn(text: string): string | undefined {
  return /<conversation>\n([\s\S]*)\n<\/conversation>/.exec(text)?.[1];
}

/** What the demo can do without understanding anything: repeat what was said last. */
export function summaryOf(conversation: string): string {
  const said = [...conversation.matchAll(/^\[User\]: (.+)$/gm)].map((match) => match[1]!);
  return [
    `Offline demo summary. Messages of the user before this: ${said.length}; the last of them:`,
    ...said.slice(-MAX_SUMMARY_LINES).map((text) => `- ${ellipsize(text, MAX_SUMMARY_CHARS)}`),
  ].join("\n");
}

/** The number to count to, when that is what was asked for. */
export function countAskedFor(text: string): number | undefined {
  const digits = /\bcount\s+to\s+(\d{1,9})\b/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Counting, a number at a time. */
export function countingChunks(count: number): string[] {
  const last = Math.min(count, MAX_COUNT);
  const chunks = ["Offline demo counting:"];
  for (let number = 1; number <= last; number++) chunks.push(` ${number}`);
  if (count > MAX_COUNT) {
    chunks.push(` and no further, ${MAX_COUNT} is the most the demo counts to`);
  }
  return chunks;
}

/** A text in pieces of a few words. */
export function chunksOf(text: string): string[] {
  const words = text.match(/\S+\s*/g) ?? [];
  const chunks: string[] = [];
  for (let start = 0; start < words.length; start += WORDS_PER_CHUNK) {
    chunks.push(words.slice(start, start + WORDS_PER_CHUNK).join(""));
  }
  return chunks;
}

function quote(text: string): string {
  return ellipsize(text.replace(/\s+/g, " "), MAX_QUOTED_CHARS);
}

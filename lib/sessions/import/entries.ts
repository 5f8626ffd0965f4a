/**
 * From an entry of a transcript file to a message as the store keeps it; pure.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { messageText } from "../message_text.ts";
import type { AssistantMessage, ContentPart, MessageUsage, TranscriptMessage } from "../types.ts";

const STOP_REASONS: ReadonlySet<string> = new Set([
  "stop",
  "toolUse",
  "length",
  "aborted",
  "error",
]);
/** Rows that a gateway added by itself have such an id, those of the conversation a short one. */
const ROW_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/** The message of an entry; nothing for one of another kind, or of a role that is not kept. */
export function messageOf(entry: JsonObject): TranscriptMessage | undefined {
  const { message } = entry;
  if (entry.type !== "message" || !isObject(message)) return undefined;
  const common = {
    ...message,
    content: contentOf(message.content),
    timestamp: momentOf(message.timestamp) ?? momentOf(entry.timestamp) ?? 0,
  };
  switch (message.role) {
    case "user":
      return { ...common, role: "user" };
    case "assistant":
      return { ...common, ...answerFields(message), role: "assistant" };
    case "toolResult":
      return {
        ...common,
        role: "toolResult",
        toolCallId: textOr(message.toolCallId, ""),
        toolName: textOr(message.toolName, ""),
        isError: message.isError === true,
      };
    default:
      return undefined;
  }
}

/** The summary of an entry that stands for what came before it. */
export function summaryOf(entry: JsonObject): { text: string; tokensBefore: number } | undefined {
  if (entry.type !== "compaction" || typeof entry.summary !== "string") return undefined;
  return { text: entry.summary, tokensBefore: count(entry.tokensBefore) };
}

/**
 * Whether a message only says again what the one before it said: answers were written twice, by who
 * gave them and by the gateway for its clients.
 */
export function repeats(
  entry: JsonObject,
  message: TranscriptMessage,
  before: TranscriptMessage | undefined,
): boolean {
  if (message.role !== "assistant" || before?.role !== "assistant") return false;
  if (typeof entry.id !== "string" || !ROW_ID.test(entry.id)) return false;
  return messageText(message).trim() === messageText(before).trim();
}

/** A moment in milliseconds, from a number or an ISO text. */
export function momentOf(value: unknown): number | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : value;
  return typeof ms === "number" && Number.isFinite(ms) && ms >= 0 ? Math.trunc(ms) : undefined;
}

function answerFields(message: JsonObject): Omit<
  AssistantMessage,
  "role" | "content" | "timestamp"
> {
  const reason = message.stopReason;
  return {
    api: textOr(message.api, "unknown"),
    provider: textOr(message.provider, "unknown"),
    model: textOr(message.model, "unknown"),
    usage: usageOf(message.usage),
    stopReason: typeof reason === "string" && STOP_REASONS.has(reason)
      ? reason as AssistantMessage["stopReason"]
      : "stop",
  };
}

function usageOf(value: unknown): MessageUsage {
  const given = isObject(value) ? value : {};
  const cost = isObject(given.cost) ? given.cost : {};
  return {
    input: count(given.input),
    output: count(given.output),
    cacheRead: count(given.cacheRead),
    cacheWrite: count(given.cacheWrite),
    totalTokens: count(given.totalTokens),
    cost: {
      input: count(cost.input),
      output: count(cost.output),
      cacheRead: count(cost.cacheRead),
      cacheWrite: count(cost.cacheWrite),
      total: count(cost.total),
    },
  };
}

/** Parts as they are; those that are no objects with a type say nothing anybody could show. */
function contentOf(value: unknown): ContentPart[] {
  if (typeof value === "string") return [{ type: "text", text: value }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((part) => isPart(part) ? [part] : []);
}

function isPart(part: unknown): part is ContentPart {
  if (!isObject(part) || typeof part.type !== "string") return false;
  switch (part.type) {
    case "text":
      return typeof part.text === "string";
    case "toolCall":
      return typeof part.id === "string" && typeof part.name === "string";
    default:
      return true;
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/**
 * What streamed and whole completions have in common.
 *
 * @module
 */
import type { HttpRunEvent } from "../types.ts";

/** What identifies one completion. */
export interface CompletionHead {
  id: string;
  /** Seconds since the epoch. */
  created: number;
  /** Echo of the request's `model`. */
  model: string;
}

/** The end of a run that did not fail. */
export type EndEvent = HttpRunEvent & { type: "end" };

/** A call of one of the client's functions. */
export type ToolCallEvent = HttpRunEvent & { type: "toolCall" };

/** Why a completion ended, as the dialect says it. */
export type FinishReason = "stop" | "length" | "tool_calls" | "function_call";

/** What an agent that said nothing is quoted with. */
const NO_REPLY_TEXT = "No response from OpenClaw.";

/** The whole reply; an agent that said and called nothing is quoted with a fixed text. */
export function replyText(event: EndEvent, hasToolCalls: boolean): string {
  if (event.text !== "" || hasToolCalls || event.stopReason === "aborted") return event.text;
  return NO_REPLY_TEXT;
}

/**
 * Why the answer ended.
 *
 * @param usesFunctions Whether the client speaks of functions, as was done before there were tools.
 */
export function finishReason(
  event: EndEvent,
  hasToolCalls: boolean,
  usesFunctions: boolean,
): FinishReason {
  if (event.stopReason === "length") return "length";
  if (event.stopReason !== "toolUse" || !hasToolCalls) return "stop";
  return usesFunctions ? "function_call" : "tool_calls";
}

/** Cached tokens are part of the prompt and thinking is part of the completion, as OpenAI counts. */
export function usageOf({ usage }: EndEvent) {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
  };
}

/**
 * What a run adds to its transcript: the message it answers, and what was said.
 *
 * @module
 */
import type {
  AssistantMessage,
  ContentPart,
  TranscriptMessage,
  UserMessage,
} from "../sessions/mod.ts";
import type { Run } from "./run.ts";
import type { TurnResult } from "./turn.ts";

/** The message of a run. */
export function userMessage(run: Run): UserMessage {
  const { message, images, runId, earlier = [], toolResults = [] } = run.request;
  const content: ContentPart[] = [{ type: "text", text: message }];
  for (const { data, mimeType } of images ?? []) content.push({ type: "image", data, mimeType });
  return {
    role: "user",
    content,
    timestamp: run.acceptedAt,
    idempotencyKey: runId,
    ...(earlier.length === 0 ? {} : { earlier }),
    ...(toolResults.length === 0 ? {} : { toolResults }),
  };
}

/** What a turn adds to the transcript; the partial text of an aborted run carries a mark. */
export function closingMessages(run: Run, result: TurnResult): TranscriptMessage[] {
  const messages: TranscriptMessage[] = [...result.messages];
  const last = messages.at(-1);
  if (last?.role !== "assistant" || run.abortReason === undefined) return messages;
  messages.pop();
  if (last.content.length === 0) return messages;
  const marked: AssistantMessage = {
    ...last,
    stopReason: "aborted",
    idempotencyKey: `${run.runId}:assistant`,
    openclawAbort: { aborted: true, origin: run.abortReason, runId: run.runId },
  };
  return [...messages, marked];
}

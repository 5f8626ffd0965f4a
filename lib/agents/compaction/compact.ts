/**
 * Makes a long conversation short: its model summarises the older part, the newest turns stay.
 *
 * @module
 */
import { AppError, type Clock } from "../../base/mod.ts";
import type { Model } from "../../models/mod.ts";
import type {
  AssistantMessage,
  Checkpoint,
  MessageUsage,
  PendingContext,
  SessionEntry,
  SessionStore,
} from "../../sessions/mod.ts";
import { runTurn } from "../turn.ts";
import { cutConversation, estimateTextTokens, estimateTokens } from "./cut.ts";
import { conversationText, SUMMARY_SYSTEM, summaryRequest } from "./prompt.ts";

/** Tokens of the newest turns that stay, unless configured otherwise. */
export const DEFAULT_KEEP_RECENT_TOKENS = 20_000;
/** Tokens a summary may have, in a model that has room for it. */
const MAX_SUMMARY_TOKENS = 8192;
/** Share of the context window that a summary may fill: the conversation goes on behind it. */
const SUMMARY_SHARE = 0.25;
/** Share of the context window that one part of the conversation may fill. */
const PART_SHARE = 0.5;
const CHARS_PER_TOKEN = 3;
/** Longest time for one summary. */
const TIMEOUT_MS = 15 * 60_000;

/** What a compaction works with. */
export interface CompactionDeps {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Which conversation is made shorter, and how. */
export interface CompactionRequest {
  readonly sessionKey: string;
  readonly agentId: string;
  /** Called in order until one answers. */
  readonly models: readonly [Model, ...Model[]];
  /** Tokens of the newest turns that stay. */
  readonly keepRecentTokens?: number | undefined;
  /** What the user wants to have kept in particular. */
  readonly focus?: string | undefined;
  /** Why, for the checkpoint. */
  readonly reason: string;
}

/** What became of it. */
export type CompactionOutcome =
  | { readonly compacted: false; readonly reason: string }
  | {
    readonly compacted: true;
    readonly entry: SessionEntry;
    readonly checkpoint: Checkpoint;
  };

interface Summary {
  readonly text: string;
  readonly usage: MessageUsage;
  readonly provider: string;
  readonly model: string;
}

/**
 * Compacts a conversation. No run of the session may be under way.
 *
 * @throws {AppError} What the model failed with; the conversation is as it was then.
 */
export async function compactConversation(
  deps: CompactionDeps,
  request: CompactionRequest,
): Promise<CompactionOutcome> {
  const pending = deps.store.compactions.pending(request.sessionKey);
  if (pending === undefined) return { compacted: false, reason: "no sessionId" };
  if (pending.messages.length === 0) return { compacted: false, reason: "nothing to compact" };
  if (!pending.isGrown) return { compacted: false, reason: "already compacted" };
  const { contextWindow } = request.models[0].info;
  const keep = request.keepRecentTokens ?? DEFAULT_KEEP_RECENT_TOKENS;
  const cut = cutConversation(pending.messages, Math.min(keep, Math.floor(contextWindow / 2)));
  const summary = await summarise(deps, request, conversationText(cut.older), pending.summary);
  const { provider, model, usage, text } = summary;
  const { entry, checkpoint } = await deps.store.compactions.compact({
    key: request.sessionKey,
    sessionId: pending.sessionId,
    summary: text,
    firstKeptSeq: cut.firstKeptSeq,
    tokensBefore: tokensBefore(deps.store, request.sessionKey, pending),
    tokensAfter: estimateTextTokens(text) + cut.keptTokens,
    reason: request.reason,
    model: { provider, model },
    usage,
  });
  return { compacted: true, entry, checkpoint };
}

/** What the newest call filled; an estimate where no call was made yet. */
function tokensBefore(store: SessionStore, key: string, { messages, summary }: PendingContext) {
  const counted = store.getSession(key)?.totalTokens ?? 0;
  return Math.max(counted, estimateTokens(messages) + estimateTextTokens(summary ?? ""));
}

/** Summarises part by part where all of it would not fit the model. */
async function summarise(
  deps: CompactionDeps,
  request: CompactionRequest,
  paragraphs: readonly string[],
  previous: string | undefined,
): Promise<Summary> {
  const { contextWindow } = request.models[0].info;
  const maxChars = Math.floor(contextWindow * PART_SHARE * CHARS_PER_TOKEN);
  let summary: Summary | undefined;
  for (const part of partsOf(paragraphs, maxChars)) {
    const text = summaryRequest(part, summary?.text ?? previous, request.focus);
    const next = await askModel(deps, request, text);
    summary = { ...next, usage: sum(summary?.usage, next.usage) };
  }
  return summary!;
}

/** Paragraphs joined to texts of limited length; at least one text. */
function partsOf(paragraphs: readonly string[], maxChars: number): string[] {
  const parts: string[] = [];
  let current = "";
  for (const paragraph of paragraphs) {
    for (let start = 0; start < paragraph.length; start += maxChars) {
      const piece = paragraph.slice(start, start + maxChars);
      if (current !== "" && current.length + piece.length > maxChars) {
        parts.push(current);
        current = "";
      }
      current += current === "" ? piece : `\n\n${piece}`;
    }
  }
  return current === "" && parts.length > 0 ? parts : [...parts, current];
}

async function askModel(
  { clock, signal }: CompactionDeps,
  { models, sessionKey, agentId }: CompactionRequest,
  text: string,
): Promise<Summary> {
  const { contextWindow, maxTokens } = models[0].info;
  const room = Math.floor(contextWindow * SUMMARY_SHARE);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(timeout()), TIMEOUT_MS);
  const either = AbortSignal.any([signal, controller.signal]);
  try {
    const result = await runTurn({
      models,
      system: SUMMARY_SYSTEM,
      conversation: [{ role: "user", content: [{ type: "text", text }] }],
      tools: [],
      toolContext: { runId: "compaction", sessionKey, agentId },
      maxTokens: Math.min(maxTokens, room, MAX_SUMMARY_TOKENS),
      signal: either,
      clock,
    }, () => {});
    either.throwIfAborted();
    if (result.error) throw result.error;
    const summary = result.text.trim();
    if (summary === "") throw emptySummary();
    const { provider, model } = result.model.info;
    return { text: summary, usage: usageOf(result.messages), provider, model };
  } finally {
    clearTimeout(timer);
  }
}

function usageOf(messages: Awaited<ReturnType<typeof runTurn>>["messages"]): MessageUsage {
  const [first] = messages.filter((message): message is AssistantMessage =>
    message.role === "assistant"
  );
  return first!.usage;
}

function sum(a: MessageUsage | undefined, b: MessageUsage): MessageUsage {
  if (a === undefined) return b;
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    totalTokens: a.totalTokens + b.totalTokens,
    cost: {
      input: a.cost.input + b.cost.input,
      output: a.cost.output + b.cost.output,
      cacheRead: a.cost.cacheRead + b.cost.cacheRead,
      cacheWrite: a.cost.cacheWrite + b.cost.cacheWrite,
      total: a.cost.total + b.cost.total,
    },
  };
}

function emptySummary(): AppError {
  return new AppError("PROVIDER_BAD_ANSWER", "Cannot compact: the model gave an empty summary", {
    hint: "Try again, or choose another model for the session: /model list",
    retryable: true,
  });
}

function timeout(): AppError {
  return new AppError("PROVIDER_TIMEOUT", "Cannot compact: the model took too long", {
    hint: "openclaw gateway call models.list",
    retryable: true,
  });
}

/**
 * A stored session as clients see it in lists and events.
 *
 * @module
 */
import { type AgentsSnapshot, type RunManager, textOf } from "../agents/mod.ts";
import { ellipsize } from "../base/mod.ts";
import type { SessionRow } from "../protocol/mod.ts";
import type { SessionEntry, SessionStore, TranscriptMessage } from "../sessions/mod.ts";
import { sessionModel } from "./default_model.ts";
import { thinkingChoice } from "./thinking.ts";

const TITLE_CHARS = 60;
const PREVIEW_CHARS = 240;

/** What `extra` keeps of a session and its row shows: the choices of its user, and more. */
const SESSION_SETTINGS = [
  "thinkingLevel",
  "fastMode",
  "verboseLevel",
  "traceLevel",
  "reasoningLevel",
  "elevatedLevel",
  "responseUsage",
  "sendPolicy",
  "groupActivation",
  "parentSessionKey",
  "spawnedBy",
  "compactionCheckpointCount",
  "latestCompactionCheckpoint",
  "pluginExtensions",
] as const;

/** What runs agents: this program itself, for every agent. */
export const AGENT_RUNTIME = { id: "builtin", source: "default" };

/** Texts that cost a look into the transcript. */
export interface RowTexts {
  includeDerivedTitles?: boolean | undefined;
  includeLastMessage?: boolean | undefined;
}

/** What a row is made of. */
export interface SessionRowDeps {
  store: SessionStore;
  runs: RunManager;
  agents(): AgentsSnapshot;
}

/** The row of a session; what is not known of it is left out. */
export function sessionRow(
  { store, runs, agents }: SessionRowDeps,
  session: SessionEntry,
  texts: RowTexts = {},
): SessionRow {
  const { startedAt, endedAt, extra } = session;
  const settings = SESSION_SETTINGS.flatMap((name) =>
    extra[name] === undefined ? [] : [[name, extra[name]]]
  );
  const title = texts.includeDerivedTitles ? messageText(store, session, "first") : undefined;
  const last = texts.includeLastMessage ? messageText(store, session, "last") : undefined;
  const { modelOverride } = extra;
  const model = sessionModel(agents(), session.agentId, modelOverride);
  const row: SessionRow = {
    key: session.key,
    kind: sessionKind(session.key),
    label: session.label,
    displayName: session.label,
    derivedTitle: title && ellipsize(title, TITLE_CHARS),
    lastMessagePreview: last && ellipsize(last, PREVIEW_CHARS),
    updatedAt: session.updatedAt,
    sessionId: session.sessionId,
    abortedLastRun: session.abortedLastRun,
    inputTokens: session.inputTokens,
    outputTokens: session.outputTokens,
    totalTokens: session.totalTokens,
    totalTokensFresh: isTotalFresh(session),
    estimatedCostUsd: session.estimatedCostUsd,
    status: session.status,
    startedAt,
    endedAt,
    runtimeMs: startedAt !== undefined && endedAt !== undefined
      ? Math.max(0, endedAt - startedAt)
      : undefined,
    modelProvider: model?.provider ?? session.modelProvider,
    model: model?.model ?? session.model,
    agentRuntime: AGENT_RUNTIME,
    contextTokens: session.contextTokens ?? model?.contextWindow,
    // The choice of the default model stands with the list.
    ...(modelOverride === undefined ? {} : thinkingChoice(model)),
    ...Object.fromEntries(settings),
    hasActiveRun: runs.activeOf(session.key).length > 0,
  };
  return withoutUndefined(row);
}

/** What a session is, by its key: with one person, or with several. */
export function sessionKind(key: string): "global" | "group" | "direct" {
  if (key === "global") return "global";
  return /:(?:group|channel):/.test(key) ? "group" : "direct";
}

/** Whether a provider has counted `totalTokens`; after a compaction it is an estimate. */
export function isTotalFresh({ totalTokens, extra }: SessionEntry): boolean {
  return totalTokens > 0 && extra.totalTokensFresh !== false;
}

/** The session as the answer to a change shows it. */
export function sessionEntryView(session: SessionEntry): Record<string, unknown> {
  const { extra, key: _key, agentId: _agentId, ...fields } = session;
  return withoutUndefined({ ...extra, ...fields });
}

/** Text of the first or the last message of a session's transcript, on one line. */
function messageText(
  store: SessionStore,
  session: SessionEntry,
  which: "first" | "last",
): string | undefined {
  const messages = store.history(session.key, {
    // A compaction says nothing itself; two never follow each other.
    limit: 2,
    ...(which === "first" ? { beforeSeq: 3 } : {}),
  }).map(({ message }) => message).filter(saysSomething);
  const message = which === "first" ? messages[0] : messages.at(-1);
  return message && textOf(message.content).replace(/\s+/g, " ").trim();
}

/** Neither the place of a summary nor that of an answer to come. */
function saysSomething(message: TranscriptMessage): boolean {
  return message.role !== "compaction" && !(message.role === "toolResult" && message.isPending);
}

function withoutUndefined<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as T;
}

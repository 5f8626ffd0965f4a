/**
 * Methods about stored sessions.
 *
 * @module
 */
import { textOf } from "../../agents/mod.ts";
import { ellipsize } from "../../base/mod.ts";
import {
  DEFAULT_SESSION_ROWS,
  type SessionRow,
  type SessionsListResult,
} from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import type { SessionEntry } from "../../sessions/mod.ts";
import type { Handlers } from "../rpc.ts";
import { defaultModel } from "../default_model.ts";
import type { GatewayState } from "../state.ts";

const TITLE_CHARS = 60;
const PREVIEW_CHARS = 240;
const MINUTE_MS = 60_000;

/** `sessions.list`. */
export function sessionMethods(state: GatewayState): Handlers {
  return { "sessions.list": ({ params }) => listSessions(state, params) };
}

function listSessions(
  state: GatewayState,
  params: MethodParams<"sessions.list">,
): SessionsListResult {
  const { store, clock } = state;
  const limit = params.limit ?? DEFAULT_SESSION_ROWS;
  const now = clock.now();
  const { sessions, total } = store.listSessions({
    limit,
    ...(params.agentId ? { agentId: params.agentId } : {}),
    ...(params.search ? { search: params.search } : {}),
    ...(params.label ? { label: params.label } : {}),
    ...(params.activeMinutes ? { activeSinceMs: now - params.activeMinutes * MINUTE_MS } : {}),
  });
  const snapshot = state.agents();
  const model = defaultModel(snapshot);
  return {
    ts: now,
    path: store.path,
    count: sessions.length,
    totalCount: total,
    limitApplied: limit,
    hasMore: total > sessions.length,
    defaults: {
      modelProvider: model?.provider ?? null,
      model: model?.model ?? null,
      contextTokens: model?.contextWindow ?? null,
      thinkingLevels: [{ id: "off", label: "Off" }],
      thinkingOptions: ["off"],
      thinkingDefault: "off",
    },
    sessions: sessions.map((session) => sessionRow(state, session, params)),
  };
}

function sessionRow(
  state: GatewayState,
  session: SessionEntry,
  { includeDerivedTitles, includeLastMessage }: MethodParams<"sessions.list">,
): SessionRow {
  const row: SessionRow = {
    key: session.key,
    kind: session.key === "global" ? "global" : "direct",
    updatedAt: session.updatedAt,
    sessionId: session.sessionId,
    inputTokens: session.inputTokens,
    outputTokens: session.outputTokens,
    totalTokens: session.totalTokens,
    totalTokensFresh: true,
    estimatedCostUsd: session.estimatedCostUsd,
    hasActiveRun: state.runs.activeOf(session.key).length > 0,
  };
  if (session.label !== undefined) row.label = session.label;
  if (session.status !== undefined) row.status = session.status;
  if (session.startedAt !== undefined) row.startedAt = session.startedAt;
  if (session.endedAt !== undefined) row.endedAt = session.endedAt;
  if (session.startedAt !== undefined && session.endedAt !== undefined) {
    row.runtimeMs = Math.max(0, session.endedAt - session.startedAt);
  }
  if (session.abortedLastRun !== undefined) {
    row.abortedLastRun = session.abortedLastRun;
  }
  if (session.modelProvider !== undefined) {
    row.modelProvider = session.modelProvider;
  }
  if (session.model !== undefined) row.model = session.model;
  if (session.contextTokens !== undefined) {
    row.contextTokens = session.contextTokens;
  }
  const title = includeDerivedTitles ? messageText(state, session, "first") : undefined;
  if (title) row.derivedTitle = ellipsize(title, TITLE_CHARS);
  const last = includeLastMessage ? messageText(state, session, "last") : undefined;
  if (last) row.lastMessagePreview = ellipsize(last, PREVIEW_CHARS);
  return row;
}

/** Text of the first or the last message of a session's transcript, on one line. */
function messageText(
  { store }: GatewayState,
  session: SessionEntry,
  which: "first" | "last",
): string | undefined {
  const [message] = store.history(session.key, {
    limit: 1,
    ...(which === "first" ? { beforeSeq: 2 } : {}),
  });
  return message && textOf(message.message.content).replace(/\s+/g, " ").trim();
}

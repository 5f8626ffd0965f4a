/**
 * Methods that show stored sessions and follow them.
 *
 * @module
 */
import { AppError, ellipsize } from "../../base/mod.ts";
import {
  DEFAULT_HISTORY_MESSAGES,
  DEFAULT_PREVIEW_CHARS,
  DEFAULT_PREVIEW_ITEMS,
  DEFAULT_SESSION_ROWS,
  type SessionsListResult,
} from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { canonicalSessionKey, messageText, type SessionEntry } from "../../sessions/mod.ts";
import { displayMessage } from "../chat_history.ts";
import { defaultModel } from "../default_model.ts";
import type { Handlers } from "../rpc.ts";
import { sessionRow } from "../session_row.ts";
import type { GatewayState } from "../state.ts";
import { thinkingChoice } from "../thinking.ts";

const MINUTE_MS = 60_000;
/** Titles and previews are read from the transcripts: further down a long list there are none. */
const MAX_ROWS_WITH_TEXTS = 500;

/** Listing, looking up, previewing and subscribing. */
export function sessionMethods(state: GatewayState): Handlers {
  const { sessionEvents } = state;
  return {
    "sessions.list": ({ params }) => listSessions(state, params),
    "sessions.describe": ({ params }) => describeSession(state, params),
    "sessions.resolve": ({ params }) => resolveSession(state, params),
    "sessions.preview": ({ params }) => previewSessions(state, params),
    "sessions.get": ({ params }) => rawMessages(state, params),
    "sessions.subscribe": ({ client }) => {
      sessionEvents.subscribe(client);
      return { subscribed: true };
    },
    "sessions.unsubscribe": ({ client }) => {
      sessionEvents.unsubscribe(client);
      return { subscribed: false };
    },
    "sessions.messages.subscribe": ({ client, params }) => {
      const key = canonicalKey(state, params.key);
      sessionEvents.subscribeMessages(client, key);
      return { subscribed: true, key };
    },
    "sessions.messages.unsubscribe": ({ client, params }) => {
      const key = canonicalKey(state, params.key);
      sessionEvents.unsubscribeMessages(client, key);
      return { subscribed: false, key };
    },
  };
}

/** The stored form of a key that a client wrote. @throws {AppError} `SESSION_KEY_INVALID` */
export function canonicalKey(state: GatewayState, key: string): string {
  return canonicalSessionKey(key, { defaultAgentId: state.agents().defaultId }).key;
}

function canonicalKeyOrUndefined(state: GatewayState, key: string): string | undefined {
  try {
    return canonicalKey(state, key);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
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
    ...(params.spawnedBy ? { spawnedBy: canonicalKey(state, params.spawnedBy) } : {}),
    ...(params.configuredAgentsOnly ? { agentIds: state.agents().agents.map(({ id }) => id) } : {}),
    ...(params.activeMinutes ? { activeSinceMs: now - params.activeMinutes * MINUTE_MS } : {}),
  });
  const model = defaultModel(state.agents());
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
      ...thinkingChoice(model),
    },
    sessions: sessions.map((session, index) =>
      sessionRow(state, session, index < MAX_ROWS_WITH_TEXTS ? params : {})
    ),
  };
}

function describeSession(state: GatewayState, params: MethodParams<"sessions.describe">) {
  const session = state.store.getSession(canonicalKey(state, params.key));
  return { session: session ? sessionRow(state, session, params) : null };
}

function resolveSession(state: GatewayState, params: MethodParams<"sessions.resolve">) {
  const { key, sessionId, label } = params;
  if ([key, sessionId, label].filter(Boolean).length > 1) {
    throw new AppError(
      "INVALID_REQUEST",
      "Provide either key, sessionId, or label (not multiple)",
      { hint: "openclaw gateway call sessions.list" },
    );
  }
  if (!key && !sessionId && !label) {
    throw new AppError("INVALID_REQUEST", "Either key, sessionId, or label is required", {
      hint: "openclaw gateway call sessions.list",
    });
  }
  const session = findSession(state, params);
  if (session) return { ok: true, key: session.key };
  const what = label ? ` with label: ${label}` : `: ${key || sessionId}`;
  throw new AppError("SESSION_NOT_FOUND", `No session found${what}`, {
    hint: "openclaw gateway call sessions.list",
  });
}

function findSession(
  state: GatewayState,
  { key, sessionId, label, agentId, spawnedBy }: MethodParams<"sessions.resolve">,
): SessionEntry | undefined {
  if (key) return state.store.getSession(canonicalKey(state, key));
  if (sessionId) return state.store.getSessionById(sessionId);
  if (!label) return undefined;
  const filters = {
    ...(agentId ? { agentId: agentId.trim().toLowerCase() } : {}),
    ...(spawnedBy ? { spawnedBy: canonicalKey(state, spawnedBy) } : {}),
  };
  return state.store.listSessions({ limit: 1, label, ...filters }).sessions[0];
}

function previewSessions(state: GatewayState, params: MethodParams<"sessions.preview">) {
  const { limit = DEFAULT_PREVIEW_ITEMS, maxChars = DEFAULT_PREVIEW_CHARS } = params;
  const previews = params.keys.map((key) => {
    const canonical = canonicalKeyOrUndefined(state, key);
    // One key that is none must not keep the others from being shown.
    if (canonical === undefined) return { key, status: "error", items: [] };
    const session = state.store.getSession(canonical);
    if (!session) return { key, status: "missing", items: [] };
    const items = state.store.history(session.key, { limit }).flatMap(({ message }) => {
      if (message.role === "compaction") return [];
      const text = messageText(message).trim();
      return text === "" ? [] : [{ role: message.role, text: ellipsize(text, maxChars) }];
    });
    return { key, status: items.length === 0 ? "empty" : "ok", items };
  });
  return { ts: state.clock.now(), previews };
}

function rawMessages(state: GatewayState, params: MethodParams<"sessions.get">) {
  const key = params.key ?? params.sessionKey;
  if (!key) {
    throw new AppError("INVALID_REQUEST", "key required", {
      hint: "openclaw gateway call sessions.list",
    });
  }
  const limit = params.limit ?? DEFAULT_HISTORY_MESSAGES;
  const stored = state.store.history(canonicalKey(state, key), { limit });
  return {
    messages: stored.map((entry) =>
      entry.message.role === "compaction" ? displayMessage(entry, 0) : entry.message
    ),
  };
}

/**
 * Sessions as the HTTP room reads, follows and ends them.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { HttpSessions } from "../../http/mod.ts";
import { DEFAULT_HISTORY_TEXT_CHARS, MAX_HISTORY_BYTES } from "../../protocol/mod.ts";
import { canonicalSessionKey, type SessionEntry } from "../../sessions/mod.ts";
import { displayMessage, historyPage } from "../chat_history.ts";
import { endRuns } from "../run_aborts.ts";
import type { GatewayState } from "../state.ts";

/** Messages read at a time where all of a transcript is wanted. */
const PAGE_MESSAGES = 200;

type HistoryQuery = Parameters<HttpSessions["history"]>[1];
type HistoryPage = ReturnType<HttpSessions["history"]>;

/** The sessions of a gateway. */
export function httpSessions(state: GatewayState): HttpSessions {
  const { store, sessionEvents } = state;
  return {
    canonicalKey: (written) => canonicalKey(state, written),
    end: (key) => {
      const session = store.getSession(key);
      if (!session) return undefined;
      const { sessionId } = session;
      return { sessionId, lastSeq: store.lastSeq(sessionId) };
    },
    history: (key, query) => {
      const session = store.getSession(key);
      return session ? readPages(state, session, query) : { messages: [] };
    },
    after: (key, seq, limit) => {
      const session = store.getSession(key);
      return store.history(key, { limit, beforeSeq: seq + limit + 1 })
        .filter((stored) => stored.seq > seq)
        .map((stored) => ({
          id: stored.id,
          seq: stored.seq,
          message: { ...displayMessage(stored, maxChars(state), session) },
        }));
    },
    watch: (key, listener) => sessionEvents.watch(key, listener),
    controls: (requester, key) => store.isBelow(key, requester),
    kill: async (key) => {
      const wasActive = await endRuns(state, key, "rpc");
      if (wasActive) sessionEvents.changed(key, "abort");
      return wasActive;
    },
  };
}

function canonicalKey(state: GatewayState, written: string): string | undefined {
  try {
    return canonicalSessionKey(written, { defaultAgentId: state.agents().defaultId }).key;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function maxChars(state: GatewayState): number {
  const { webchat } = state.config().config.gateway ?? {};
  return webchat?.chatHistoryMaxChars ?? DEFAULT_HISTORY_TEXT_CHARS;
}

/** Reads backwards until there are enough messages, the bytes are used up, or the beginning is reached. */
function readPages(
  state: GatewayState,
  session: SessionEntry,
  { limit = Infinity, beforeSeq }: HistoryQuery,
): HistoryPage {
  const pages: HistoryPage["messages"][] = [];
  let left = limit;
  let maxBytes = MAX_HISTORY_BYTES;
  let cursor = beforeSeq === undefined ? undefined : String(beforeSeq);
  while (true) {
    const page = historyPage(state.store, session, {
      limit: Math.min(left, PAGE_MESSAGES),
      maxChars: maxChars(state),
      maxBytes,
      cursor,
    });
    const isCut = page.messages.length < Math.min(left, PAGE_MESSAGES);
    pages.unshift(page.messages.map((message) => ({ ...message })));
    left -= page.messages.length;
    maxBytes -= JSON.stringify(page.messages).length;
    cursor = page.nextCursor;
    if (cursor === undefined || isCut || left <= 0 || maxBytes <= 0) break;
  }
  const messages = pages.flat();
  return cursor === undefined ? { messages } : { messages, nextCursor: cursor };
}

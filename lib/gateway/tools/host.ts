/**
 * The gateway as its tools reach it.
 *
 * @module
 */
import type { ToolHost } from "../../agents/tools/mod.ts";
import { historyPage } from "../chat_history.ts";
import { statusText } from "../chat_commands.ts";
import { sessionRow } from "../session_row.ts";
import type { GatewayState } from "../state.ts";
import { guardConfigChange } from "./config_guard.ts";
import { innerMethods } from "./inner_calls.ts";

/** What the tools of a gateway work with. */
export function createToolHost(state: GatewayState): ToolHost {
  const { store } = state;
  return {
    clock: state.clock,
    store,
    runs: state.runs,
    config: () => state.config().config,
    agents: () => state.agents(),
    sessionRow: (key, texts) => {
      const session = store.getSession(key);
      return session ? { ...sessionRow(state, session, texts) } : {};
    },
    statusText: (target) => statusText(state, target),
    transcript: (key, query) => {
      const session = store.getSession(key);
      if (!session) return { messages: [], hasMore: false };
      const { messages, nextCursor } = historyPage(store, session, query);
      return {
        messages: messages.map((message) => ({ ...message })),
        hasMore: nextCursor !== undefined,
      };
    },
    call: innerMethods(state),
    guardConfigChange: (kind, raw, baseHash) => guardConfigChange(state, kind, raw, baseHash),
  };
}

/**
 * Methods about the gateway itself.
 *
 * @module
 */
import { VERSION } from "../../base/mod.ts";
import { readLogTail } from "../../platform/mod.ts";
import {
  DEFAULT_LOG_BYTES,
  DEFAULT_LOG_LINES,
  hasScope,
  type LogsTailResult,
  type StatusResult,
} from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import type { SessionEntry } from "../../sessions/mod.ts";
import type { Handlers } from "../rpc.ts";
import { defaultModel } from "../default_model.ts";
import { heartbeatRow } from "../health.ts";
import { isTotalFresh, sessionKind } from "../session_row.ts";
import { rejectedConfig } from "./config/read.ts";
import type { GatewayState } from "../state.ts";

const RECENT_SESSIONS = 10;

/** `health`, `status`, `system-presence`, `last-heartbeat` and `logs.tail`. */
export function systemMethods(state: GatewayState): Handlers {
  return {
    "health": ({ params }) => state.health.snapshot(params.probe === true),
    "status": ({ client }) => status(state, hasScope(client.identity.scopes, "operator.admin")),
    "system-presence": () => state.presence.list(),
    "last-heartbeat": () => state.heartbeats.last,
    "logs.tail": ({ params }) => logsTail(state, params),
  };
}

/** What this gateway has logged, not what others have to the same file. */
async function logsTail(
  state: GatewayState,
  { cursor, limit = DEFAULT_LOG_LINES, maxBytes = DEFAULT_LOG_BYTES }: MethodParams<"logs.tail">,
): Promise<LogsTailResult> {
  const file = state.logFile();
  if (file === undefined) return { file: "", cursor: 0, size: 0, lines: [] };
  const { configPath } = state.paths;
  return await readLogTail(file, { cursor, limit, maxBytes, configPath });
}

function status(state: GatewayState, isAdmin: boolean): StatusResult {
  const snapshot = state.agents();
  const { store, clock } = state;
  const { sessions, total } = store.listSessions({ limit: RECENT_SESSIONS });
  const now = clock.now();
  const model = defaultModel(snapshot);
  return {
    runtimeVersion: VERSION,
    heartbeat: { defaultAgentId: snapshot.defaultId, agents: heartbeatRows(state) },
    channelSummary: [],
    queuedSystemEvents: store.systemEvents(),
    ...taskFigures(state),
    sessions: {
      paths: isAdmin ? [store.path] : [],
      count: total,
      defaults: isAdmin && model
        ? {
          model: `${model.provider}/${model.model}`,
          contextTokens: model.contextWindow,
        }
        : { model: null, contextTokens: null },
      recent: isAdmin ? sessions.map((session) => recentSession(session, now)) : [],
      byAgent: snapshot.agents.map(({ id }) => {
        const own = store.listSessions({ limit: RECENT_SESSIONS, agentId: id });
        return {
          agentId: id,
          path: isAdmin ? store.path : "",
          count: own.total,
          recent: isAdmin ? own.sessions.map((session) => recentSession(session, now)) : [],
        };
      }),
    },
    eventLoop: { ...state.eventLoop.figures() },
    ...rejectedRow(state),
  };
}

function rejectedRow(state: GatewayState): Pick<StatusResult, "rejectedConfig"> {
  const { rejected } = rejectedConfig(state);
  return rejected ? { rejectedConfig: rejected } : {};
}

function recentSession(session: SessionEntry, now: number) {
  const { contextTokens, totalTokens } = session;
  return {
    key: session.key,
    agentId: session.agentId,
    kind: sessionKind(session.key),
    sessionId: session.sessionId,
    updatedAt: session.updatedAt,
    age: now - session.updatedAt,
    model: session.model ?? null,
    totalTokens,
    totalTokensFresh: isTotalFresh(session),
    contextTokens: contextTokens ?? null,
    remainingTokens: contextTokens ? Math.max(0, contextTokens - totalTokens) : null,
    percentUsed: contextTokens
      ? Math.min(100, Math.round(100 * totalTokens / contextTokens))
      : null,
    flags: [`id:${session.sessionId}`],
  };
}

/** What is under way; ended runs are in `tasks.list`, and counting them all would read them all. */
function taskFigures({ runs }: GatewayState) {
  const active = runs.activeCount;
  const cron = runs.activeCountOf("cron");
  const queued = runs.waitingCount;
  const none = { succeeded: 0, failed: 0, timed_out: 0, cancelled: 0, lost: 0 };
  return {
    tasks: {
      total: active,
      active,
      terminal: 0,
      failures: 0,
      byStatus: { queued, running: active - queued, ...none },
      byRuntime: { subagent: 0, acp: 0, cli: active - cron, cron },
    },
    taskAudit: { total: 0, warnings: 0, errors: 0, byCode: {} },
  };
}

function heartbeatRows(state: GatewayState): Record<string, unknown>[] {
  const { configured } = state.heartbeats;
  return state.agents().agents.map(({ id }) => ({
    agentId: id,
    ...heartbeatRow(configured.find(({ agentId }) => agentId === id)),
  }));
}

/**
 * `usage.cost`, `sessions.usage`, `sessions.usage.timeseries` and `sessions.usage.logs`.
 *
 * @module
 */
import { textOf } from "../../../agents/mod.ts";
import { AppError } from "../../../base/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { DEFAULT_USAGE_SESSIONS } from "../../../protocol/mod.ts";
import { canonicalSessionKey, type SessionEntry } from "../../../sessions/mod.ts";
import type { GatewayState } from "../../state.ts";
import { resolvePeriod } from "./period.ts";
import {
  byDay,
  byModel,
  byProvider,
  countMessages,
  countTools,
  dearestFirst,
  groupBy,
  totalOf,
} from "./sums.ts";
import {
  daySums,
  type ModelDay,
  modelDays,
  type RoleDay,
  roleDays,
  type ToolDay,
  toolDays,
  type UsageFilter,
  usagePoints,
} from "./usage_queries.ts";

const DEFAULT_LOG_ROWS = 200;
const MAX_POINTS = 1000;
const MAX_LOG_CHARS = 2000;
/** Sums are made when they are asked for, so they are never old. */
const CACHE_STATUS = { status: "fresh", cachedFiles: 0, pendingFiles: 0, staleFiles: 0 };

/** What all sessions cost, day by day. */
export function usageCost(state: GatewayState, params: MethodParams<"usage.cost">) {
  const now = state.clock.now();
  const period = resolvePeriod(params, now);
  const rows = daySums(state.store.database.connection, period);
  return {
    updatedAt: now,
    days: period.days,
    daily: byDay(rows),
    totals: totalOf(rows),
    cacheStatus: { ...CACHE_STATUS, refreshedAt: now },
  };
}

/** What each session used, and all of them by model, day, tool and agent. */
export function sessionsUsage(state: GatewayState, params: MethodParams<"sessions.usage">) {
  const now = state.clock.now();
  const period = resolvePeriod(params, now);
  const filter: UsageFilter = {
    period,
    sessionKey: params.key === undefined ? undefined : keyOf(state, params.key),
    includeHistorical: params.includeHistorical ?? false,
  };
  const { connection } = state.store.database;
  const models = modelDays(connection, filter);
  const roles = roleDays(connection, filter);
  const tools = toolDays(connection, filter);
  const modelsOf = groupBy(models, keyOfRow);
  const toolsOf = groupBy(tools, keyOfRow);
  const newest = [...groupBy(roles, keyOfRow)]
    .sort(([, a], [, b]) => lastActivityOf(b) - lastActivityOf(a))
    .slice(0, params.limit ?? DEFAULT_USAGE_SESSIONS);
  return {
    updatedAt: now,
    startDate: period.startDate,
    endDate: period.endDate,
    sessions: newest.map(([key, own]) =>
      sessionUsage(state, key, modelsOf.get(key) ?? [], own, toolsOf.get(key) ?? [])
    ),
    totals: totalOf(models),
    aggregates: aggregates(state, models, roles, tools),
    cacheStatus: { ...CACHE_STATUS, refreshedAt: now },
  };
}

/** The answers of a session as points of a curve. */
export function usageTimeseries(
  state: GatewayState,
  { key }: MethodParams<"sessions.usage.timeseries">,
) {
  const { sessionId } = requireSession(state, key);
  let cumulativeTokens = 0;
  let cumulativeCost = 0;
  const points = usagePoints(state.store.database.connection, sessionId, MAX_POINTS)
    .map((point) => {
      cumulativeTokens += point.totalTokens;
      cumulativeCost += point.cost;
      return { ...point, cumulativeTokens, cumulativeCost };
    });
  return { sessionId, points };
}

/** The newest messages of a session with what each used. */
export function usageLogs(
  state: GatewayState,
  { key, limit = DEFAULT_LOG_ROWS }: MethodParams<"sessions.usage.logs">,
) {
  const logs = state.store.history(keyOf(state, key), { limit }).map(({ message }) => {
    const text = textOf(message.content);
    const content = text.length > MAX_LOG_CHARS ? `${text.slice(0, MAX_LOG_CHARS)}…` : text;
    const base = { timestamp: message.timestamp, role: message.role, content };
    if (message.role !== "assistant") return base;
    return { ...base, tokens: message.usage.totalTokens, cost: message.usage.cost.total };
  });
  return { logs };
}

function keyOfRow({ sessionKey }: { sessionKey: string }): string {
  return sessionKey;
}

function lastActivityOf(roles: readonly RoleDay[]): number {
  return roles.reduce((last, { lastTs }) => Math.max(last, lastTs), 0);
}

function sessionUsage(
  state: GatewayState,
  key: string,
  models: readonly ModelDay[],
  roles: readonly RoleDay[],
  tools: readonly ToolDay[],
) {
  const session = state.store.getSession(key);
  const firstActivity = roles.reduce((first, { firstTs }) => Math.min(first, firstTs), Infinity);
  const lastActivity = lastActivityOf(roles);
  const daily = dailyRows(models, roles, tools);
  return {
    key,
    agentId: agentOf(state, key),
    updatedAt: session?.updatedAt ?? lastActivity,
    ...(session === undefined ? {} : {
      sessionId: session.sessionId,
      ...(session.label === undefined ? {} : { label: session.label }),
      ...(session.modelProvider === undefined ? {} : { modelProvider: session.modelProvider }),
      ...(session.model === undefined ? {} : { model: session.model }),
    }),
    usage: {
      ...(session === undefined ? {} : { sessionId: session.sessionId }),
      firstActivity,
      lastActivity,
      durationMs: lastActivity - firstActivity,
      activityDates: daily.map(({ date }) => date),
      dailyBreakdown: daily.map(({ date, tokens, cost }) => ({ date, tokens, cost })),
      messageCounts: countMessages(roles, tools),
      toolUsage: countTools(tools),
      modelUsage: byModel(models),
      ...totalOf(models),
    },
  };
}

function aggregates(
  state: GatewayState,
  models: readonly ModelDay[],
  roles: readonly RoleDay[],
  tools: readonly ToolDay[],
) {
  const agents = [...groupBy(models, ({ sessionKey }) => agentOf(state, sessionKey))]
    .map(([agentId, rows]) => ({ agentId, totals: totalOf(rows) }))
    .sort(dearestFirst);
  return {
    messages: countMessages(roles, tools),
    tools: countTools(tools),
    byModel: byModel(models),
    byProvider: byProvider(models),
    byAgent: agents,
    byChannel: [],
    daily: dailyRows(models, roles, tools),
  };
}

/** One row per day on which anything was said, oldest first. */
function dailyRows(
  models: readonly ModelDay[],
  roles: readonly RoleDay[],
  tools: readonly ToolDay[],
) {
  const modelsOf = groupBy(models, dayOfRow);
  const toolsOf = groupBy(tools, dayOfRow);
  const days = [...groupBy(roles, dayOfRow)].sort(([a], [b]) => a < b ? -1 : 1);
  return days.map(([date, own]) => {
    const { totalTokens, totalCost } = totalOf(modelsOf.get(date) ?? []);
    const counts = countMessages(own, toolsOf.get(date) ?? []);
    return {
      date,
      tokens: totalTokens,
      cost: totalCost,
      messages: counts.total,
      toolCalls: counts.toolCalls,
      errors: counts.errors,
    };
  });
}

function dayOfRow({ day }: { day: string }): string {
  return day;
}

function requireSession(state: GatewayState, key: string): SessionEntry {
  const session = state.store.getSession(keyOf(state, key));
  if (session) return session;
  throw new AppError("SESSION_NOT_FOUND", `No transcript found for session: ${key}`, {
    hint: "openclaw gateway call sessions.list",
  });
}

function keyOf(state: GatewayState, key: string): string {
  return canonicalSessionKey(key, { defaultAgentId: state.agents().defaultId }).key;
}

function agentOf(state: GatewayState, key: string): string {
  return canonicalSessionKey(key, { defaultAgentId: state.agents().defaultId }).agentId;
}

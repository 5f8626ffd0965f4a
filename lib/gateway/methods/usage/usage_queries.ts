/**
 * Sums over stored messages, made by the database: per session, day and model.
 *
 * @module
 */
import type { Connection } from "../../../store/mod.ts";
import type { Period } from "./period.ts";

/** Which messages count. */
export interface UsageFilter {
  readonly period: Period;
  /** Canonical key; all sessions when absent. */
  readonly sessionKey?: string | undefined;
  /** Whether sessions that were deleted count. */
  readonly includeHistorical: boolean;
}

/** Tokens and cost in US dollars. */
export interface UsageSums {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  totalTokens: number;
  inputCost: number;
  outputCost: number;
  cacheReadCost: number;
  cacheWriteCost: number;
  totalCost: number;
  /** Answers whose cost is not known. */
  missingCostEntries: number;
}

/** What one model answered in one session on one day. */
export interface ModelDay extends UsageSums {
  sessionKey: string;
  day: string;
  provider: string;
  model: string;
  /** Number of answers. */
  entries: number;
}

/** What all models answered in all sessions on one day. */
export type DaySums = Omit<ModelDay, "sessionKey" | "provider" | "model">;

/** Messages of one role in one session on one day. */
export interface RoleDay {
  sessionKey: string;
  day: string;
  role: "user" | "assistant" | "toolResult" | "compaction";
  count: number;
  errors: number;
  /** Milliseconds since the epoch. */
  firstTs: number;
  lastTs: number;
}

/** Calls of one tool in one session on one day. */
export interface ToolDay {
  sessionKey: string;
  day: string;
  name: string;
  count: number;
}

const FROM = `FROM message_usage AS u JOIN transcripts AS t ON t.id = u.transcript_id
  LEFT JOIN sessions AS s ON s.key = t.session_key`;
const WHERE = `u.ts >= ? AND u.ts < ? AND (? OR s.key IS NOT NULL)
  AND (? IS NULL OR t.session_key = ?)`;
const DAY = "date(u.ts / 1000, 'unixepoch', ?) AS day";

const SUMS = `count(*) AS entries, sum(u.input) AS input, sum(u.output) AS output,
    sum(u.cache_read) AS cacheRead, sum(u.cache_write) AS cacheWrite,
    sum(u.total_tokens) AS totalTokens,
    sum(u.input_cost) AS inputCost, sum(u.output_cost) AS outputCost,
    sum(u.cache_read_cost) AS cacheReadCost, sum(u.cache_write_cost) AS cacheWriteCost,
    coalesce(sum(u.total_cost), 0) AS totalCost, sum(u.total_cost IS NULL) AS missingCostEntries`;

// Without the session: asking for it would cost more than the sums.
const DAYS = `SELECT ${DAY}, ${SUMS} FROM message_usage AS u
  WHERE u.role IN ('assistant', 'compaction') AND u.ts >= ? AND u.ts < ? GROUP BY 1`;

const MODEL_DAYS = `SELECT t.session_key AS sessionKey, ${DAY}, u.provider, u.model, ${SUMS}
  ${FROM} WHERE u.role IN ('assistant', 'compaction') AND ${WHERE} GROUP BY 1, 2, 3, 4`;

const ROLE_DAYS = `SELECT t.session_key AS sessionKey, ${DAY}, u.role, count(*) AS count,
    sum(u.is_error) AS errors, min(u.ts) AS firstTs, max(u.ts) AS lastTs
  ${FROM} WHERE ${WHERE} GROUP BY 1, 2, 3`;

const TOOL_DAYS = `SELECT t.session_key AS sessionKey, ${DAY}, tool.value AS name,
    count(*) AS count
  ${FROM}, json_each(u.tool_names) AS tool
  WHERE u.tool_names IS NOT NULL AND ${WHERE} GROUP BY 1, 2, 3`;

/** Tokens and cost, per session, day and model. */
export function modelDays(connection: Connection, filter: UsageFilter): ModelDay[] {
  return connection.all<ModelDay>(MODEL_DAYS, ...valuesOf(filter));
}

/** Tokens and cost of everything, per day. */
export function daySums(
  connection: Connection,
  { modifier, startMs, endMs }: Period,
): DaySums[] {
  return connection.all<DaySums>(DAYS, modifier, startMs, endMs);
}

/** Messages, per session, day and role. */
export function roleDays(connection: Connection, filter: UsageFilter): RoleDay[] {
  return connection.all<RoleDay>(ROLE_DAYS, ...valuesOf(filter));
}

/** Tool calls, per session, day and tool. */
export function toolDays(connection: Connection, filter: UsageFilter): ToolDay[] {
  return connection.all<ToolDay>(TOOL_DAYS, ...valuesOf(filter));
}

function valuesOf({ period, sessionKey, includeHistorical }: UsageFilter) {
  const key = sessionKey ?? null;
  const { modifier, startMs, endMs } = period;
  return [modifier, startMs, endMs, includeHistorical ? 1 : 0, key, key];
}

/** One answer of a session, for a curve over time. */
export interface UsagePoint {
  timestamp: number;
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  totalTokens: number;
  cost: number;
}

/** The newest answers of a transcript, oldest first. */
export function usagePoints(
  connection: Connection,
  sessionId: string,
  limit: number,
): UsagePoint[] {
  return connection.all<UsagePoint>(
    `SELECT u.ts AS timestamp, u.input, u.output, u.cache_read AS cacheRead,
        u.cache_write AS cacheWrite, u.total_tokens AS totalTokens,
        coalesce(u.total_cost, 0) AS cost
      FROM transcripts AS t JOIN messages AS m ON m.transcript_id = t.id
      JOIN message_usage AS u ON u.row = m.row
      WHERE t.session_id = ? AND u.role = 'assistant' ORDER BY m.seq DESC LIMIT ?`,
    sessionId,
    limit,
  ).reverse();
}

/**
 * Adding up what the database has grouped.
 *
 * @module
 */
import type { ModelDay, RoleDay, ToolDay, UsageSums } from "./usage_queries.ts";

/** Numbers of messages. */
export interface MessageCounts {
  total: number;
  user: number;
  assistant: number;
  toolCalls: number;
  toolResults: number;
  errors: number;
}

/** Numbers of tool calls. */
export interface ToolCounts {
  totalCalls: number;
  uniqueTools: number;
  tools: { name: string; count: number }[];
}

/** Sums of nothing. */
export function noUsage(): UsageSums {
  return {
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    totalTokens: 0,
    inputCost: 0,
    outputCost: 0,
    cacheReadCost: 0,
    cacheWriteCost: 0,
    totalCost: 0,
    missingCostEntries: 0,
  };
}

/** Everything together. */
export function totalOf(rows: Iterable<UsageSums>): UsageSums {
  const total = noUsage();
  for (const row of rows) {
    for (const key of Object.keys(total) as (keyof UsageSums)[]) total[key] += row[key];
  }
  return total;
}

/** Rows by what `keyOf` says, in the order of first appearance. */
export function groupBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** Messages by kind. */
export function countMessages(roles: readonly RoleDay[], tools: readonly ToolDay[]): MessageCounts {
  const counts = { total: 0, user: 0, assistant: 0, toolCalls: 0, toolResults: 0, errors: 0 };
  for (const { role, count, errors } of roles) {
    // Paid for, but nothing that anybody said.
    if (role === "compaction") continue;
    counts.total += count;
    counts.errors += errors;
    if (role === "user") counts.user += count;
    else if (role === "assistant") counts.assistant += count;
    else counts.toolResults += count;
  }
  for (const { count } of tools) counts.toolCalls += count;
  return counts;
}

/** Tool calls by tool, most used first. */
export function countTools(rows: readonly ToolDay[]): ToolCounts {
  const tools = [...groupBy(rows, ({ name }) => name)]
    .map(([name, uses]) => ({ name, count: uses.reduce((sum, use) => sum + use.count, 0) }))
    .sort((a, b) => b.count - a.count);
  return {
    totalCalls: tools.reduce((sum, { count }) => sum + count, 0),
    uniqueTools: tools.length,
    tools,
  };
}

/** Sums per model, dearest first. */
export function byModel(rows: readonly ModelDay[]) {
  return [...groupBy(rows, ({ provider, model }) => `${provider}/${model}`).values()]
    .map((group) => ({
      provider: group[0]!.provider,
      model: group[0]!.model,
      count: entriesOf(group),
      totals: totalOf(group),
    }))
    .sort(dearestFirst);
}

/** Sums per provider, dearest first. */
export function byProvider(rows: readonly ModelDay[]) {
  return [...groupBy(rows, ({ provider }) => provider)]
    .map(([provider, group]) => ({ provider, count: entriesOf(group), totals: totalOf(group) }))
    .sort(dearestFirst);
}

/** Tokens and cost per day, oldest first. */
export function byDay(rows: readonly (UsageSums & Pick<ModelDay, "day">)[]) {
  return [...groupBy(rows, ({ day }) => day)]
    .map(([date, group]) => ({ date, ...totalOf(group) }))
    .sort((a, b) => a.date < b.date ? -1 : 1);
}

/** More money first, more tokens where it cost the same. */
export function dearestFirst(a: { totals: UsageSums }, b: { totals: UsageSums }): number {
  return b.totals.totalCost - a.totals.totalCost || b.totals.totalTokens - a.totals.totalTokens;
}

function entriesOf(rows: readonly ModelDay[]): number {
  return rows.reduce((sum, { entries }) => sum + entries, 0);
}

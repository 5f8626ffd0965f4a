/**
 * The shapes of results about usage, background tasks, environments and artifacts, as types only.
 *
 * @module
 */
import type { TASK_STATUSES } from "../methods/system.ts";

/** Tokens and what they cost, in US dollars. */
export interface UsageTotals {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  totalTokens: number;
  totalCost: number;
  inputCost?: number;
  outputCost?: number;
  cacheReadCost?: number;
  cacheWriteCost?: number;
  /** Answers of models without a price. */
  missingCostEntries?: number;
}

/** The result of `usage.status`: what subscriptions have left. */
export interface UsageStatusResult {
  updatedAt: number;
  providers: Record<string, unknown>[];
}

/** The result of `usage.cost`. */
export interface UsageCostResult {
  updatedAt: number;
  days: number;
  /** `date` as `YYYY-MM-DD`. */
  daily: (UsageTotals & { date: string })[];
  totals: UsageTotals;
  cacheStatus?: unknown;
}

/** The result of `sessions.usage`. */
export interface SessionsUsageResult {
  updatedAt: number;
  startDate: string;
  endDate: string;
  sessions: Record<string, unknown>[];
  totals: UsageTotals;
  aggregates: Record<string, unknown>;
  cacheStatus?: unknown;
}

/** The result of `sessions.usage.timeseries`. */
export interface UsageTimeseriesResult {
  sessionId: string;
  points: Record<string, unknown>[];
}

/** The result of `sessions.usage.logs`. */
export interface UsageLogsResult {
  logs: {
    timestamp: number;
    role: string;
    content: string;
    tokens?: number;
    cost?: number;
  }[];
}

/** The states of a background task. */
export type TaskStatus = typeof TASK_STATUSES[number];

/** A background task. */
export interface TaskRow extends Record<string, unknown> {
  taskId: string;
  status: TaskStatus;
}

/** The result of `tasks.list`. */
export interface TasksListResult {
  tasks: TaskRow[];
  nextCursor?: string;
}

/** The result of `tasks.get`. */
export interface TaskResult {
  task: TaskRow;
}

/** The result of `tasks.cancel`. */
export interface TaskCancelResult {
  found: boolean;
  cancelled: boolean;
  reason?: string;
  task?: TaskRow;
}

/** A place where things can be run; also the result of `environments.status`. */
export interface EnvironmentRow {
  /** `gateway` or `node:<id>`. */
  id: string;
  type: string;
  label?: string;
  status: string;
  capabilities?: string[];
}

/** The result of `environments.list`. */
export interface EnvironmentsListResult {
  environments: EnvironmentRow[];
}

/** Something that a run has made. */
export interface Artifact extends Record<string, unknown> {
  artifactId: string;
}

/** The result of `artifacts.list`. */
export interface ArtifactsListResult {
  artifacts: Artifact[];
}

/** The result of `artifacts.get`. */
export interface ArtifactResult {
  artifact: Artifact;
}

/** The result of `artifacts.download`. */
export interface ArtifactContent extends ArtifactResult {
  encoding?: string;
  data?: string;
  url?: string;
}

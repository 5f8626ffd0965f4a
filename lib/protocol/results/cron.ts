/**
 * The shapes of results and event payloads about scheduled jobs, as types only.
 *
 * @module
 */
import type { CronDelivery, CronFailureAlert, CronPayload, CronSchedule } from "../methods/cron.ts";

/** What became of the message that a run was to send; `unknown` when the run never got so far. */
export type CronDeliveryStatus = "delivered" | "not-delivered" | "unknown" | "not-requested";

/** How a run of a job ended. */
export type CronRunStatus = "ok" | "error" | "skipped";

/** What went wrong in a run, for people. */
export interface CronDiagnostics {
  summary: string;
  entries: {
    ts: number;
    source: "agent-run" | "delivery" | "scheduler";
    severity: "warn" | "error";
    message: string;
  }[];
}

/** Where the outcome of a run was to go, and what became of it. */
export interface CronDeliveryTrace {
  intended: { channel: string; to: string | null; source: string };
  resolved: { ok: boolean; to: string | null; source: string; error?: string };
  fallbackUsed: boolean;
  delivered: boolean;
}

/** A scheduled job. */
export interface CronJob {
  id: string;
  name: string;
  agentId?: string;
  sessionKey?: string;
  description?: string;
  enabled: boolean;
  deleteAfterRun?: boolean;
  createdAtMs: number;
  updatedAtMs: number;
  schedule: CronSchedule;
  /** `main`, `isolated`, `current` or `session:<key>`. */
  sessionTarget: string;
  wakeMode: "now" | "next-heartbeat";
  payload: CronPayload;
  delivery?: CronDelivery;
  failureAlert?: CronFailureAlert | false;
  state: CronJobState;
}

/** What has become of a job so far. */
export interface CronJobState {
  nextRunAtMs?: number;
  runningAtMs?: number;
  lastRunAtMs?: number;
  lastRunStatus?: CronRunStatus;
  /** The same as `lastRunStatus`, for older clients. */
  lastStatus?: CronRunStatus;
  lastError?: string;
  lastDurationMs?: number;
  consecutiveErrors?: number;
  consecutiveSkipped?: number;
  lastDeliveryStatus?: CronDeliveryStatus;
  lastDeliveryError?: string;
  lastDiagnostics?: CronDiagnostics;
  lastDiagnosticSummary?: string;
  /** When repeated failures were told last. */
  lastFailureAlertAtMs?: number;
}

/** A page of a list. */
export interface CronPage {
  total: number;
  offset: number;
  limit: number;
  hasMore: boolean;
  nextOffset: number | null;
}

/** The result of `cron.list`. */
export interface CronListResult extends CronPage {
  jobs: CronJob[];
  /** By id of the job. */
  deliveryPreviews: Record<string, { label: string; detail?: string }>;
}

/** The result of `cron.status`. */
export interface CronStatusResult {
  enabled: boolean;
  storePath: string;
  /** Number of jobs. */
  jobs: number;
  nextWakeAtMs: number | null;
}

/** The result of `cron.remove`. */
export interface CronRemoved {
  ok: boolean;
  removed: boolean;
}

/** The result of `cron.run`. */
export type CronRunResult =
  | { ok: boolean; enqueued: true; runId: string }
  | { ok: boolean; ran: false; reason: "not-due" | "already-running" | "invalid-spec" };

/** One finished run of a job. */
export interface CronRunEntry {
  ts: number;
  jobId: string;
  action: "finished";
  status: CronRunStatus;
  summary?: string;
  error?: string;
  diagnostics?: CronDiagnostics;
  delivered?: boolean;
  deliveryStatus?: CronDeliveryStatus;
  deliveryError?: string;
  delivery?: CronDeliveryTrace;
  sessionId?: string;
  sessionKey?: string;
  runId?: string;
  runAtMs?: number;
  durationMs?: number;
  nextRunAtMs?: number;
  model?: string;
  provider?: string;
  usage?: { input_tokens?: number; output_tokens?: number; total_tokens?: number };
  /** The job's name, in lists over all jobs. */
  jobName?: string;
}

/** The result of `cron.runs`. */
export interface CronRunsResult extends CronPage {
  entries: CronRunEntry[];
}

/** The payload of `cron`. */
export interface CronEventPayload {
  jobId: string;
  action: "added" | "updated" | "removed" | "started" | "finished";
  job?: CronJob;
  runAtMs?: number;
  nextRunAtMs?: number;
  durationMs?: number;
  status?: CronRunStatus;
  error?: string;
  summary?: string;
  delivered?: boolean;
  deliveryStatus?: CronDeliveryStatus;
  deliveryError?: string;
  delivery?: CronDeliveryTrace;
  diagnostics?: CronDiagnostics;
  sessionId?: string;
  sessionKey?: string;
  runId?: string;
  model?: string;
  provider?: string;
  usage?: CronRunEntry["usage"];
}

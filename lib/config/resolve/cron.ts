/**
 * The `cron` section with defaults filled in.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";
import { parseByteSize } from "./byte_size.ts";
import { parseDuration } from "./duration.ts";

const DEFAULT_RETENTION_MS = 24 * 3_600_000;
const DEFAULT_RETRY_ON = ["rate_limit", "overloaded", "network", "timeout", "server_error"];

/** When and where repeated failures of jobs are told. */
export interface CronFailureAlertConfig {
  readonly after?: number;
  readonly cooldownMs?: number;
  readonly includeSkipped?: boolean;
  readonly mode?: "announce" | "webhook";
  readonly channel?: string;
  readonly to?: string;
  readonly accountId?: string;
}

/** What the configuration says about scheduled jobs; absent where it says nothing. */
export interface ResolvedCron {
  readonly isEnabled: boolean;
  /** The job file of an earlier gateway, where it is not in its usual place. */
  readonly store: string | undefined;
  readonly maxConcurrentRuns: number;
  readonly maxAttempts: number;
  readonly backoffMs: readonly number[] | undefined;
  readonly retryOn: readonly string[];
  /** How long old conversations of jobs are kept; for ever when absent. */
  readonly sessionRetentionMs: number | undefined;
  readonly keepRuns: number | undefined;
  /** Largest log of one job. */
  readonly keepBytes: number | undefined;
  /** Webhook that is told of failures of jobs that name no place for them. */
  readonly failureWebhook: string | undefined;
  readonly failureAlert: CronFailureAlertConfig | undefined;
}

/** The settings of scheduled jobs. */
export function resolveCron(config: OpenClawConfig): ResolvedCron {
  const cron = config.cron ?? {};
  const { maxAttempts = 3, backoffMs, retryOn = DEFAULT_RETRY_ON } = cron.retry ?? {};
  return {
    isEnabled: cron.enabled ?? true,
    store: cron.store?.trim() || undefined,
    maxConcurrentRuns: cron.maxConcurrentRuns ?? 1,
    maxAttempts,
    backoffMs,
    retryOn,
    sessionRetentionMs: retention(cron.sessionRetention),
    keepRuns: cron.runLog?.keepLines,
    keepBytes: byteSize(cron.runLog?.maxBytes),
    failureWebhook: webhookOf(cron.failureDestination),
    failureAlert: failureAlert(cron.failureAlert),
  };
}

function retention(value: unknown): number | undefined {
  if (value === false) return undefined;
  if (typeof value === "number") return value;
  const parsed = typeof value === "string" ? parseDuration(value) : undefined;
  return parsed ?? DEFAULT_RETENTION_MS;
}

function byteSize(value: unknown): number | undefined {
  if (typeof value === "number" && value > 0) return value;
  return typeof value === "string" ? parseByteSize(value) || undefined : undefined;
}

function webhookOf(value: unknown): string | undefined {
  if (!isObject(value) || value.mode !== "webhook" || typeof value.to !== "string") {
    return undefined;
  }
  return value.to.trim() || undefined;
}

/** Off unless the section is there and does not say so. */
function failureAlert(value: unknown): CronFailureAlertConfig | undefined {
  if (!isObject(value) || value.enabled === false) return undefined;
  const { after, cooldownMs, includeSkipped, mode } = value;
  const word = (name: string) => {
    const text = value[name];
    return typeof text === "string" && text.trim() !== "" ? { [name]: text.trim() } : {};
  };
  return {
    ...(typeof after === "number" && after >= 1 ? { after } : {}),
    ...(typeof cooldownMs === "number" && cooldownMs >= 0 ? { cooldownMs } : {}),
    ...(typeof includeSkipped === "boolean" ? { includeSkipped } : {}),
    ...(mode === "announce" || mode === "webhook" ? { mode } : {}),
    ...word("channel"),
    ...word("to"),
    ...word("accountId"),
  };
}

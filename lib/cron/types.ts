/**
 * What the scheduler is made of and what it hands to others. Jobs and runs are the protocol's.
 *
 * @module
 */
import type { Clock, Logger } from "../base/mod.ts";
import type {
  CronDeliveryStatus,
  CronDeliveryTrace,
  CronEventPayload,
  CronFailureAlert,
  CronJob,
  CronRunEntry,
  CronRunStatus,
} from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import type { Later } from "./alarm.ts";

/** What the configuration says about jobs, defaults filled in. */
export interface CronSettings {
  readonly isEnabled: boolean;
  readonly maxConcurrentRuns: number;
  /** IANA name, for expressions that name none. */
  readonly timeZone: string;
  readonly retry: {
    readonly maxAttempts: number;
    readonly backoffMs: readonly number[];
    /** Kinds of failure that a one-shot job is tried again for. */
    readonly retryOn: readonly string[];
  };
  /** Newest finished runs that are kept of each job. */
  readonly keepRuns: number;
  /** Bytes that these may take. */
  readonly keepBytes: number;
  /** For jobs that say nothing about alerts; absent when there are none then. */
  readonly failureAlert?: CronFailureAlert;
}

/** How a run went. */
export interface CronOutcome {
  status: CronRunStatus;
  summary?: string;
  error?: string;
  /** The kind of failure, such as `rate_limit`. */
  errorKind?: string;
  /** Whether the gateway's stop cut it off; the next start records it then. */
  isCutOff?: boolean;
  deliveryStatus?: CronDeliveryStatus;
  deliveryError?: string;
  delivery?: CronDeliveryTrace;
  sessionId?: string;
  sessionKey?: string;
  model?: string;
  provider?: string;
  usage?: CronRunEntry["usage"];
}

/** One run, as the one who carries it out sees it. */
export interface CronExecution {
  readonly job: CronJob;
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly timeoutMs: number;
}

/** What the scheduler works with. */
export interface CronDeps {
  store: Store;
  clock: Clock;
  log: Logger;
  settings(): CronSettings;
  /** Carries a job out; a rejection counts as a failed run. */
  execute(execution: CronExecution): Promise<CronOutcome>;
  /** Is told of everything that happens to jobs, after it is on disk. */
  emit(event: CronEventPayload): void;
  /** Tells that a job keeps failing; answers whether somebody was told. */
  alert(job: CronJob, alert: CronFailureAlert, entry: CronRunEntry): Promise<boolean>;
  /** Timers by hand, for tests. */
  later?: Later;
}

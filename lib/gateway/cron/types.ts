/**
 * The scheduler as the rest of the gateway sees it.
 *
 * @module
 */
import type { CronService } from "../../cron/mod.ts";

/** Scheduled jobs, loaded when there are any or somebody asks for them. */
export interface CronControl {
  /** Whether the scheduler has been loaded. */
  readonly isLoaded: boolean;
  /** Whether a job is being run now. */
  readonly isBusy: boolean;
  /** Number of jobs that are being run now. */
  readonly runningCount: number;
  /** Ends what is still being delivered when the gateway stops. */
  readonly deliverySignal: AbortSignal;
  /** Begins to run jobs, if there are any; does not wait for it. */
  start(): void;
  /**
   * The scheduler, started.
   *
   * @throws {AppError} What the store refuses with; the next call tries again.
   */
  service(): Promise<CronService>;
  /** Follows a changed configuration. */
  reload(): void;
  /** Begins no further runs and waits for those under way, which somebody else ends. */
  close(): Promise<void>;
}

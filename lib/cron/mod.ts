/**
 * Scheduled jobs: their schedules, the scheduler that runs them at their times, their log, and the
 * jobs of an earlier gateway. Loaded when there is a job, or when somebody asks for one.
 *
 * Carries nothing out itself: what a job does is handed in.
 *
 * @module
 */
export { type CronImport, importCronFiles } from "./import.ts";
export { lookAtJobs } from "./job_look.ts";
export { webhookUrl } from "./job_spec.ts";
export { MAX_SUMMARY_CHARS, ONE_SHOT_BACKOFF_MS, RUN_LOG_BYTES, RUN_LOG_LINES } from "./limits.ts";
export { CronService } from "./service.ts";
export type { CronDeps, CronExecution, CronOutcome, CronSettings } from "./types.ts";

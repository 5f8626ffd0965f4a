/**
 * Puts the scheduler together with what carries its jobs out. Loaded with the first job.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { resolveCron } from "../../config/mod.ts";
import {
  CronService,
  type CronSettings,
  importCronFiles,
  ONE_SHOT_BACKOFF_MS,
  RUN_LOG_BYTES,
  RUN_LOG_LINES,
} from "../../cron/mod.ts";
import type { GatewayState } from "../state.ts";
import { tellFailures } from "./delivery.ts";
import { executeJob } from "./execute.ts";

/** Takes over the jobs of an earlier gateway, once, and opens the scheduler; it is not started yet. */
export async function openCron(state: GatewayState, jobFile: string): Promise<CronService> {
  const { clock, store, broadcaster } = state;
  const log = state.log.child("cron");
  await takeOver(state, jobFile);
  return await CronService.open({
    store: store.database,
    clock,
    log,
    settings: () => settingsOf(state),
    execute: (execution) => executeJob(state, execution),
    emit: (event) => broadcaster.broadcast("cron", event),
    alert: (job, alert, entry) => tellFailures(state, job, alert, entry),
  });
}

function settingsOf(state: GatewayState): CronSettings {
  const cron = resolveCron(state.config().config);
  const { maxAttempts, retryOn, backoffMs = [], failureAlert } = cron;
  return {
    isEnabled: cron.isEnabled,
    maxConcurrentRuns: cron.maxConcurrentRuns,
    timeZone: state.agents().timeZone,
    retry: {
      maxAttempts,
      retryOn,
      backoffMs: backoffMs.length > 0 ? backoffMs : ONE_SHOT_BACKOFF_MS,
    },
    keepRuns: cron.keepRuns ?? RUN_LOG_LINES,
    keepBytes: cron.keepBytes ?? RUN_LOG_BYTES,
    ...(failureAlert === undefined ? {} : { failureAlert }),
  };
}

/** What cannot be read is logged: it must not keep the other jobs from running. */
async function takeOver(state: GatewayState, jobFile: string): Promise<void> {
  const { store, clock } = state;
  const log = state.log.child("cron");
  try {
    const { jobs, runs, unusable } = await importCronFiles(
      jobFile,
      store.database,
      clock,
      settingsOf(state),
    );
    if (jobs > 0) log.info(`taken over: cron jobs ${jobs}, runs ${runs}`);
    for (const { what, reason } of unusable) log.warn(`cannot take over ${what}: ${reason}`);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn(`cannot take over cron jobs: ${error.message}`);
  }
}

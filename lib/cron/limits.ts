/**
 * Every limit of the scheduler, with its unit in the name and its reason.
 *
 * @module
 */

/** Longest sleep of the timer: a machine that was suspended, or a clock that was set, is noticed. */
export const MAX_SLEEP_MS = 60_000;
/** Least time between two starts of the same job, however short its interval. */
export const MIN_REFIRE_MS = 2_000;
/** A clock that went back by more than this makes all times be worked out again. */
export const CLOCK_JUMP_MS = 60_000;

/** Timers of the runtime fire at once when told to wait longer than this. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
/** Longest run of a job that only queues an event. */
export const SYSTEM_EVENT_TIMEOUT_MS = 10 * 60_000;
/** Longest run of a job that is a turn of an agent, unless the job says otherwise. */
export const AGENT_TURN_TIMEOUT_MS = 60 * 60_000;
/** What a run gets over its time to end by itself before it is given up. */
export const TIMEOUT_GRACE_MS = 15_000;

/** Recurring jobs that are caught up with after a start; the others go on with their next time. */
export const MAX_MISSED_JOBS = 5;
/** Time between two jobs that are caught up with. */
export const MISSED_JOB_GAP_MS = 5_000;
/** Turns of agents are caught up with only after this, so that a start is not slowed down by them. */
export const MISSED_TURN_DELAY_MS = 2 * 60_000;

/** Jobs on the hour are spread over this much, unless they say otherwise. */
export const HOURLY_STAGGER_MS = 5 * 60_000;
/** Pauses after a recurring job's first, second, … failure in a row. */
export const RECURRING_BACKOFF_MS: readonly number[] = [
  30_000,
  60_000,
  5 * 60_000,
  15 * 60_000,
  60 * 60_000,
];
/** Pauses before the retries of a one-shot job, unless configured. */
export const ONE_SHOT_BACKOFF_MS: readonly number[] = [30_000, 60_000, 5 * 60_000];

/** A one-shot job may be this much in the past when it is added: clocks and typing take time. */
export const PAST_GRACE_MS = 60_000;
/** Failures in a row before they are told, unless configured. */
export const ALERT_AFTER = 2;
/** Least time between two such messages, unless configured. */
export const ALERT_COOLDOWN_MS = 60 * 60_000;

/** Finished runs kept of each job, unless configured. */
export const RUN_LOG_LINES = 2_000;
/** Largest log of one job, unless configured. */
export const RUN_LOG_BYTES = 2 * 1024 * 1024;
/** How long the runs of a removed job are kept. */
export const REMOVED_JOB_RUNS_MS = 30 * 24 * 3_600_000;
/** Runs in one `cron.runs` answer unless told otherwise. */
export const DEFAULT_RUN_ROWS = 50;
/** Characters kept of what a run said. */
export const MAX_SUMMARY_CHARS = 2_000;

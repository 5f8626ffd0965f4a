/**
 * When a job runs: from its schedule to moments.
 *
 * Moments are worked out from the schedule alone, never from the last run, so that nothing drifts. The
 * package that reads cron expressions is loaded with the first of them.
 *
 * @module
 */
import { errorMessage, sha256Hex } from "../base/mod.ts";
import type { CronSchedule } from "../protocol/mod.ts";
import { invalidJob } from "./errors.ts";
import { HOURLY_STAGGER_MS } from "./limits.ts";

/** The moments of one schedule. */
export interface Timetable {
  /** The first moment after `ms`, in milliseconds since the epoch; nothing when there is none. */
  next(ms: number): number | undefined;
}

/** What a schedule does not say itself. */
export interface TimetableContext {
  /** Decides where within its stagger a job runs. */
  jobId: string;
  /** IANA name, for expressions that name none. */
  timeZone: string;
  /**
   * Reads an expression only when a moment is asked for, and refuses it only then: for the many jobs
   * that were read before and are not due for long.
   */
  isLazy?: boolean;
}

/**
 * Reads a schedule.
 *
 * @throws {AppError} `CRON_JOB_INVALID` for a date, an expression or a time zone that is none.
 * @see OpenClaw docs, automation/cron-jobs (behaviour matched)
 */
export async function createTimetable(
  schedule: CronSchedule,
  context: TimetableContext,
): Promise<Timetable> {
  switch (schedule.kind) {
    case "at": {
      const at = parseAt(schedule.at);
      return { next: (ms) => at > ms ? at : undefined };
    }
    case "every":
      return everyTimetable(schedule.everyMs, schedule.anchorMs ?? 0);
    case "cron":
      return await cronTimetable(schedule, context);
  }
}

/**
 * The moment of a one-shot schedule; a date without an offset is UTC.
 *
 * @throws {AppError} `CRON_JOB_INVALID`
 */
export function parseAt(text: string): number {
  const written = text.trim();
  const match = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i
    .exec(written);
  const isNaive = match !== null && match[1] === undefined && written.length > 10;
  const ms = match === null ? NaN : Date.parse(written.replace(" ", "T") + (isNaive ? "Z" : ""));
  if (Number.isFinite(ms)) return ms;
  throw invalidJob(`Invalid schedule.at: expected ISO-8601 timestamp (got ${text})`);
}

function everyTimetable(everyMs: number, anchorMs: number): Timetable {
  return {
    next(ms) {
      if (ms < anchorMs) return anchorMs;
      return anchorMs + (Math.floor((ms - anchorMs) / everyMs) + 1) * everyMs;
    },
  };
}

async function cronTimetable(
  schedule: Extract<CronSchedule, { kind: "cron" }>,
  { jobId, timeZone, isLazy = false }: TimetableContext,
): Promise<Timetable> {
  const { Cron } = await import("croner");
  const expression = schedule.expr.trim();
  const staggerMs = schedule.staggerMs ?? (isOnTheHour(expression) ? HOURLY_STAGGER_MS : 0);
  const offset = await staggerOffset(jobId, staggerMs);
  const timezone = schedule.tz?.trim() || timeZone;
  let cron: InstanceType<typeof Cron> | undefined;
  const read = () => {
    try {
      const fresh = new Cron(expression, { timezone, paused: true });
      // A time zone that does not exist is noticed only when a moment is asked for.
      fresh.nextRun(new Date(0));
      return fresh;
    } catch (error) {
      throw invalidJob(`Invalid schedule.expr "${expression}": ${firstSentence(error)}`);
    }
  };
  if (!isLazy) cron = read();
  return {
    next(ms) {
      cron ??= read();
      const moment = cron.nextRun(new Date(ms - offset));
      return moment === null ? undefined : moment.getTime() + offset;
    },
  };
}

/** `0 * * * *` and its like: every such job of the world would start at the same moment. */
function isOnTheHour(expression: string): boolean {
  const fields = expression.split(/\s+/);
  const [minute, hour] = fields.length >= 6 ? fields.slice(1) : fields;
  return minute === "0" && (hour?.includes("*") ?? false);
}

/** The same for a job at all times, spread evenly over jobs. */
async function staggerOffset(jobId: string, staggerMs: number): Promise<number> {
  if (staggerMs <= 0) return 0;
  return Number.parseInt((await sha256Hex(jobId)).slice(0, 8), 16) % staggerMs;
}

function firstSentence(error: unknown): string {
  return errorMessage(error).split(". ")[0]!.replace(/\.$/, "");
}

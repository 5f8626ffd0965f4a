/**
 * Which days a usage report covers, and where a day begins.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";

/** How a client names a period. */
export interface PeriodQuery {
  days?: number | undefined;
  /** `YYYY-MM-DD`. */
  startDate?: string | undefined;
  endDate?: string | undefined;
  /** `7d`, `all` … */
  range?: string | undefined;
  /** `gateway` for the time zone of this machine, `utc`, or `specific` with `utcOffset`. */
  mode?: string | undefined;
  /** `UTC+8`, `-04:30` … */
  utcOffset?: string | undefined;
}

/** A period in whole days. */
export interface Period {
  /** Milliseconds since the epoch, inclusive. */
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** First and last day. */
  readonly startDate: string;
  readonly endDate: string;
  readonly days: number;
  /** Turns a moment into local time, as a modifier of SQLite's date functions. */
  readonly modifier: string;
}

const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MAX_OFFSET_MINUTES = 14 * 60;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const OFFSET = /^(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?$/i;
const HINT = 'Like {"days":7}, or {"startDate":"2026-01-01","endDate":"2026-01-31"}';

/**
 * The period a client means; the last 30 days where it names none.
 *
 * @throws {AppError} `INVALID_REQUEST`
 */
export function resolvePeriod(query: PeriodQuery, now: number): Period {
  const zone = zoneOf(query);
  const today = zone.dayOf(now);
  const endDate = query.endDate === undefined ? today : checkedDate(query.endDate, "endDate");
  const startDate = query.startDate === undefined
    ? firstDay(query, endDate)
    : checkedDate(query.startDate, "startDate");
  if (startDate > endDate) {
    throw invalid(`Cannot report usage: startDate "${startDate}" is after endDate "${endDate}"`);
  }
  return {
    startMs: zone.startOf(startDate),
    endMs: zone.startOf(shifted(endDate, 1)),
    startDate,
    endDate,
    days: Math.round((dateMs(endDate) - dateMs(startDate)) / DAY_MS) + 1,
    modifier: zone.modifier,
  };
}

function firstDay({ range, days }: PeriodQuery, endDate: string): string {
  if (range === "all") return "1970-01-02";
  const named = range === undefined ? undefined : /^(\d{1,4})d$/.exec(range)?.[1];
  if (range !== undefined && named === undefined) {
    throw invalid(`Cannot report usage: range "${range}" is neither "all" nor like "7d"`);
  }
  const count = named === undefined ? days ?? DEFAULT_DAYS : Number(named);
  const first = shifted(endDate, 1 - Math.max(1, count));
  return first > "1970-01-01" ? first : "1970-01-02";
}

interface Zone {
  dayOf(ms: number): string;
  startOf(date: string): number;
  readonly modifier: string;
}

function zoneOf({ mode, utcOffset }: PeriodQuery): Zone {
  if (mode === "utc") return fixedZone(0);
  if (mode === "specific" || (mode === undefined && utcOffset !== undefined)) {
    return fixedZone(offsetMinutes(utcOffset ?? ""));
  }
  if (mode === undefined || mode === "gateway") return localZone();
  throw invalid(`Cannot report usage: mode "${mode}" is unknown`);
}

function fixedZone(minutes: number): Zone {
  const offset = minutes * MINUTE_MS;
  const absolute = Math.abs(minutes);
  const [hours, rest] = [Math.floor(absolute / 60), absolute % 60].map((part) =>
    String(part).padStart(2, "0")
  );
  return {
    dayOf: (ms) => isoDay(ms + offset),
    startOf: (date) => dateMs(date) - offset,
    modifier: `${minutes < 0 ? "-" : "+"}${hours}:${rest}`,
  };
}

/** The time zone of this machine, with its changes of the clock. */
function localZone(): Zone {
  return {
    dayOf: (ms) => {
      const date = new Date(ms);
      return isoDay(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()));
    },
    startOf: (text) => {
      const [year = 0, month = 1, day = 1] = text.split("-").map(Number);
      return new Date(year, month - 1, day).getTime();
    },
    modifier: "localtime",
  };
}

function offsetMinutes(text: string): number {
  if (/^(?:utc|gmt|z)$/i.test(text.trim())) return 0;
  const match = OFFSET.exec(text.trim());
  const minutes = Number(match?.[2]) * 60 + Number(match?.[3] ?? 0);
  if (match && minutes <= MAX_OFFSET_MINUTES) return match[1] === "-" ? -minutes : minutes;
  throw invalid(`Cannot report usage: utcOffset "${text}" is not like "UTC+8"`);
}

function checkedDate(text: string, name: string): string {
  if (DATE.test(text) && isoDay(dateMs(text)) === text) return text;
  throw invalid(`Cannot report usage: ${name} "${text}" is not a day like "2026-01-31"`);
}

function shifted(date: string, days: number): string {
  return isoDay(dateMs(date) + days * DAY_MS);
}

function dateMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function isoDay(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : "";
}

function invalid(message: string): AppError {
  return new AppError("INVALID_REQUEST", message, { hint: HINT });
}

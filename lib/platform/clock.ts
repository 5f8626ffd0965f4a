/**
 * The time of this machine, and how a moment is written in local time.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/**
 * A moment in local time with its offset, such as `2026-11-22T09:15:02.123+01:00`.
 *
 * @param ms Milliseconds since the epoch.
 */
export function formatLocalIso(ms: number): string {
  const date = new Date(ms);
  return `${datePart(date)}T${timePart(date)}.${pad(date.getMilliseconds(), 3)}${offsetPart(date)}`;
}

/** The local calendar day of a moment, such as `2026-11-22`. */
export function formatLocalDate(ms: number): string {
  return datePart(new Date(ms));
}

/** The local time of day of a moment, such as `09:15:02`. */
export function formatLocalTime(ms: number): string {
  return timePart(new Date(ms));
}

/** The current moment in local time, as {@linkcode formatLocalIso} writes it. */
export function isoNow(clock: Clock = systemClock): string {
  return formatLocalIso(clock.now());
}

/** When the local calendar day after the one of `ms` begins, in milliseconds since the epoch. */
export function nextLocalMidnight(ms: number): number {
  const date = new Date(ms);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

function datePart(date: Date): string {
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
}

function timePart(date: Date): string {
  return `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`;
}

function offsetPart(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

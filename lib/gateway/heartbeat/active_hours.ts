/**
 * Whether a moment is within the hours in which heartbeats run. Pure.
 *
 * @module
 */
import type { ActiveHours } from "../../config/mod.ts";
import { formatIn } from "./moment.ts";

const MINUTES_PER_DAY = 24 * 60;

/**
 * Whether `ms` is within the hours; hours that cannot be read are all hours. A window whose end is
 * before its start goes over midnight.
 *
 * @param timeZone Used where the hours name none.
 */
export function isActiveAt(hours: ActiveHours | undefined, ms: number, timeZone: string): boolean {
  if (hours === undefined) return true;
  const start = minuteOf(hours.start);
  const end = minuteOf(hours.end);
  if (start === undefined || end === undefined || start === end) return true;
  const now = minuteOfDay(ms, hours.timeZone ?? timeZone);
  return start < end ? now >= start && now < end : now >= start || now < end;
}

function minuteOf(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d\d)$/.exec(text.trim());
  if (match === null) return undefined;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return minutes <= MINUTES_PER_DAY ? minutes : undefined;
}

function minuteOfDay(ms: number, timeZone: string): number {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const parts = formatIn(timeZone, options).formatToParts(new Date(ms));
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value ?? 0);
  return part("hour") * 60 + part("minute");
}

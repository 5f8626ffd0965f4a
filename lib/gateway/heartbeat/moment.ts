/**
 * A moment as agents are told it.
 *
 * @module
 */

/** `Current time: Sunday 2026-11-22 12:05 (Europe/Berlin), 2026-11-22 11:05 UTC`. */
export function currentTimeLine(ms: number, timeZone: string): string {
  const date = new Date(ms);
  const utc = `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const local = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(date);
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "long" }).format(date);
  return `Current time: ${day} ${local} (${timeZone}), ${utc}`;
}

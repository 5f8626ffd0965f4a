/**
 * A moment as agents are told it.
 *
 * @module
 */

/** `Current time: Sunday 2026-11-22 12:05 (Europe/Berlin), 2026-11-22 11:05 UTC`. */
export function currentTimeLine(ms: number, timeZone: string): string {
  const date = new Date(ms);
  const utc = `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const local = formatIn(timeZone, { dateStyle: "short", timeStyle: "short" }, "sv-SE").format(
    date,
  );
  const day = formatIn(timeZone, { weekday: "long" }).format(date);
  return `Current time: ${day} ${local} (${timeZone}), ${utc}`;
}

/** Formats moments for a zone; one that does not exist counts as UTC. */
export function formatIn(
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
  locale = "en-GB",
): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
  }
}

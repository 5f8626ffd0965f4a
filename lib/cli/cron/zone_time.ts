/**
 * From the time on a clock in some zone to a moment. Pure.
 *
 * @module
 */

/**
 * The moment at which clocks in `timeZone` show `text`, in milliseconds since the epoch.
 *
 * @param text Such as `2026-11-22T07:00`, without an offset.
 * @returns Nothing when the text is no such time; a word when there is no such zone.
 */
export function momentInZone(text: string, timeZone: string): number | undefined | "unknown-zone" {
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?$/.test(text)) return undefined;
  const shown = Date.parse(`${text.replace(" ", "T")}${text.length > 10 ? "Z" : ""}`);
  if (!Number.isFinite(shown)) return undefined;
  try {
    // The offset before the moment may not be the one at the moment: the second look corrects that.
    const first = shown - offsetAt(shown, timeZone);
    return shown - offsetAt(first, timeZone);
  } catch (error) {
    if (error instanceof RangeError) return "unknown-zone";
    throw error;
  }
}

/** How far clocks in the zone are ahead of UTC at a moment. @throws {RangeError} For no zone. */
function offsetAt(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(ms);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const shown = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return shown - Math.floor(ms / 1000) * 1000;
}

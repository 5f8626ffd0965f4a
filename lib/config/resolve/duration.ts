/**
 * Spans of time as the configuration writes them.
 *
 * @module
 */

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Milliseconds of `90s`, `30m`, `1h30m` or a bare number; nothing when the text is none of these.
 *
 * @param bareUnitMs What a bare number counts.
 */
export function parseDuration(text: string, bareUnitMs = 1): number | undefined {
  const written = text.trim().toLowerCase();
  if (/^\d+(?:\.\d+)?$/.test(written)) return Math.round(Number(written) * bareUnitMs);
  if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|[smhdw])\s*)+$/.test(written)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of written.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smhdw])/g)) {
    ms += Number(amount) * UNITS[unit!]!;
  }
  return Math.round(ms);
}

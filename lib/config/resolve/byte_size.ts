/**
 * Sizes as the configuration writes them.
 *
 * @module
 */

const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Bytes of `500kb`, `2mb` or a bare number; nothing when the text is none of these. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?b)?$/i.exec(text.trim());
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * UNITS[(match[2] ?? "b").toLowerCase()]!);
}

/**
 * What stands between the values of a JSON5 text: white space, comments, commas.
 *
 * @module
 */

/** A piece of text that carries no value. */
export interface Trivium {
  readonly kind: "space" | "lineBreak" | "lineComment" | "blockComment" | "comma";
  readonly start: number;
  readonly end: number;
}

const PATTERNS: readonly (readonly [Trivium["kind"], RegExp])[] = [
  ["lineBreak", /\r\n|[\n\r\u2028\u2029]/y],
  ["space", /[^\S\n\r\u2028\u2029]+/y],
  ["lineComment", /\/\/[^\n\r\u2028\u2029]*/y],
  ["blockComment", /\/\*[\s\S]*?\*\//y],
  ["comma", /,/y],
];

/**
 * Splits `text` from `start` to `end`.
 *
 * @throws {Error} When there is anything else, which means that the caller's positions are wrong.
 */
export function scanTrivia(text: string, start: number, end: number): Trivium[] {
  const found: Trivium[] = [];
  let position = start;
  while (position < end) {
    const next = readTrivium(text, position);
    if (!next || next.end > end) throw new Error(`unexpected text at character ${position + 1}`);
    found.push(next);
    position = next.end;
  }
  return found;
}

/** The first position from `start` on that is neither white space nor comment. */
export function skipTrivia(text: string, start: number): number {
  let position = start;
  while (true) {
    const next = readTrivium(text, position);
    if (!next || next.kind === "comma") return position;
    position = next.end;
  }
}

function readTrivium(text: string, position: number): Trivium | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = position;
    if (pattern.test(text)) return { kind, start: position, end: pattern.lastIndex };
  }
  return undefined;
}

/** Where the line begins that `position` is on. */
export function lineStart(text: string, position: number): number {
  let start = position;
  while (start > 0 && !/[\n\r\u2028\u2029]/.test(text[start - 1]!)) start--;
  return start;
}

/** The white space at the beginning of the line that `position` is on. */
export function indentationAt(text: string, position: number): string {
  const start = lineStart(text, position);
  return /^[^\S\n\r\u2028\u2029]*/.exec(text.slice(start, position))?.[0] ?? "";
}

/** Whether only white space is before `position` on its line. */
export function startsLine(text: string, position: number): boolean {
  return text.slice(lineStart(text, position), position).trim() === "";
}

/**
 * Versions of the program: how they are ordered, and how a program tells its own.
 *
 * @module
 */

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?$/;

/** Whether a text is a version such as `2026.5.12` or `2026.6.1-beta.2`. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** A version without the `v` that some write before it. */
export function plainVersion(text: string): string {
  return text.replace(/^v/, "");
}

/**
 * Compares two versions: less than zero when `a` is the older one. A version with a suffix comes before
 * the one without, except for a number, which is a later build of the same day.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [VERSION.exec(a), VERSION.exec(b)];
  if (left === null || right === null) return a < b ? -1 : a > b ? 1 : 0;
  for (const at of [1, 2, 3]) {
    const difference = Number(left[at]) - Number(right[at]);
    if (difference !== 0) return difference;
  }
  return compareSuffixes(left[4], right[4]);
}

/** The version in the answer to `--version`, such as `OpenClaw 2026.5.12 (abc1234)`. */
export function versionOfAnswer(answer: string): string | undefined {
  const word = /^OpenClaw (\S+)/.exec(answer.trim())?.[1];
  return word !== undefined && isVersion(word) ? plainVersion(word) : undefined;
}

/** Where a suffix stands: words before none, none before build numbers. */
function rank(suffix: string | undefined): number {
  if (suffix === undefined) return 1;
  return /^\d+$/.test(suffix) ? 2 : 0;
}

function compareSuffixes(a: string | undefined, b: string | undefined): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0 || a === undefined || b === undefined) return difference;
  const [left, right] = [a.split("."), b.split(".")];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareParts(left[at], right[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const isNumeric = /^\d+$/.test(a) && /^\d+$/.test(b);
  if (isNumeric) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}

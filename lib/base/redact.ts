/**
 * Removes credentials from text before it leaves the process.
 *
 * Two nets: exact values that were registered as secret, and shapes that look like one.
 *
 * @module
 */

/** What stands where a secret was. */
export const REDACTED = "[redacted]";

const SHAPES: readonly RegExp[] = [
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /\bsk-[A-Za-z0-9_-]{8,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{8,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\b\d{8,10}:[A-Za-z0-9_-]{35}\b/g,
];

/** A name that ends like a credential's, and its value in quotes or as one word. */
const ASSIGNMENT =
  /(["']?\b[\w.-]*(?:token|password|passwd|secret|api[_-]?key|authorization)["']?\s*[:=]\s*)("[^"]{4,}"|'[^']{4,}'|[^\s"',;&)}\]]{4,})/gi;

/** Whether a word is part of a sentence: short, of letters only, and followed by another word. */
function isProse(value: string, rest: string): boolean {
  return /^[A-Za-z]{4,15}$/.test(value) && /^[ \t]+[A-Za-z]/.test(rest);
}

/** A growing set of exact values that must never be written anywhere. */
export class RedactionSet {
  readonly #values = new Set<string>();

  /** Registers a secret; values under four characters are ignored, they would hide ordinary text. */
  add(value: string | undefined): void {
    if (value !== undefined && value.length >= 4) this.#values.add(value);
  }

  /** `text` without registered values and without anything shaped like a credential. */
  redact(text: string): string {
    let result = text;
    for (const value of this.#values) result = result.replaceAll(value, REDACTED);
    return redactShapes(result);
  }
}

/** `text` without anything shaped like a credential. */
export function redactShapes(text: string): string {
  let result = text;
  for (const shape of SHAPES) result = result.replace(shape, REDACTED);
  return result.replace(
    ASSIGNMENT,
    (match: string, name: string, value: string, offset: number, whole: string) =>
      isProse(value, whole.slice(offset + match.length)) ? match : name + REDACTED,
  );
}

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

/**
 * Whether a word is part of a sentence: short, of letters only, and followed by another word, or by
 * a name in quotes after which the sentence goes on.
 */
function isProse(value: string, rest: string): boolean {
  return /^[A-Za-z]{4,15}$/.test(value) && /^[ \t]+(?:[A-Za-z]|"[^"\n]*":? [A-Za-z])/.test(rest);
}

/** Shorter values would hide ordinary text. */
const MIN_LENGTH = 4;
/** Values of answers: their words are names that clients look for. */
const MIN_ANSWER_LENGTH = 8;

/** Whether a value is no word that an answer may have for another reason. */
function isDistinctive(value: string): boolean {
  return value.length >= MIN_ANSWER_LENGTH && /[^A-Za-z._:/ -]/.test(value);
}

/** A growing set of exact values that must never be written anywhere. */
export class RedactionSet {
  /** Longest first, for one value may be the beginning of another. */
  #values: string[] = [];
  /** Those that are taken out of answers, as JSON spells them. */
  #inAnswers: string[] = [];

  /** Registers a secret; values under four characters are ignored, they would hide ordinary text. */
  add(value: string | undefined): void {
    if (value === undefined || value.length < MIN_LENGTH || this.#values.includes(value)) return;
    this.#values = [...this.#values, value].sort((a, b) => b.length - a.length);
    this.#inAnswers = this.#values.filter(isDistinctive).map(asJson);
  }

  /** `text` without registered values and without anything shaped like a credential. */
  redact(text: string): string {
    let result = text;
    for (const value of this.#values) {
      result = result.replaceAll(value, REDACTED).replaceAll(asJson(value), REDACTED);
    }
    return redactShapes(result);
  }

  /** Whether a JSON text has a registered value in it that is no ordinary word. */
  isIn(json: string): boolean {
    return this.#inAnswers.some((value) => json.includes(value));
  }

  /** A copy of an answer without registered values; words and names of fields stay. */
  redactAnswer(value: unknown): unknown {
    if (typeof value === "string") {
      return this.#values.filter(isDistinctive)
        .reduce((text, secret) => text.replaceAll(secret, REDACTED), value);
    }
    if (Array.isArray(value)) return value.map((item) => this.redactAnswer(item));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, this.redactAnswer(item)]));
  }
}

/** A text as it stands within the quotes of JSON. */
function asJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
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

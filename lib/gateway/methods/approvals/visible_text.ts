/**
 * Text in which nothing can hide, for people who decide about it.
 *
 * @module
 */

/** Control characters but line feed and tab, marks that are not drawn, odd blanks and separators. */
const HIDDEN = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\u115f\u1160\u3164\uffa0]/gu;

/** Writes characters that a screen does not show, or that turn text around, as `\u{202E}`. */
export function visibleText(text: string): string {
  return text.replace(
    HIDDEN,
    (char) => `\\u{${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}}`,
  );
}

/**
 * How many terminal columns a text takes.
 *
 * @module
 */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const EMOJI_STYLE = /\ufe0f/;
const ZERO_WIDTH = /^[\p{Mark}\p{Cc}\p{Cf}]+$/u;
// deno-lint-ignore no-control-regex -- the escape character is what is looked for
const ANSI_SEQUENCE = /\u001b\[[0-9;]*m/g;
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

let segmenter: Intl.Segmenter | undefined;

/** Columns that `text` takes on a terminal; colour sequences take none, wide characters two. */
export function displayWidth(text: string): number {
  const plain = text.replace(ANSI_SEQUENCE, "");
  if (PLAIN_ASCII.test(plain)) return plain.length;
  segmenter ??= new Intl.Segmenter();
  let width = 0;
  for (const { segment } of segmenter.segment(plain)) {
    if (ZERO_WIDTH.test(segment)) continue;
    width += WIDE.test(segment) || EMOJI_STYLE.test(segment) ? 2 : 1;
  }
  return width;
}

/** `text` with spaces behind it up to `width` columns. */
export function padColumns(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Breaks `text` at spaces into lines of at most `width` columns; a longer word stays whole. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

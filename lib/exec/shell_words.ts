/**
 * Reads a line for a POSIX shell as plain words and operators. Whatever the shell would compute,
 * redirect, group or send to the background makes the line unreadable: what it runs is then unknown.
 *
 * @module
 */

/** A word as the program will get it. */
export interface ShellWord {
  readonly kind: "word";
  readonly text: string;
  /** Whether the shell may replace it by names of files. */
  readonly isPattern: boolean;
  /** Whether all of it stood there as it is, so that the shell may see a keyword in it. */
  readonly isPlain: boolean;
}

/** What stands between two programs. */
export interface ShellOperator {
  readonly kind: "operator";
  readonly text: "&&" | "||" | ";" | "|";
}

/** A part of a line. */
export type ShellToken = ShellWord | ShellOperator;

/** The parts of a line, or why it cannot be read. */
export type ShellTokens =
  | { readonly ok: true; readonly tokens: readonly ShellToken[] }
  | { readonly ok: false; readonly problem: string };

/** Longer lines are not read. */
const MAX_LINE_CHARS = 64 * 1024;

const BLANKS = " \t";
/** Unquoted, each of these makes the shell do more than start programs. */
const REFUSED = new Map([
  ["$", "a substitution"],
  ["`", "a command substitution"],
  ["<", "a redirection"],
  [">", "a redirection"],
  ["(", "a subshell"],
  [")", "a subshell"],
  ["{", "a group or brace expansion"],
  ["}", "a group or brace expansion"],
  ["\n", "a line break"],
  ["\r", "a line break"],
]);
const PATTERN_MARKS = "*?[";

/** Splits a line into words and operators. */
export function readShellLine(line: string): ShellTokens {
  if (line.length > MAX_LINE_CHARS) return { ok: false, problem: "a very long line" };
  // deno-lint-ignore no-control-regex -- a terminal or a C string may hide what follows these
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(line)) {
    return { ok: false, problem: "a control character" };
  }
  const reader = new LineReader(line);
  try {
    return { ok: true, tokens: reader.read() };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, problem: error.message };
    throw error;
  }
}

class Unreadable extends Error {}

class LineReader {
  readonly #line: string;
  #at = 0;
  readonly #tokens: ShellToken[] = [];

  constructor(line: string) {
    this.#line = line;
  }

  read(): ShellToken[] {
    while (this.#at < this.#line.length) {
      const char = this.#line[this.#at]!;
      if (BLANKS.includes(char)) this.#at++;
      else if ("&|;".includes(char)) this.#operator(char);
      else this.#word();
    }
    return this.#tokens;
  }

  #operator(char: string): void {
    const isDouble = this.#line[this.#at + 1] === char;
    const text = isDouble ? char + char : char;
    if (text === "&") throw new Unreadable("a background command");
    if (text === ";;") throw new Unreadable("a case statement");
    this.#at += text.length;
    if (text === "|" && this.#line[this.#at] === "&") throw new Unreadable("a redirection");
    this.#tokens.push({ kind: "operator", text: text as ShellOperator["text"] });
  }

  #word(): void {
    let text = "";
    let isPattern = false;
    let isPlain = true;
    const start = this.#at;
    for (; this.#at < this.#line.length; this.#at++) {
      const char = this.#line[this.#at]!;
      if (BLANKS.includes(char) || "&|;".includes(char)) break;
      if (char === "'" || char === '"' || char === "\\") {
        isPlain = false;
        text += this.#quoted(char);
        continue;
      }
      const refused = REFUSED.get(char);
      if (refused !== undefined) throw new Unreadable(refused);
      const isFirst = this.#at === start;
      if (isFirst && char === "#") throw new Unreadable("a comment");
      // An equals sign or a colon before it makes some shells expand a tilde as well.
      if (char === "~" && (isFirst || "=:".includes(this.#line[this.#at - 1]!))) isPattern = true;
      if (PATTERN_MARKS.includes(char)) isPattern = true;
      text += char;
    }
    this.#tokens.push({ kind: "word", text, isPattern, isPlain });
  }

  /** Reads what is quoted, from its opening mark on; leaves the reader on the last character. */
  #quoted(mark: string): string {
    if (mark === "\\") return this.#escaped();
    let text = "";
    for (this.#at++; this.#at < this.#line.length; this.#at++) {
      const char = this.#line[this.#at]!;
      if (char === mark) return text;
      if (mark === "'") text += char;
      else if (char === "$" || char === "`") throw new Unreadable(REFUSED.get(char)!);
      else if (char === "\\") text += this.#escapedInQuotes();
      else text += char;
    }
    throw new Unreadable("an open quotation mark");
  }

  #escaped(): string {
    const char = this.#line[++this.#at];
    if (char === undefined) throw new Unreadable("an open escape");
    if (char === "\n" || char === "\r") throw new Unreadable(REFUSED.get(char)!);
    return char;
  }

  #escapedInQuotes(): string {
    const next = this.#line[this.#at + 1];
    if (next === undefined) throw new Unreadable("an open quotation mark");
    if (next === "\n" || next === "\r") throw new Unreadable(REFUSED.get(next)!);
    if (!'$`"\\'.includes(next)) return "\\";
    this.#at++;
    return next;
  }
}

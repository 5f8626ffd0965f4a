/**
 * How systemd writes words in a unit and in an environment file, both ways.
 *
 * @see systemd.service(5), systemd.exec(5), systemd.syntax(7)
 * @module
 */
import { AppError } from "../../base/mod.ts";

/**
 * A command line for `ExecStart=`.
 *
 * @throws {AppError} `SERVICE_INSTALL_FAILED` for what no quoting can express.
 */
export function execLine(command: readonly string[]): string {
  if (/["'\\]/.test(command[0] ?? "")) {
    throw unwritable(`the path of the program (${command[0]})`, "a quote or a backslash");
  }
  return command.map((word, index) => {
    const escaped = escapeWord(word, "ExecStart");
    // Variables are looked for in arguments only, not in the program's own path.
    return quote(index === 0 ? escaped : escaped.replaceAll("$", "$$$$"));
  }).join(" ");
}

/** One assignment for `Environment=`. */
export function environmentWord(key: string, value: string): string {
  return quote(escapeWord(`${key}=${value}`, key));
}

/** A path for `WorkingDirectory=`, which takes no quotes. */
export function plainPath(path: string): string {
  assertOneLine(path, "path");
  return path.replaceAll("%", "%%");
}

/** A path for `EnvironmentFile=`: no quotes either, and wildcards have a meaning. */
export function globPath(path: string): string {
  return plainPath(path).replace(/[\\*?[\]]/g, "\\$&");
}

/** One line of an environment file; the value may have several lines itself. */
export function environmentFileLine(key: string, value: string): string {
  if (value.includes("\0")) throw unwritable(key, "a NUL character");
  return `${key}="${value.replace(/[\\"$`]/g, "\\$&")}"`;
}

/** Within double quotes; a percent sign is doubled since it begins a specifier. */
function escapeWord(word: string, what: string): string {
  assertOneLine(word, what);
  return word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
}

function quote(escaped: string): string {
  return /^[A-Za-z0-9_@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

function assertOneLine(text: string, what: string): void {
  if (/[\0\r\n]/.test(text)) throw unwritable(what, "a line break or a NUL character");
}

function unwritable(what: string, found: string): AppError {
  return new AppError(
    "SERVICE_INSTALL_FAILED",
    `Cannot write ${what} into a unit: its value has ${found}`,
    { hint: "Remove it from the value and run: openclaw gateway install --force" },
  );
}

/**
 * Splits a value of a unit into its words, as systemd does: quotes, C-style escapes, doubled percent
 * and dollar signs.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoteChar = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === "\\" && at + 1 < text.length) {
      const [value, length] = unescape(text, at + 1);
      word = (word ?? "") + value;
      at += length;
    } else if (quoteChar !== "") {
      if (char === quoteChar) quoteChar = "";
      else word = (word ?? "") + char;
    } else if ((char === '"' || char === "'") && word === undefined) {
      quoteChar = char;
      word = "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words.map((each) => each.replaceAll("%%", "%"));
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  s: " ",
  t: "\t",
  v: "\v",
};

/** What an escape stands for, and how many characters follow the backslash. */
function unescape(text: string, at: number): [value: string, length: number] {
  const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(text.slice(at, at + 5));
  const digits = hex?.[1] ?? hex?.[2];
  if (digits !== undefined) return [String.fromCharCode(parseInt(digits, 16)), digits.length + 1];
  const char = text[at]!;
  return [SIMPLE_ESCAPES[char] ?? char, 1];
}

/** The command of an `ExecStart=` line. */
export function parseExecLine(line: string): string[] {
  const words = splitWords(line.replace(/^[-@:+!]+/, ""));
  return words.map((word, index) => index === 0 ? word : word.replaceAll("$$", "$"));
}

/** Reads an environment file: assignments with or without quotes, comments, several lines. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const assignment =
    /^[ \t]*([A-Za-z_][A-Za-z0-9_]*)=(?:"((?:\\[\s\S]|[^"\\])*)"|'([^']*)'|([^\n]*))[ \t]*$/gm;
  for (const [, key, double, single, bare] of text.matchAll(assignment)) {
    values[key!] = double !== undefined
      ? double.replace(/\\([\\"$`\n])/g, (_, char: string) => char === "\n" ? "" : char)
      : single ?? bare!.trim();
  }
  return values;
}

/**
 * How a batch file writes values and arguments so that `cmd.exe` and the started program read exactly
 * them, and back.
 *
 * Two readers come one after the other. `cmd.exe` halves percent signs everywhere, takes a caret as an
 * escape outside of quotes only, and lets a quote begin or end a quoted part. The program then splits
 * its command line: a backslash has a meaning before a quote alone. Delayed expansion is off, so an
 * exclamation mark means nothing.
 *
 * @see Microsoft, "Parsing C command-line arguments"; `cmd /?`, `set /?`
 * @module
 */
import { AppError } from "../../base/mod.ts";

/** Longest line that `cmd.exe` reads is 8,191 characters; variables are halved into it. */
const MAX_LINE_LENGTH = 8000;
/** Arguments of these need no quotes for either reader. */
const PLAIN = /^[A-Za-z0-9_.:\\/+~$#-]+$/;
/** Control characters but the tab: they end a line or, as Ctrl-Z does, the whole file. */
const UNWRITABLE = /[^\P{Cc}\t]/u;

/**
 * A line that sets a variable.
 *
 * @throws {AppError} `SERVICE_INSTALL_FAILED` for a value that no batch file can hold.
 */
export function setLine(key: string, value: string): string {
  const assignment = writable(`${key}=${value}`, key).replaceAll("%", "%%");
  // A quote within the value would end the quoted part, so such a value goes without one.
  return assignment.includes('"') ? `set ${escaped(assignment)}` : `set "${assignment}"`;
}

/**
 * A line that starts a program.
 *
 * @throws {AppError} `SERVICE_INSTALL_FAILED` for what no batch file can hold.
 */
export function commandLine(command: readonly string[]): string {
  const line = command.map((word) => {
    const quoted = quotedForProgram(writable(word, "the command")).replaceAll("%", "%%");
    return word.includes('"') ? escaped(quoted) : quoted;
  }).join(" ");
  return writable(line, "the command");
}

/** A path in quotes, as arguments of `cd` and `start` take it. */
export function quotedPath(path: string): string {
  return `"${writable(path, "a path").replaceAll("%", "%%")}"`;
}

/** Text after `rem`, where nothing but percent signs is looked at. */
export function remark(text: string): string {
  return `rem ${text.replace(/\p{Cc}+/gu, " ").replaceAll("%", "%%")}`;
}

/** As the program splits it: in double quotes, with backslashes doubled before a quote. */
function quotedForProgram(word: string): string {
  if (PLAIN.test(word)) return word;
  return `"${
    word.replace(/(\\*)("|$)/g, (_, slashes: string, quote: string) =>
      quote === "" ? slashes + slashes : `${slashes}${slashes}\\"`)
  }"`;
}

/** With every character that `cmd.exe` would act on made plain, quotes included. */
function escaped(text: string): string {
  return text.replace(/[\^&|<>()"]/g, "^$&");
}

/**
 * The text, when a line of a batch file or of the file with private values can hold it.
 *
 * @throws {AppError} `SERVICE_INSTALL_FAILED`
 */
export function writable(text: string, what: string): string {
  const found = UNWRITABLE.test(text)
    ? "has a line break or a control character"
    : text.length > MAX_LINE_LENGTH
    ? `is longer than ${MAX_LINE_LENGTH} characters`
    : undefined;
  if (found === undefined) return text;
  throw new AppError("SERVICE_INSTALL_FAILED", `Cannot write ${what} into a script: it ${found}`, {
    hint:
      "Put the value into the .env file of the state folder, which the gateway reads by itself, " +
      "unset it here, then run: openclaw gateway install --force",
    details: { kind: "generic" },
  });
}

/** What `cmd.exe` makes of a line before it looks for a command: percent signs, carets, quotes. */
export function unescapeLine(line: string): string {
  let text = "";
  let isQuoted = false;
  const halved = line.replaceAll("%%", "%");
  for (let at = 0; at < halved.length; at++) {
    let char = halved[at]!;
    if (char === "^" && !isQuoted && at + 1 < halved.length) char = halved[++at]!;
    else if (char === '"') isQuoted = !isQuoted;
    text += char;
  }
  return text;
}

/** The words of a command line, as a program splits it. */
export function splitCommandLine(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < line.length;) {
    const slashes = /^\\*/.exec(line.slice(at))![0].length;
    const next = line[at + slashes];
    if (slashes > 0) {
      const isBeforeQuote = next === '"';
      word = (word ?? "") + "\\".repeat(isBeforeQuote ? Math.floor(slashes / 2) : slashes);
      at += slashes;
      if (isBeforeQuote && slashes % 2 === 1) {
        word += '"';
        at++;
      }
    } else if (next === '"') {
      isQuoted = !isQuoted;
      word ??= "";
      at++;
    } else if (!isQuoted && (next === " " || next === "\t")) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at++;
    } else {
      word = (word ?? "") + next;
      at++;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/**
 * A command as people read it.
 *
 * @module
 */
import { basename } from "@std/path";
import { badParams } from "./params.ts";

const SHELLS = /^(sh|bash|dash|zsh|ksh|ash|fish)$/;

/** Whether a program of this name is a shell. */
export function isShell(name: string): boolean {
  return SHELLS.test(name);
}

/** The words of a command in one line; words with blanks or quotes are quoted. */
export function commandText(argv: readonly string[]): string {
  return argv.map((word) =>
    word === "" || /[\s"]/.test(word) ? `"${word.replaceAll('"', '\\"')}"` : word
  ).join(" ");
}

/** The line that a shell is given as text, where the command is that and nothing more. */
export function shellLine(argv: readonly string[]): string | undefined {
  const [program = "", option, line] = argv;
  const takesLine = isShell(basename(program)) && (option === "-c" || option === "-lc");
  return takesLine && argv.length === 3 ? line : undefined;
}

/**
 * Makes sure that the text beside a command, which a person may have been shown, is that command.
 *
 * @throws {AppError} `INVALID_REQUEST`
 */
export function checkRawCommand(argv: readonly string[], rawCommand: string | undefined): void {
  if (rawCommand === undefined) return;
  const raw = rawCommand.trim();
  if (raw === commandText(argv) || raw === shellLine(argv)?.trim()) return;
  throw badParams("INVALID_REQUEST: rawCommand does not match command");
}

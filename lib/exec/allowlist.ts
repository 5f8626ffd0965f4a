/**
 * Matching programs against the entries of an allowlist.
 *
 * @module
 */
import { basename, normalize } from "@std/path";
import { hasInlineCode, isCarrier } from "./program_names.ts";
import type { AllowlistEntry, FoundProgram } from "./types.ts";

/** Longest arguments that a regular expression is tried on. */
const MAX_MATCHED_CHARS = 16 * 1024;
const NUL = "\0";

/** A program that may be on a list. */
export interface Candidate {
  readonly argv: readonly string[];
  readonly found: FoundProgram;
  /** Whether the shell may replace arguments by others. */
  readonly hasPatterns: boolean;
}

/** What matching needs besides the entries. */
export interface MatchOptions {
  /** Home folder, for patterns that start with `~`. */
  readonly home: string;
  /** Whether programs given as text need an entry with `argPattern`. */
  readonly strictInlineEval: boolean;
}

/** The first entry that allows a program. */
export function findEntry(
  entries: readonly AllowlistEntry[],
  candidate: Candidate,
  options: MatchOptions,
): AllowlistEntry | undefined {
  const needsArguments = mayRunAnything(candidate, options);
  return entries.find((entry) =>
    (entry.argPattern !== undefined || !needsArguments) &&
    matchesProgram(entry.pattern, candidate, options.home) &&
    matchesArguments(entry.argPattern, candidate)
  );
}

/** Whether the program alone does not say what will run. */
export function mayRunAnything(
  { argv, found }: Candidate,
  { strictInlineEval }: Pick<MatchOptions, "strictInlineEval">,
): boolean {
  const names = [basename(found.path), basename(found.realPath)].filter((name, index) =>
    // Behind names such as `ls` a collection of programs may stand; the name then decides.
    index === 0 || !isCollection(name) || isCollection(basename(found.path))
  );
  if (names.some(isCarrier)) return true;
  return strictInlineEval && names.some((name) => hasInlineCode(name, argv.slice(1)));
}

function isCollection(name: string): boolean {
  return name === "busybox" || name === "toybox" || name === "coreutils";
}

function matchesProgram(pattern: string, { argv, found }: Candidate, home: string): boolean {
  const wanted = pattern.trim();
  if (wanted === "") return false;
  if (!/[\\/]/.test(wanted) && wanted !== "~") {
    const word = argv[0] ?? "";
    return !/[\\/]/.test(word) && globToRegExp(wanted).test(word);
  }
  const glob = globToRegExp(withSlashes(expandHome(wanted, home)));
  return glob.test(withSlashes(normalize(found.path))) || glob.test(withSlashes(found.realPath));
}

/** Paths of Windows with the separator that patterns use. */
function withSlashes(path: string): string {
  return /^[a-z]:\\/i.test(path) ? path.replaceAll("\\", "/") : path;
}

/**
 * The regular expression has to match all arguments, joined by blanks; where it has a NUL, each with
 * a NUL at its end, so that two arguments never read as one.
 */
function matchesArguments(
  argPattern: string | undefined,
  { argv, hasPatterns }: Candidate,
): boolean {
  if (argPattern === undefined) return true;
  if (hasPatterns) return false;
  const args = argv.slice(1);
  const isExact = argPattern.includes("\\x00");
  const text = isExact ? args.map((arg) => arg + NUL).join("") : args.join(" ");
  if (text.length > MAX_MATCHED_CHARS) return false;
  const regExp = compile(argPattern);
  return regExp !== undefined && regExp.test(text);
}

function compile(argPattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${argPattern})$`);
  } catch {
    // A line that somebody wrote by hand and that is no expression allows nothing.
    return undefined;
  }
}

/** The `argPattern` that fits exactly these arguments. */
export function exactArguments(args: readonly string[]): string {
  return args.map((arg) => `${arg.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}\\x00`).join("");
}

/** A glob as a regular expression: `*` and `?` stay within a folder, `**` goes over all. */
function globToRegExp(glob: string): RegExp {
  let source = "";
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    if (char === "*" && glob[at + 1] === "*") {
      source += glob[at + 2] === "/" ? "(?:.*/)?" : ".*";
      at += glob[at + 2] === "/" ? 2 : 1;
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else source += char.replace(/[\\^$.+()[\]{}|]/, "\\$&");
  }
  return new RegExp(`^${source}$`);
}

function expandHome(pattern: string, home: string): string {
  if (pattern === "~") return home;
  return /^~[\\/]/.test(pattern) ? `${home}/${pattern.slice(2)}` : pattern;
}

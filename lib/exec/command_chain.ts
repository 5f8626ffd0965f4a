/**
 * Finds the programs of a command: every one of a chain, behind wrappers and inside `sh -c`.
 *
 * @module
 */
import { basename, dirname } from "@std/path";
import type { Candidate } from "./allowlist.ts";
import { evaluatesArguments, isPosixShell, isShellWord } from "./program_names.ts";
import { readShellLine, type ShellToken, type ShellWord } from "./shell_words.ts";
import type { FindProgram } from "./types.ts";
import { SYSTEM_BIN_FOLDERS, unwrap } from "./wrappers.ts";

/** Shells in shells that are looked into. */
const MAX_SHELL_DEPTH = 3;

/** A program of a command; `found` is missing when there is none of that name. */
export type ChainProgram = Omit<Candidate, "found"> & Partial<Pick<Candidate, "found">>;

/** The programs of a command, or why they are not known. */
export type Chain =
  | { readonly ok: true; readonly programs: readonly ChainProgram[] }
  | { readonly ok: false; readonly problem: string };

/** The programs that a command starts. */
export function readChain(command: string | readonly string[], find: FindProgram): Chain {
  return typeof command === "string"
    ? readLine(command, find, 0)
    : readArgv(command, false, find, 0);
}

function readLine(line: string, find: FindProgram, depth: number): Chain {
  const read = readShellLine(line);
  if (!read.ok) return read;
  const segments = splitAtOperators(read.tokens);
  if (segments === undefined) return misread("an operator without a command");
  const programs: ChainProgram[] = [];
  for (const segment of segments) {
    const problem = wordProblem(segment[0]!);
    if (problem !== undefined) return misread(problem);
    const argv = segment.map(({ text }) => text);
    if (evaluatesArguments(argv)) return misread(`an argument that "${argv[0]}" would run`);
    const chain = readArgv(argv, segment.some(({ isPattern }) => isPattern), find, depth);
    if (!chain.ok) return chain;
    programs.push(...chain.programs);
  }
  return { ok: true, programs };
}

function splitAtOperators(tokens: readonly ShellToken[]): ShellWord[][] | undefined {
  const segments: ShellWord[][] = [[]];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "word") segments.at(-1)!.push(token);
    else if (token.text !== ";" || index < tokens.length - 1) segments.push([]);
  }
  return segments.every((segment) => segment.length > 0) ? segments : undefined;
}

/** Why a word cannot be the name of a program. */
function wordProblem({ text, isPattern, isPlain }: ShellWord): string | undefined {
  if (text === "") return "an empty command";
  if (isPattern) return "a command made from names of files";
  if (/^\w+(\[.*\])?\+?=/.test(text)) return "an assignment before the command";
  // Also when quoted: a shell looks up quoted names of its own commands as well.
  if (isShellWord(text)) return `the shell's own "${text}"`;
  if (isPlain && text.startsWith("=")) return "a name that the shell expands";
  return undefined;
}

function readArgv(
  argv: readonly string[],
  hasPatterns: boolean,
  find: FindProgram,
  depth: number,
): Chain {
  if (argv.length === 0 || argv[0] === "") return misread("an empty command");
  if (argv.some((word) => word.includes("\0"))) return misread("a control character");
  const inner = unwrap(argv, find);
  if (inner === undefined) return misread(`options of "${argv[0]}"`);
  const line = shellText(inner, find);
  if (line !== undefined) {
    if (hasPatterns) return misread("a command made from names of files");
    if (depth === MAX_SHELL_DEPTH) return misread("shells within shells");
    return readLine(line, find, depth + 1);
  }
  const found = find(inner[0]!);
  return {
    ok: true,
    programs: [{ argv: inner, hasPatterns, ...(found === undefined ? {} : { found }) }],
  };
}

/** The text of `sh -c text` and nothing else, when the shell is the system's own. */
function shellText(argv: readonly string[], find: FindProgram): string | undefined {
  const [word, option, text] = argv;
  if (argv.length !== 3 || !/^-l?c$/.test(option!) || !isPosixShell(basename(word!))) {
    return undefined;
  }
  const path = find(word!)?.path;
  return path !== undefined && SYSTEM_BIN_FOLDERS.includes(dirname(path)) ? text : undefined;
}

function misread(problem: string): Chain {
  return { ok: false, problem };
}

/**
 * Finds the script that a command runs, whose contents an approval is about as well.
 *
 * @module
 */
import { basename, resolve } from "@std/path";
import { AppError } from "../base/mod.ts";
import { hasInlineCode, isCarrier } from "../exec/mod.ts";
import { ioError } from "../platform/mod.ts";
import { isShell } from "./command_text.ts";
import { MAX_SCRIPT_BYTES } from "./limits.ts";
import type { ScriptOperand } from "./types.ts";

/** Programs that read their program from a file. */
const INTERPRETER =
  /^(sh|bash|dash|zsh|ksh|ash|fish|node|nodejs|deno|bun|tsx|python[\d.]*|pypy[\d.]*|perl|ruby|php|lua|Rscript|osascript|pwsh|powershell)$/;
/** Options of others than those that exec knows that bring the program text along. */
const INLINE = /^(-e|-c|-ec|-Command|-EncodedCommand)$/i;
const INLINE_PROGRAM = /^(Rscript|pwsh|powershell)$/;
/** The same of shells, whose `-e` is another. */
const SHELL_INLINE = /^-[A-Za-z]*c[A-Za-z]*$/;

/**
 * The script of a command: the program itself when it is text, or the first file behind an
 * interpreter.
 *
 * @param argv Words of the command; the first is an absolute path.
 * @param cwd The folder the command will run in.
 * @returns `undefined` when the command runs no script.
 * @throws {AppError} `INVALID_REQUEST` when the script is too large to be vouched for.
 */
export async function findScript(
  argv: readonly string[],
  cwd: string,
): Promise<ScriptOperand | undefined> {
  if (await isScript(argv[0]!)) return await hashOperand(0, argv[0]!);
  const name = basename(argv[0]!);
  if (INTERPRETER.test(name)) return await firstFile(argv, 0, cwd);
  if (!isCarrier(name)) return undefined;
  // Behind `nice` and the like: an interpreter, or a script by its path.
  for (const [index, word] of argv.entries()) {
    if (index === 0) continue;
    if (INTERPRETER.test(basename(word))) return await firstFile(argv, index, cwd);
    const path = resolve(cwd, word);
    if (await isFile(path) && await isScript(path)) return await hashOperand(index, path);
  }
  return undefined;
}

/** The first file behind an interpreter, which it reads its program from. */
async function firstFile(
  argv: readonly string[],
  interpreterAt: number,
  cwd: string,
): Promise<ScriptOperand | undefined> {
  const name = basename(argv[interpreterAt]!);
  for (const [index, word] of argv.entries()) {
    if (index <= interpreterAt) continue;
    if (bringsProgram(name, word)) return undefined;
    const path = resolve(cwd, word);
    if (await isFile(path)) return await hashOperand(index, path);
  }
  return undefined;
}

/** Whether a word of the command is, or announces, the text of the program, so that no file is read. */
function bringsProgram(name: string, word: string): boolean {
  if (isShell(name)) return SHELL_INLINE.test(word);
  return INLINE_PROGRAM.test(name) ? INLINE.test(word) : hasInlineCode(name, [word]);
}

async function hashOperand(argvIndex: number, path: string): Promise<ScriptOperand> {
  try {
    const realPath = await Deno.realPath(path);
    const { size } = await Deno.stat(realPath);
    if (size > MAX_SCRIPT_BYTES) {
      throw new AppError(
        "INVALID_REQUEST",
        `SYSTEM_RUN_DENIED: approval cannot vouch for a script of ${size} bytes`,
      );
    }
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(realPath));
    return { argvIndex, path: realPath, sha256: new Uint8Array(digest).toHex() };
  } catch (error) {
    throw ioError("read", path, error);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    // Most words of a command are no files.
    return false;
  }
}

/** Whether a program starts with `#!`. */
async function isScript(path: string): Promise<boolean> {
  try {
    const file = await Deno.open(path);
    try {
      const start = new Uint8Array(2);
      return await file.read(start) === 2 && start[0] === 0x23 && start[1] === 0x21;
    } finally {
      file.close();
    }
  } catch {
    // A program that may be run and not read is no script: its interpreter could not read it either.
    return false;
  }
}

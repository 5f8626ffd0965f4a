/**
 * Programs that outlive whoever started them.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";

/** What to start. */
export interface DetachedSpec {
  /** Absolute path of the program, then its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Variables on top of those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a program in a session of its own, without input and output, and forgets it.
 *
 * @throws {AppError} `COMMAND_NOT_FOUND` when there is no such program, else `COMMAND_FAILED`.
 */
export function spawnDetached({ command: [program, ...args], env }: DetachedSpec): void {
  try {
    new Deno.Command(program, {
      args,
      ...(env === undefined ? {} : { env: { ...env } }),
      detached: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn().unref();
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound;
    throw new AppError(
      isAbsent ? "COMMAND_NOT_FOUND" : "COMMAND_FAILED",
      `Cannot start "${program}": ${isAbsent ? "there is no such program" : errorMessage(error)}`,
      { hint: "Check the path and its mode with: ls -l", cause: error, details: { program } },
    );
  }
}

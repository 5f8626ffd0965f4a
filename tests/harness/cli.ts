/**
 * The command line within the process of a test: no terminal, no helper programs.
 *
 * @module
 */
import { AppError, envOf } from "../../lib/base/mod.ts";
import { runCli } from "../../lib/cli/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";

/** What a command line came to. */
export interface CliOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line with the given variables and standard input. */
export async function runCommandLine(
  variables: Readonly<Record<string, string>>,
  args: string[],
  input = "",
): Promise<CliOutcome> {
  const output = { out: "", err: "" };
  const code = await runCli(args, {
    env: envOf(variables),
    clock: systemClock,
    isTty: false,
    columns: 100,
    os: "linux",
    runCommand: (command) => Promise.reject(notHere(command)),
    startProgram: (command) => {
      throw notHere(command);
    },
    writeOut: (text) => void (output.out += text),
    writeError: (text) => void (output.err += text),
    readInput: () => Promise.resolve(input),
    runInteractive: () => Promise.resolve(1),
    onInterrupt: () => () => {},
  });
  return { code, ...output };
}

function notHere(command: string): AppError {
  return new AppError("COMMAND_NOT_FOUND", `Cannot run "${command}": none here`);
}

/**
 * The command line within the process of a test: no terminal, no helper programs.
 *
 * @module
 */
import { AppError, envOf } from "../../lib/base/mod.ts";
import { runCli } from "../../lib/cli/mod.ts";
import { type RunCommand, type StartProgram, systemClock } from "../../lib/platform/mod.ts";

/** What a command line came to. */
export interface CliOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a machine has besides the program. */
export interface CliSurroundings {
  /** Standard input. */
  readonly input?: string;
  /** What stands for helper programs; there are none unless given. */
  readonly runCommand?: RunCommand;
  /** The same for programs that run beside a command. */
  readonly startProgram?: StartProgram;
}

/** Runs one command line with the given variables. */
export async function runCommandLine(
  variables: Readonly<Record<string, string>>,
  args: string[],
  { input = "", runCommand = noProgram, startProgram = noProgram }: CliSurroundings = {},
): Promise<CliOutcome> {
  const output = { out: "", err: "" };
  const code = await runCli(args, {
    env: envOf(variables),
    clock: systemClock,
    isTty: false,
    columns: 100,
    os: "linux",
    runCommand,
    startProgram,
    writeOut: (text) => void (output.out += text),
    writeError: (text) => void (output.err += text),
    readInput: () => Promise.resolve(input),
    runInteractive: () => Promise.resolve(1),
    onInterrupt: () => () => {},
  });
  return { code, ...output };
}

function noProgram(command: string): never {
  throw new AppError("COMMAND_NOT_FOUND", `Cannot run "${command}": none here`);
}

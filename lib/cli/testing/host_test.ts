/**
 * A host for tests: keeps what was written and holds the clock still. No tests of its own.
 *
 * @module
 */
import { AppError, envOf } from "../../base/mod.ts";
import type { CliHost } from "../host.ts";

/** A host whose output can be read. */
export interface TestHost extends CliHost {
  readonly output: { out: string; err: string };
  /** Does what Ctrl-C would do. */
  interrupt(): void;
}

/** A system without helper programs: no test asks the service manager of whoever runs it. */
function noCommand(command: string): Promise<never> {
  const message = `Cannot run "${command}": no such program is on the PATH`;
  return Promise.reject(new AppError("COMMAND_NOT_FOUND", message));
}

function noProgram(command: string): never {
  const message = `Cannot run "${command}": no such program is on the PATH`;
  throw new AppError("COMMAND_NOT_FOUND", message);
}

/** A host with the given variables, without a terminal unless `isTty` says so. */
export function testHost(
  variables: Record<string, string> = {},
  {
    isTty = false,
    columns = 100,
    input = "",
    os = "linux",
    runCommand = noCommand,
    executable,
    startProgram = noProgram,
    program = () => Promise.resolve(0),
    answers,
  }: {
    isTty?: boolean;
    columns?: number;
    input?: string;
    os?: CliHost["os"];
    /** What stands for helper programs; there are none unless given. */
    runCommand?: CliHost["runCommand"];
    /** What stands for the compiled program; the source is run unless given. */
    executable?: string | undefined;
    /** What stands for programs that run beside a command; there are none unless given. */
    startProgram?: CliHost["startProgram"];
    /** What stands for programs that take over the terminal. */
    program?: CliHost["runInteractive"];
    /** What somebody at the terminal says, line by line. */
    answers?: string[];
  } = {},
): TestHost {
  const output = { out: "", err: "" };
  const handlers = new Set<() => void>();
  let ticks = 0;
  return {
    env: envOf(variables),
    clock: { now: () => Date.UTC(2026, 10, 22, 8, 0, 0), monotonic: () => ++ticks },
    isTty,
    columns,
    ...(answers === undefined ? {} : {
      ask: (question) => {
        output.out += `${question}\n`;
        return answers.shift() ?? null;
      },
    }),
    readInput: () => Promise.resolve(input),
    os,
    runCommand,
    ...(executable === undefined ? {} : { executable }),
    startProgram,
    runInteractive: program,
    writeOut: (text) => void (output.out += text),
    writeError: (text) => void (output.err += text),
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    output,
    interrupt: () => handlers.forEach((handler) => handler()),
  };
}

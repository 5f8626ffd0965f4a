/**
 * Everything the commands need from the machine, as one argument, so that a test can run the whole
 * program without a process of its own.
 *
 * @module
 */
import type { Clock, Env } from "../base/mod.ts";
import type { OsName, RunCommand, StartProgram } from "../platform/mod.ts";

/** The surroundings of one run of the program. */
export interface CliHost {
  readonly env: Env;
  readonly clock: Clock;
  /** Whether standard output is a terminal. */
  readonly isTty: boolean;
  /** Columns of the terminal; 80 when there is none. */
  readonly columns: number;
  /** Asks for one line; `null` at the end of the input. Absent where there is nobody to ask. */
  ask?(question: string): string | null;
  /** The same for what must not be seen; the plain question stands in where it is absent. */
  askSecret?(question: string): Promise<string | null>;
  /** All of standard input, as text. */
  readInput(): Promise<string>;
  /** The system whose service manager is driven. */
  readonly os: OsName;
  /** The file of this program; absent where its source is run. */
  readonly executable?: string;
  /** Runs a helper program, such as a service manager's, to its end. */
  readonly runCommand: RunCommand;
  /** Starts a program that runs beside the command, such as `ssh`. */
  readonly startProgram: StartProgram;
  /** Runs a program that takes over the terminal; answers with its exit code. */
  runInteractive(command: string, args: readonly string[]): Promise<number>;
  /** Where machines of the network are asked what they offer; absent where there is no network. */
  readonly discoveryGroup?: { readonly hostname: string; readonly port: number };
  writeOut(text: string): void;
  writeError(text: string): void;
  /**
   * Calls `handler` when the user presses Ctrl-C or the process is asked to end.
   *
   * @returns Takes the handler away again.
   */
  onInterrupt(handler: () => void): () => void;
}

/** The host of a real process. */
export async function systemHost(): Promise<CliHost> {
  const platform = await import("../platform/mod.ts");
  return {
    env: platform.systemEnv(),
    clock: platform.systemClock,
    isTty: platform.isStdoutTty(),
    columns: platform.terminalWidth() ?? 80,
    ...(platform.isInteractive() ? terminalQuestions() : {}),
    readInput: () => new Response(Deno.stdin.readable).text(),
    os: platform.osName(),
    ...(platform.isCompiled() ? { executable: platform.executablePath() } : {}),
    runCommand: platform.runCommand,
    startProgram: platform.startProgram,
    runInteractive: platform.runInteractive,
    discoveryGroup: { hostname: "224.0.0.251", port: 5353 },
    writeOut: (text) => writeFully(Deno.stdout, text),
    writeError: (text) => writeFully(Deno.stderr, text),
    onInterrupt: (handler) => platform.onTermination(handler),
  };
}

/** Questions to whoever sits at the terminal; the one for secrets reads key by key. */
function terminalQuestions(): Required<Pick<CliHost, "ask" | "askSecret">> {
  return {
    ask: (question) => prompt(question),
    askSecret: async (question) => {
      const { promptSecret } = await import("@std/cli/prompt-secret");
      return promptSecret(`${question} `);
    },
  };
}

/**
 * Writes all of `text`; a pipe whose reader went away swallows it, as `openclaw logs | head` must
 * not end in an error.
 */
function writeFully(stream: { writeSync(data: Uint8Array): number }, text: string): void {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

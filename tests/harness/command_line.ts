/**
 * The command line on a machine of its own: a state folder, a configuration, no other programs unless a
 * test gives them.
 *
 * @module
 */
import { AppError, envOf } from "../../lib/base/mod.ts";
import { runCli } from "../../lib/cli/mod.ts";
import { type RunCommand, type StartProgram, systemClock } from "../../lib/platform/mod.ts";

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a machine has. */
export interface CommandLineOptions {
  /** Reuses the state of a gateway; the test removes it itself then. */
  readonly stateDir?: string;
  readonly config?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly runCommand?: RunCommand;
  readonly startProgram?: StartProgram;
}

/** A machine with the command line on it. */
export class CommandLine implements AsyncDisposable {
  readonly stateDir: string;
  readonly #options: CommandLineOptions;
  /** Ends of the programs that commands left behind; they end by themselves a little later. */
  readonly #programs: Promise<unknown>[] = [];

  private constructor(stateDir: string, options: CommandLineOptions) {
    this.stateDir = stateDir;
    this.#options = options;
  }

  static async create(options: CommandLineOptions = {}): Promise<CommandLine> {
    const stateDir = options.stateDir ?? await Deno.makeTempDir({ prefix: "openclaw-cli-" });
    const machine = new CommandLine(stateDir, options);
    if (options.config) await machine.configure(options.config);
    return machine;
  }

  async configure(config: Record<string, unknown>): Promise<void> {
    await Deno.writeTextFile(`${this.stateDir}/openclaw.json`, JSON.stringify(config));
  }

  /** Runs one command line. */
  async run(...args: string[]): Promise<Ran> {
    const output = { out: "", err: "" };
    const { env, runCommand = noProgram, startProgram = noProgram } = this.#options;
    const code = await runCli(args, {
      env: envOf({ HOME: this.stateDir, OPENCLAW_STATE_DIR: this.stateDir, ...env }),
      clock: systemClock,
      isTty: false,
      columns: 100,
      os: "linux",
      runCommand,
      startProgram: (command, args) => {
        const program = startProgram(command, args);
        this.#programs.push(program.ended);
        return program;
      },
      writeOut: (text) => void (output.out += text),
      writeError: (text) => void (output.err += text),
      readInput: () => Promise.resolve(""),
      runInteractive: () => Promise.resolve(1),
      onInterrupt: () => () => {},
    });
    return { code, ...output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs);
    if (this.#options.stateDir === undefined) await Deno.remove(this.stateDir, { recursive: true });
  }
}

function noProgram(command: string): never {
  throw new AppError("COMMAND_NOT_FOUND", `Cannot run "${command}": no such program`);
}

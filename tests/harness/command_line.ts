/**
 * The command line on a machine of its own: a state folder, a configuration, no other programs unless a
 * test gives them.
 *
 * @module
 */
import type { RunCommand, StartProgram } from "../../lib/platform/mod.ts";
import { type CliOutcome, runCommandLine } from "./cli.ts";

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
  async run(...args: string[]): Promise<CliOutcome> {
    const { env, runCommand, startProgram } = this.#options;
    const variables = { HOME: this.stateDir, OPENCLAW_STATE_DIR: this.stateDir, ...env };
    return await runCommandLine(variables, args, {
      ...(runCommand === undefined ? {} : { runCommand }),
      ...(startProgram === undefined ? {} : {
        startProgram: (command, words) => {
          const program = startProgram(command, words);
          this.#programs.push(program.ended);
          return program;
        },
      }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs);
    if (this.#options.stateDir === undefined) await Deno.remove(this.stateDir, { recursive: true });
  }
}

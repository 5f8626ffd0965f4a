/**
 * The fake Windows as programs on the PATH, with a home, and the command line on it.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { envOf } from "../../../lib/base/mod.ts";
import { runCli } from "../../../lib/cli/mod.ts";
import { runCommand, systemClock } from "../../../lib/platform/mod.ts";
import { freshWindows, type WindowsState } from "./windows.ts";

const PROGRAMS = ["schtasks", "taskkill", "powershell", "netstat", "tasklist", "icacls"];
/** More than a fake needs, and less than a test may take. */
const MAX_TIMEOUT_MS = 4000;
const ROOT = fromFileUrl(new URL("../../..", import.meta.url));

/** How one command line ended. */
export interface CliOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A machine; everything it has started ends with it. */
export class WindowsMachine implements AsyncDisposable {
  readonly home: string;
  readonly stateDir: string;
  /** A program to install: this gateway, from its source. */
  readonly program: string;
  readonly #statePath: string;
  readonly #path: string;

  private constructor(home: string) {
    this.home = home;
    this.stateDir = join(home, ".openclaw");
    this.program = join(home, "programs", "openclaw");
    this.#statePath = join(home, "windows.json");
    this.#path = `${join(home, "bin")}:${Deno.env.get("PATH")}`;
  }

  static async start(over: Partial<WindowsState> = {}): Promise<WindowsMachine> {
    const machine = new WindowsMachine(await Deno.makeTempDir({ prefix: "openclaw-machine-" }));
    const { home, program } = machine;
    // What is printed stands for numbers here: this system's exit statuses have one byte.
    const state = freshWindows({ hasNumbers: false, ...over });
    await Deno.writeTextFile(machine.#statePath, JSON.stringify(state));
    await Deno.mkdir(join(home, "bin"));
    await Deno.mkdir(join(home, "programs"));
    const fake = fromFileUrl(new URL("windows_program.ts", import.meta.url));
    const testerHome = Deno.env.get("HOME") ?? "/root";
    const cache = Deno.env.get("DENO_DIR") ?? join(testerHome, ".cache", "deno");
    const run = `DENO_DIR='${cache}' exec '${Deno.execPath()}' run -A --no-check --quiet`;
    const config = `--config '${join(ROOT, "tests", "deno.json")}' --no-lock`;
    for (const name of PROGRAMS) {
      const script = `#!/bin/sh\n${run} ${config} '${fake}' '${machine.#statePath}' ${name} "$@"\n`;
      await Deno.writeTextFile(join(home, "bin", name), script, { mode: 0o755 });
    }
    const main = `#!/bin/sh\n${run} '${join(ROOT, "main.ts")}' "$@"\n`;
    await Deno.writeTextFile(program, main, { mode: 0o755 });
    return machine;
  }

  get state(): WindowsState {
    return JSON.parse(Deno.readTextFileSync(this.#statePath));
  }

  /** Changes the machine from outside. */
  change(change: (state: WindowsState) => void): void {
    const state = this.state;
    change(state);
    Deno.writeTextFileSync(this.#statePath, JSON.stringify(state));
  }

  /** Runs one command line of ours on the machine. */
  async openclaw(args: readonly string[], env: Record<string, string> = {}): Promise<CliOutcome> {
    const output = { out: "", err: "" };
    const variables = {
      HOME: this.home,
      USERNAME: "ann",
      USERDOMAIN: "OFFICE",
      OPENCLAW_HIDE_BANNER: "1",
      ...env,
    };
    const code = await runCli(args, {
      env: envOf(variables),
      clock: systemClock,
      isTty: false,
      columns: 100,
      os: "windows",
      runCommand: (command, args, options = {}) =>
        runCommand(command, args, {
          ...options,
          timeoutMs: Math.min(options.timeoutMs ?? MAX_TIMEOUT_MS, MAX_TIMEOUT_MS),
          env: { ...options.env, PATH: this.#path, HOME: this.home },
        }),
      startProgram: (command) => {
        throw new Error(`No test starts ${command} beside a command`);
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
    for (const { pid } of this.state.processes) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    await Deno.remove(this.home, { recursive: true });
  }
}

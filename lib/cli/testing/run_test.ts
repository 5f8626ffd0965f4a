/**
 * Runs command lines against a temporary home. No tests of its own.
 *
 * @module
 */
import { join } from "@std/path";
import type { CliHost } from "../host.ts";
import { runCommandLine } from "../main.ts";
import { type TestHost, testHost } from "./host_test.ts";

/** The outcome of one command line. */
export interface RunResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A home folder of its own, with a config. */
export interface TestHome extends AsyncDisposable {
  readonly dir: string;
  readonly configPath: string;
  readonly logFile: string;
  /** Runs one command line. */
  run(...args: string[]): Promise<RunResult>;
  /** Runs one command line for somebody at a terminal who answers questions. */
  answer(answers: string[], ...args: string[]): Promise<RunResult>;
  /** A host in this home, for tests that interrupt. */
  host(): TestHost;
}

/** How a home is made. */
export interface HomeOptions {
  /** Port of the gateway that commands look for. */
  readonly port?: number;
  /** Text of the config; `null` for none. */
  readonly config?: string | null;
  readonly env?: Record<string, string>;
  /** Standard input of every command. */
  readonly input?: string;
  readonly program?: CliHost["runInteractive"];
  readonly os?: CliHost["os"];
  /** What stands for the compiled program. */
  readonly executable?: string;
  /** What stands for helper programs; there are none unless given. */
  readonly runCommand?: CliHost["runCommand"];
  /** What stands for programs that run beside a command; there are none unless given. */
  readonly startProgram?: CliHost["startProgram"];
}

/** Creates a home; dispose of it at the end of the test. */
export async function createHome(options: HomeOptions = {}): Promise<TestHome> {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-cli-" });
  const stateDir = join(dir, ".openclaw");
  const configPath = join(stateDir, "openclaw.json");
  const logFile = join(dir, "gateway.log");
  await Deno.mkdir(stateDir);
  const config = options.config ?? JSON.stringify({
    gateway: { mode: "local", port: options.port ?? 1, auth: { token: "test-token" } },
    logging: { file: logFile },
  });
  if (options.config !== null) await Deno.writeTextFile(configPath, config);
  const given = {
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.program === undefined ? {} : { program: options.program }),
    ...(options.os === undefined ? {} : { os: options.os }),
    ...(options.executable === undefined ? {} : { executable: options.executable }),
    ...(options.runCommand === undefined ? {} : { runCommand: options.runCommand }),
    ...(options.startProgram === undefined ? {} : { startProgram: options.startProgram }),
  };
  const variables = { HOME: dir, OPENCLAW_HIDE_BANNER: "1", ...options.env };
  return {
    dir,
    configPath,
    logFile,
    host: () => testHost(variables, given),
    run: (...args) => runOn(testHost(variables, given), args),
    answer: (answers, ...args) => runOn(testHost(variables, { ...given, answers }), args),
    async [Symbol.asyncDispose]() {
      await Deno.remove(dir, { recursive: true });
    },
  };
}

async function runOn(host: TestHost, args: readonly string[]): Promise<RunResult> {
  const code = await runCommandLine(args, host);
  return { code, ...host.output };
}

/**
 * Waits for a condition of a command that runs.
 *
 * @throws {Error} When the command ends before.
 */
export async function waitWhileRunning(
  running: Promise<number>,
  condition: () => boolean,
): Promise<void> {
  let code: number | undefined;
  running.then((value) => code = value);
  while (!condition()) {
    if (code !== undefined) throw new Error(`The command ended early with exit code ${code}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

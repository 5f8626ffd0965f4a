/**
 * Short-lived helper programs, run without a shell and within a time limit.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";
import { startWhenWritten } from "./busy_program.ts";

/** Runs a helper program; injected where a test stands in for another system. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options?: RunCommandOptions,
) => Promise<CommandResult>;

/** How {@linkcode runCommand} runs a program. */
export interface RunCommandOptions {
  /** Total budget in milliseconds; 10,000 when not given. */
  timeoutMs?: number;
  /** Text for its standard input, which is empty when not given. */
  stdin?: string;
  /** Variables to set on top of those of this process. */
  env?: Record<string, string>;
}

/** How a program ended. */
export interface CommandResult {
  /** Exit code; 128 and more after a signal. */
  code: number;
  stdout: string;
  stderr: string;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs a program to its end and collects its output. No shell is involved.
 *
 * @throws {AppError} `COMMAND_NOT_FOUND` when there is no such program, `COMMAND_TIMEOUT` when it
 * took too long (it is killed then), `COMMAND_FAILED` when it could not be started.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(command, args, options);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const outputs = [new Collector(child.stdout), new Collector(child.stderr)] as const;
  let hasTimedOut = false;
  const timer = setTimeout(() => {
    hasTimedOut = true;
    killQuietly(child);
    // A grandchild may hold the pipes open; it is not waited for.
    for (const output of outputs) output.cancel();
  }, timeoutMs);
  try {
    await feed(child.stdin, options.stdin);
    const [stdout, stderr, status] = await Promise.all([
      outputs[0].text,
      outputs[1].text,
      child.status,
    ]);
    if (hasTimedOut) throw timeoutError(command, timeoutMs);
    return { code: status.code, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

function spawn(command: string, args: readonly string[], options: RunCommandOptions) {
  try {
    const program = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    return startWhenWritten(() => program.spawn());
  } catch (error) {
    throw startFailure(command, error);
  }
}

/** The failure of a program that could not be started. */
export function startFailure(command: string, error: unknown): AppError {
  const isAbsent = error instanceof Deno.errors.NotFound;
  const why = isAbsent ? "no such program is on the PATH" : errorMessage(error);
  return new AppError(
    isAbsent ? "COMMAND_NOT_FOUND" : "COMMAND_FAILED",
    `Cannot run "${command}": ${why}`,
    { hint: `Install ${command} or add its folder to PATH`, cause: error, details: { command } },
  );
}

async function feed(stdin: WritableStream<Uint8Array>, text: string | undefined): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (text !== undefined) await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // The program ended without reading its input; its exit code tells the rest.
  }
}

function killQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

function timeoutError(command: string, timeoutMs: number): AppError {
  return new AppError(
    "COMMAND_TIMEOUT",
    `Cannot finish "${command}": it was still running after ${timeoutMs}ms`,
    { hint: `Run ${command} by hand to see what it waits for`, retryable: true },
  );
}

/** Reads a stream to its end, or to where it is cancelled. */
class Collector {
  readonly text: Promise<string>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.text = this.#collect();
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }

  async #collect(): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    while (true) {
      const { done, value } = await this.#reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
    }
  }
}

/**
 * Runs a program that takes over the terminal, such as an editor, to its end.
 *
 * @returns Its exit code; 128 and more after a signal.
 * @throws {AppError} `COMMAND_NOT_FOUND` or `COMMAND_FAILED`.
 */
export async function runInteractive(command: string, args: readonly string[]): Promise<number> {
  const io = "inherit";
  try {
    const child = new Deno.Command(command, { args: [...args], stdin: io, stdout: io, stderr: io });
    return (await child.spawn().status).code;
  } catch (error) {
    throw startFailure(command, error);
  }
}

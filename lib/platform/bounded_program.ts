/**
 * Programs that handle what is not to be trusted: within bounds of time and output, with nothing of this
 * process's environment but what any program needs.
 *
 * @module
 */
import { startFailure } from "./command.ts";

/** Runs such a program; injected where a test stands in for one. */
export type RunBounded = (
  command: string,
  args: readonly string[],
  options: BoundedOptions,
) => Promise<BoundedEnd>;

/** The bounds, and what the program is given. */
export interface BoundedOptions {
  /** Its standard input. */
  readonly stdin: Uint8Array;
  /** From its start to its end. */
  readonly timeoutMs: number;
  /** Longest standard output. */
  readonly maxOutputBytes: number;
  /** Ends it early; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** How it ended: by itself, or killed at one of the bounds. */
export type BoundedEnd =
  | {
    readonly reason: "exit";
    /** 128 and more after a signal. */
    readonly code: number;
    readonly stdout: string;
  }
  | { readonly reason: "timeout" | "output" };

/** What the runtime and the system need to start a program; no credential is among them. */
const PASSED_VARIABLES = [
  ...["PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "DENO_DIR", "NPM_CONFIG_REGISTRY"],
  ...["SystemRoot", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "TEMP", "TMP"],
];

/**
 * Runs a program to its end, or kills it.
 *
 * @throws {AppError} `COMMAND_NOT_FOUND` or `COMMAND_FAILED` when it cannot be started.
 */
export const runBounded: RunBounded = async (command, args, options) => {
  const { stdin, timeoutMs, maxOutputBytes, signal } = options;
  signal.throwIfAborted();
  const child = spawn(command, args);
  let end: "timeout" | "output" | undefined;
  const stop = (why?: "timeout" | "output") => {
    end ??= why;
    kill(child);
  };
  const timer = setTimeout(() => stop("timeout"), timeoutMs);
  const onAbort = () => stop();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const [stdout, status] = await Promise.all([
      collect(child.stdout, maxOutputBytes, () => stop("output")),
      child.status,
      feed(child.stdin, stdin),
    ]);
    signal.throwIfAborted();
    return end === undefined ? { reason: "exit", code: status.code, stdout } : { reason: end };
  } catch (error) {
    // Nobody waits for it any more, whatever it does.
    kill(child);
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
};

function spawn(command: string, args: readonly string[]) {
  try {
    return new Deno.Command(command, {
      args: [...args],
      clearEnv: true,
      env: passedVariables(),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  } catch (error) {
    throw startFailure(command, error);
  }
}

function passedVariables(): Record<string, string> {
  return Object.fromEntries(
    PASSED_VARIABLES.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
  onExcess: () => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) {
      onExcess();
      return "";
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function feed(stdin: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch {
    // The program ended without reading its input; how it ended tells the rest.
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

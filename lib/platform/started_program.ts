/**
 * Programs that run beside this one, with their input and output in its hands.
 *
 * @module
 */
import { startWhenWritten } from "./busy_program.ts";
import { startFailure } from "./command.ts";
import type { DuplexStream } from "./loopback_door.ts";

/** The end of what a program complains about is what tells why it ended. */
const MAX_COMPLAINT_CHARS = 16 * 1024;

/** Starts a program; injected where a test stands in for one. */
export type StartProgram = (command: string, args: readonly string[]) => StartedProgram;

/** A program that runs. It loses its input with this process, whatever ends that. */
export interface StartedProgram extends DuplexStream {
  readonly pid: number;
  /** How it ended; never rejects. */
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
  /** Asks it to end. */
  stop(): void;
}

/**
 * Starts a program without a shell.
 *
 * @throws {AppError} `COMMAND_NOT_FOUND` or `COMMAND_FAILED`
 */
export function startProgram(command: string, args: readonly string[]): StartedProgram {
  let child: Deno.ChildProcess;
  try {
    const io = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    const program = new Deno.Command(command, { args: [...args], ...io });
    child = startWhenWritten(() => program.spawn());
  } catch (error) {
    throw startFailure(command, error);
  }
  const complaints = lastText(child.stderr);
  return {
    pid: child.pid,
    readable: child.stdout,
    writable: child.stdin,
    ended: Promise.all([child.status, complaints])
      .then(([{ code }, stderr]) => ({ code, stderr })),
    stop() {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended by itself.
      }
    },
  };
}

async function lastText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-MAX_COMPLAINT_CHARS);
  }
  return text;
}

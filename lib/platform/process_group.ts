/**
 * Programs that are ended together with everything they have started.
 *
 * @module
 */
import { AppError, errorMessage } from "../base/mod.ts";
import { startWhenWritten } from "./busy_program.ts";
import { runCommand } from "./command.ts";
import { type OsName, osName } from "./os.ts";

/** What to start. */
export interface GroupSpec {
  /** Absolute path, so that no search decides what runs. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** All of its variables: nothing of this process's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Text for its standard input, which is empty when not given. */
  readonly stdin?: string;
}

/** How a program ended. */
export interface GroupExit {
  /** Exit code; absent after a signal. */
  readonly code?: number;
  /** Name of the signal that ended it. */
  readonly signal?: string;
}

/** A running program at the head of a process group of its own. */
export interface ProcessGroup {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when the program itself has ended; what it started may still run. */
  readonly exit: Promise<GroupExit>;
  /**
   * Ends the program and what it started at once; never throws. A process that made a group of its own
   * is out of reach, as a service that was started on purpose should be, and so is one that became
   * another user's.
   */
  kill(): void;
}

/**
 * Starts a program without a shell.
 *
 * @param sendSignal Reaches processes; tests give their own.
 * @throws {AppError} `COMMAND_NOT_FOUND` when there is no such program, else `COMMAND_FAILED`.
 */
export function spawnGroup(
  spec: GroupSpec,
  os: OsName = osName(),
  sendSignal: typeof Deno.kill = Deno.kill,
): ProcessGroup {
  const child = spawn(spec);
  if (spec.stdin !== undefined) void feed(child.stdin, spec.stdin);
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exit: child.status.then(({ code, signal }) => signal === null ? { code } : { signal }),
    kill: () => os === "windows" ? killTree(child) : killGroup(child.pid, sendSignal),
  };
}

function spawn({ program, args, cwd, env, stdin }: GroupSpec) {
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env },
      clearEnv: true,
      // A session of its own makes a group that one signal reaches.
      detached: true,
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    });
    return startWhenWritten(() => command.spawn());
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound;
    throw new AppError(
      isAbsent ? "COMMAND_NOT_FOUND" : "COMMAND_FAILED",
      `Cannot start "${program}": ${isAbsent ? "there is no such program" : errorMessage(error)}`,
      { hint: "Check the path and its mode with: ls -l", cause: error, details: { program } },
    );
  }
}

async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // The program ended without reading its input; how it ended tells the rest.
  }
}

function killGroup(pid: number, sendSignal: typeof Deno.kill): void {
  try {
    sendSignal(-pid, "SIGKILL");
  } catch {
    // Everybody in the group has ended already, or runs as another user (sudo) and may not be ended by
    // this one. Whoever waits must not wait for the exit alone.
  }
}

function killTree(child: Deno.ChildProcess): void {
  runCommand("taskkill", ["/T", "/F", "/PID", String(child.pid)]).catch(() => {
    try {
      // Without that program at least the head of the tree goes.
      child.kill("SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  });
}

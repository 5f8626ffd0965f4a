/**
 * Runs one program to its end, with bounds on time and output.
 *
 * @module
 */
import { type Clock, withTimeout } from "../base/mod.ts";
import { type GroupExit, type GroupSpec, type ProcessGroup, spawnGroup } from "../platform/mod.ts";
import { CappedOutput } from "./capped_output.ts";
import { MAX_OUTPUT_BYTES, OUTPUT_GRACE_MS } from "./limits.ts";

/** How a program is run. */
export interface RunBounds {
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Ends the program. */
  readonly signal: AbortSignal;
}

/** How a program ended, in the names that callers of nodes know. */
export interface RunResult {
  /** Absent after a signal or the end of its time. */
  exitCode?: number;
  signal?: string;
  timedOut: boolean;
  success: boolean;
  stdout: string;
  stderr: string;
  error: string | null;
  /** Milliseconds. */
  durationMs: number;
  /** Whether output was dropped. */
  truncated?: true;
}

/**
 * Runs a program. It and what it has started are killed when its time is over or `signal` aborts; one
 * that cannot be killed, being another user's by then, is not waited for.
 *
 * @param start Starts programs; tests give their own.
 * @throws {AppError} `COMMAND_NOT_FOUND` or `COMMAND_FAILED` when it cannot be started.
 */
export async function runProgram(
  spec: GroupSpec,
  bounds: RunBounds,
  start: (spec: GroupSpec) => ProcessGroup = spawnGroup,
): Promise<RunResult> {
  const { clock, signal, timeoutMs } = bounds;
  const startedAt = clock.monotonic();
  signal.throwIfAborted();
  const group = start(spec);
  const outputs = [group.stdout, group.stderr].map((stream) =>
    new CappedOutput(stream, MAX_OUTPUT_BYTES)
  );
  const givenUp = Promise.withResolvers<GroupExit>();
  const timers: ReturnType<typeof setTimeout>[] = [];
  const end = () => {
    group.kill();
    timers.push(setTimeout(() => givenUp.resolve({}), OUTPUT_GRACE_MS));
  };
  let timedOut = false;
  timers.push(setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs));
  signal.addEventListener("abort", end, { once: true });
  try {
    const exit = await Promise.race([group.exit, givenUp.promise]);
    await drain(group, outputs);
    return {
      ...(timedOut || exit.code === undefined ? {} : { exitCode: exit.code }),
      ...(exit.signal === undefined ? {} : { signal: exit.signal }),
      timedOut,
      success: !timedOut && exit.code === 0,
      stdout: outputs[0]!.text,
      stderr: outputs[1]!.text,
      error: signal.aborted ? "the node host stopped" : null,
      durationMs: Math.round(clock.monotonic() - startedAt),
      ...(outputs.some((output) => output.isTruncated) ? { truncated: true } : {}),
    };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

/**
 * Waits for the end of the output. Whoever holds it open longer than the program lived is a left-over
 * child, and ends too.
 */
async function drain(group: ProcessGroup, outputs: readonly CappedOutput[]): Promise<void> {
  const ended = Promise.all(outputs.map((output) => output.done)).then(() => true);
  if (await withTimeout(ended, OUTPUT_GRACE_MS, () => false)) return;
  group.kill();
  for (const output of outputs) output.cancel();
  await ended;
}

/**
 * Subprocesses of the gate.
 *
 * @module
 */

/** How a subprocess ended, with everything it wrote. */
export interface Finished {
  readonly code: number;
  /** Standard output and error in the order in which they arrived, without colour. */
  readonly text: string;
}

const TIME_LIMIT_MS = 15 * 60_000;
/** What a shell reports for a command that was ended by its time limit. */
const TIMED_OUT = 124;

async function drain(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    into.push(chunk);
    await Deno.stdout.write(new TextEncoder().encode(chunk));
  }
}

/**
 * Runs this Deno with the given arguments and shows its output while it comes.
 *
 * @param args Arguments of `deno`.
 * @param cwd Where it runs.
 * @param timeLimitMs After this the subprocess is killed and the exit code is 124.
 */
export async function runDeno(
  args: readonly string[],
  cwd: string,
  timeLimitMs = TIME_LIMIT_MS,
): Promise<Finished> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    console.error(`Time limit of ${timeLimitMs} ms: deno ${args.join(" ")}`);
    child.kill("SIGKILL");
  }, timeLimitMs);
  const chunks: string[] = [];
  const [status] = await Promise.all([
    child.status,
    drain(child.stdout, chunks),
    drain(child.stderr, chunks),
  ]);
  clearTimeout(timer);
  return { code: isLate ? TIMED_OUT : status.code, text: chunks.join("") };
}

/** How many tests a step ran. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Adds up the summary lines of `deno test` and of the smoke run.
 *
 * @returns `undefined` when the text has no summary.
 */
export function countTests(text: string): Counts | undefined {
  let [passed, failed, found] = [0, 0, false];
  for (const match of text.matchAll(/^.*?(\d+) passed(?: \([^)]*\))?(?: \||,) (\d+) failed/gm)) {
    passed += Number(match[1]);
    failed += Number(match[2]);
    found = true;
  }
  return found ? { passed, failed } : undefined;
}

/**
 * The process that reads one PDF file: the file on standard input, its text as JSON on standard output.
 *
 * The file is read in a thread, so that this one can look at time and memory whatever the file makes the
 * other do. The process ends by itself even when the one that started it is gone.
 *
 * @module
 */
import { EXIT } from "../base/mod.ts";
import { memoryUsage, readStdin, writeStdout } from "../platform/mod.ts";
import { MAX_PROCESS_BYTES, MEMORY_LOOK_MS } from "./limits.ts";
import type { PdfBounds, PdfFailure, PdfOutcome } from "./types.ts";

/**
 * Reads the file.
 *
 * @param args Most pages, most UTF-16 units of text, most milliseconds.
 * @returns The exit code; the caller must exit with it, since the thread may still be busy.
 */
export async function runPdfChild(args: readonly string[]): Promise<number> {
  const [maxPages, maxChars, maxMs] = args.map(Number);
  if (!maxPages || !maxChars || !maxMs) return EXIT.USAGE;
  const bytes = await readStdin();
  const outcome = await readInThread(bytes, { maxPages, maxChars }, maxMs);
  await writeStdout(JSON.stringify(outcome));
  return EXIT.DONE;
}

async function readInThread(
  bytes: Uint8Array<ArrayBuffer>,
  bounds: PdfBounds,
  maxMs: number,
): Promise<PdfOutcome> {
  const { THREAD_URL } = await import("./thread.ts");
  const thread = new Worker(THREAD_URL, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<PdfOutcome>();
  const fail = (reason: PdfFailure) => resolve({ ok: false, reason });
  thread.onmessage = ({ data }) => {
    if (data === "ready") thread.postMessage({ bytes, bounds }, [bytes.buffer]);
    else resolve(data);
  };
  thread.onerror = (event) => {
    event.preventDefault();
    fail("broken");
  };
  const clock = setTimeout(() => fail("slow"), maxMs);
  const look = setInterval(() => {
    if (memoryUsage().rss > MAX_PROCESS_BYTES) fail("large");
  }, MEMORY_LOOK_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(clock);
    clearInterval(look);
  }
}

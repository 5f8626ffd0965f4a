/**
 * Hands PDF files to processes of their own, a few at a time.
 *
 * @module
 */
import { AppError, PDF_CHILD_ARGUMENT } from "../base/mod.ts";
import { ownCommand, type RunBounded, runBounded } from "../platform/mod.ts";
import {
  ANSWER_FRAME_BYTES,
  BYTES_PER_CHAR,
  GRACE_MS,
  MAX_READERS,
  MAX_READING_MS,
  MAX_WAIT_MS,
  MAX_WAITING,
} from "./limits.ts";
import type { PdfBounds, PdfOutcome } from "./types.ts";

/** What tests replace. */
export interface PdfReaderOptions {
  readonly run?: RunBounded;
  /** Program and arguments that come before those of a file. */
  readonly command?: readonly [string, ...string[]];
  /** From the start of a process to its answer. */
  readonly maxReadingMs?: number;
  /** Until a process is free. */
  readonly maxWaitMs?: number;
}

/** Reads PDF files. Idle, it holds nothing. */
export class PdfReader {
  readonly #run: RunBounded;
  readonly #command: readonly [string, ...string[]] | undefined;
  readonly #waiting: (() => void)[] = [];
  readonly #maxReadingMs: number;
  readonly #maxWaitMs: number;
  #active = 0;

  constructor(options: PdfReaderOptions = {}) {
    this.#run = options.run ?? runBounded;
    this.#command = options.command;
    this.#maxReadingMs = options.maxReadingMs ?? MAX_READING_MS;
    this.#maxWaitMs = options.maxWaitMs ?? MAX_WAIT_MS;
  }

  /**
   * Reads the text of a file.
   *
   * @param signal Ends the reading; its reason is thrown.
   * @throws {AppError} `COMMAND_NOT_FOUND` or `COMMAND_FAILED` when no process can be started.
   */
  async read(bytes: Uint8Array, bounds: PdfBounds, signal: AbortSignal): Promise<PdfOutcome> {
    signal.throwIfAborted();
    if (this.#active >= MAX_READERS) {
      if (this.#waiting.length >= MAX_WAITING) return { ok: false, reason: "busy" };
      if (!await this.#turn(signal)) return { ok: false, reason: "busy" };
    } else {
      this.#active++;
    }
    try {
      return await this.#readNow(bytes, bounds, signal);
    } finally {
      // Who waits takes the place over, so that nobody comes between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#active--;
      else next();
    }
  }

  /** Waits for a process; `false` when it takes too long. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const begin = () => resolve(true);
    // At once, so that nobody hands a process to who has gone.
    const leave = () => {
      const place = this.#waiting.indexOf(begin);
      if (place >= 0) this.#waiting.splice(place, 1);
    };
    const onAbort = () => {
      leave();
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      leave();
      resolve(false);
    }, this.#maxWaitMs);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#waiting.push(begin);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #readNow(
    stdin: Uint8Array,
    { maxPages, maxChars }: PdfBounds,
    signal: AbortSignal,
  ): Promise<PdfOutcome> {
    const [program, ...args] = this.#command ?? ownCommand();
    const end = await this.#run(
      program,
      [...args, PDF_CHILD_ARGUMENT, ...[maxPages, maxChars, this.#maxReadingMs].map(String)],
      {
        stdin,
        timeoutMs: this.#maxReadingMs + GRACE_MS,
        maxOutputBytes: maxChars * BYTES_PER_CHAR + ANSWER_FRAME_BYTES,
        signal,
      },
    );
    if (end.reason !== "exit") {
      return { ok: false, reason: end.reason === "timeout" ? "slow" : "large" };
    }
    // A process that an extreme file brought down has no answer to give.
    if (end.code !== 0) return { ok: false, reason: "broken" };
    return parseOutcome(end.stdout);
  }
}

function parseOutcome(text: string): PdfOutcome {
  try {
    return JSON.parse(text) as PdfOutcome;
  } catch (cause) {
    throw new AppError("COMMAND_FAILED", "Cannot read a PDF file: the reader gave no answer", {
      cause,
      hint: "openclaw doctor",
    });
  }
}

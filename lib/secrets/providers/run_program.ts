/**
 * One run of a provider's program, within its time and with bounded output.
 *
 * @module
 */
import { AppError, withTimeout } from "../../base/mod.ts";
import { type GroupSpec, spawnGroup } from "../../platform/mod.ts";
import { unresolved } from "../failure.ts";
import { DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS } from "../limits.ts";
import type { ProviderSettings } from "../types.ts";

/** Time from the kill to the exit. */
const EXIT_MS = 1000;

/**
 * Runs the program to its end.
 *
 * What it writes to standard error is read and dropped: a helper that fails may print anything there.
 *
 * @returns Its standard output.
 * @throws {AppError} `SECRET_UNRESOLVED` when it cannot be started, fails, is silent or works for too
 * long, or says too much. It has ended then, with everything it started.
 */
export async function runProvider(
  provider: string,
  settings: ProviderSettings,
  spec: GroupSpec,
): Promise<string> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxOutputBytes = DEFAULT_MAX_BYTES } = settings;
  const noOutputTimeoutMs = settings.noOutputTimeoutMs ?? timeoutMs;
  const group = start(provider, spec);
  const stop = Promise.withResolvers<never>();
  const refuse = (why: string, hint = HINT) =>
    stop.reject(unresolved(`Provider "${provider}" ${why}`, hint));
  const field = `secrets.providers.${provider}`;
  const total = setTimeout(
    () =>
      refuse(`did not end within ${timeoutMs} ms`, `openclaw config set ${field}.timeoutMs <ms>`),
    timeoutMs,
  );
  const silence = new Silence(noOutputTimeoutMs, () =>
    refuse(
      `wrote nothing for ${noOutputTimeoutMs} ms`,
      `openclaw config set ${field}.noOutputTimeoutMs <ms>`,
    ));
  const streams = [new Reading(group.stdout), new Reading(group.stderr)] as const;
  try {
    const ended = Promise.all([
      streams[0].read((bytes) => {
        silence.broken();
        if (bytes > maxOutputBytes) refuse(`wrote more than ${maxOutputBytes} bytes`);
        return bytes <= maxOutputBytes;
      }),
      streams[1].read(() => false),
      group.exit,
    ]);
    const [output, , exit] = await Promise.race([ended, stop.promise]);
    if (exit.code !== 0) {
      const how = exit.signal === undefined ? `exit code ${exit.code}` : exit.signal;
      throw unresolved(`Provider "${provider}" ended with ${how}`, HINT);
    }
    return output;
  } finally {
    clearTimeout(total);
    silence.end();
    // Also after a clean end: what it left behind would hold the pipes.
    group.kill();
    for (const stream of streams) stream.cancel();
    // A program of another user cannot be ended; it is not waited for.
    await withTimeout(group.exit, EXIT_MS, () => ({}));
  }
}

const HINT = "openclaw secrets audit --allow-exec";

function start(provider: string, spec: GroupSpec) {
  try {
    return spawnGroup(spec);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw unresolved(`Provider "${provider}": ${error.message}`, error.hint ?? HINT);
  }
}

/** Counts the time since the last output. */
class Silence {
  readonly #ms: number;
  readonly #onEnd: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number, onEnd: () => void) {
    this.#ms = ms;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(onEnd, ms);
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onEnd, this.#ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Reads a stream to its end, or to where it is cancelled. */
class Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** @param keeps Is told the bytes so far, and says whether the new ones are kept. */
  async read(keeps: (byteCount: number) => boolean): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    let byteCount = 0;
    while (true) {
      const { done, value } = await this.#reader.read();
      if (done) return text + decoder.decode();
      byteCount += value.length;
      if (keeps(byteCount)) text += decoder.decode(value, { stream: true });
    }
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }
}

/**
 * The output of a program, of which only the beginning is kept.
 *
 * @module
 */

const READ_BYTES = 64 * 1024;
const TRUNCATED = "\n... (truncated)";
const TRUNCATED_START = "... (truncated) ";

/** Reads a stream to its end and keeps what fits, so that memory stays flat. */
export class CappedOutput {
  /** Resolves when the stream has ended or was cancelled; never rejects. */
  readonly done: Promise<void>;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #kept = 0;
  #isTruncated = false;

  /** @param stream A byte stream, as those of a program are. */
  constructor(stream: ReadableStream<Uint8Array>, maxBytes: number) {
    // One buffer for all reads: 100 MB of output would otherwise be 100 MB of garbage at a time.
    this.#reader = stream.getReader({ mode: "byob" });
    this.#maxBytes = maxBytes;
    this.done = this.#read();
  }

  /** Whether anything was dropped. */
  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** What was kept, with a mark at the end when that is not all. */
  get text(): string {
    const bytes = new Uint8Array(this.#kept);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    // A stream may go on, so a character that was cut in two is left out.
    const text = new TextDecoder().decode(bytes, { stream: this.#isTruncated });
    return this.#isTruncated ? text + TRUNCATED : text;
  }

  /** Stops reading; for pipes that a left-over child holds open. */
  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }

  async #read(): Promise<void> {
    let buffer = new Uint8Array(READ_BYTES);
    try {
      for (;;) {
        const { done, value } = await this.#reader.read(buffer);
        if (done) return;
        this.#keep(value);
        buffer = new Uint8Array(value.buffer);
      }
    } catch {
      // A broken pipe ends the output; the exit status tells the rest.
    }
  }

  #keep(chunk: Uint8Array): void {
    const room = this.#maxBytes - this.#kept;
    if (chunk.length > room) this.#isTruncated = true;
    if (room <= 0) return;
    const part = chunk.slice(0, room);
    this.#chunks.push(part);
    this.#kept += part.length;
  }
}

/** The end of a text, with a mark at the start when that is not all. */
export function outputTail(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : TRUNCATED_START + text.slice(-maxChars);
}

/**
 * Reads a file line by line with positions and checksums; a file of any size takes little memory.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { ioError } from "../../platform/mod.ts";

const CHUNK_BYTES = 256 * 1024;
/** A longer line is no entry of a conversation. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** One line of a file. */
export interface FileLine {
  /** From 1. */
  number: number;
  /** `undefined` when it is longer than a line may be or is no UTF-8. */
  text: string | undefined;
  /** Position behind it, in front of its line end. */
  end: number;
  /** Whether a line end follows; the last line of a file that is being written may have none. */
  isEnded: boolean;
  /** Without the line end. */
  bytes: Uint8Array;
}

/**
 * The lines of a file from a position on, in groups.
 *
 * @param from Where to begin, in bytes; `number` counts from `firstNumber`.
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function* readLines(
  path: string,
  from = 0,
  firstNumber = 1,
): AsyncGenerator<FileLine[], void, void> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
    if (from > 0) await file.seek(from, Deno.SeekMode.Start);
  } catch (error) {
    throw ioError("read", path, error);
  }
  const lines = new LineSplitter(from, firstNumber);
  try {
    while (true) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const read = await file.read(chunk).catch((error) => {
        throw ioError("read", path, error);
      });
      if (read === null) break;
      yield lines.push(chunk.subarray(0, read));
    }
    yield lines.rest();
  } finally {
    file.close();
  }
}

/** Cuts chunks into lines. */
class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #parts: Uint8Array[] = [];
  #size = 0;
  #start: number;
  #number: number;

  constructor(from: number, firstNumber: number) {
    this.#start = from;
    this.#number = firstNumber;
  }

  push(chunk: Uint8Array): FileLine[] {
    const lines: FileLine[] = [];
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, at + 1));
      lines.push(this.#take(true));
      start = at + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  rest(): FileLine[] {
    return this.#size === 0 ? [] : [this.#take(false)];
  }

  #keep(part: Uint8Array): void {
    this.#size += part.length;
    this.#parts.push(part);
  }

  #take(isEnded: boolean): FileLine {
    const whole = this.#parts.length === 1 ? this.#parts[0]! : joined(this.#parts, this.#size);
    const bytes = isEnded ? whole.subarray(0, -1) : whole;
    const end = this.#start + bytes.length;
    this.#start += whole.length;
    [this.#parts, this.#size] = [[], 0];
    return { number: this.#number++, text: this.#decode(bytes), end, isEnded, bytes };
  }

  #decode(bytes: Uint8Array): string | undefined {
    if (bytes.length > MAX_LINE_BYTES) return undefined;
    try {
      return this.#decoder.decode(bytes);
    } catch {
      // What is no text is told with its line number; the lines around it are used.
      return undefined;
    }
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Adds up the checksum of a file that is read from its beginning. The end of the newest line does not
 * count: it makes no difference whether that is there yet.
 */
export class FileChecksum {
  readonly #hash = createHash("sha256");
  #isBegun = false;

  add(line: Uint8Array): void {
    if (this.#isBegun) this.#hash.update("\n");
    this.#isBegun = true;
    this.#hash.update(line);
  }

  /** The checksum of everything so far; more may follow. */
  get hex(): string {
    return this.#hash.copy().digest("hex");
  }
}

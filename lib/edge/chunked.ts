/**
 * The chunked coding, read piece by piece.
 *
 * @module
 */

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
/** Size line with its extensions; nobody needs more. */
const MAX_SIZE_LINE_BYTES = 256;
const MAX_TRAILER_BYTES = 8 * 1024;
/** 12 digits: a size beyond them is no body but an attempt at an overflow. */
const MAX_SIZE_DIGITS = 12;

type State = "size" | "extension" | "size end" | "data" | "data cr" | "data lf" | Trailer | "done";
type Trailer = "trailer start" | "trailer" | "trailer lf" | "last lf";

/** Reads one chunked body; extensions and trailers are checked and dropped. */
export class ChunkedReader {
  #state: State = "size";
  #digits = 0;
  #size = 0;
  #lineBytes = 0;
  #trailerBytes = 0;

  /** Whether the body has ended. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  /**
   * Takes bytes of the body.
   *
   * @param onData Is handed the data between the size lines, in pieces.
   * @returns Bytes that belong to the body, fewer than given at its end; `undefined` when they are
   * malformed.
   */
  take(bytes: Uint8Array, onData: (data: Uint8Array) => void): number | undefined {
    let at = 0;
    while (at < bytes.length && this.#state !== "done") {
      if (this.#state === "data") {
        const count = Math.min(this.#size, bytes.length - at);
        onData(bytes.subarray(at, at + count));
        at += count;
        this.#size -= count;
        if (this.#size === 0) this.#state = "data cr";
      } else if (!this.#step(bytes[at++]!)) {
        return undefined;
      }
    }
    return at;
  }

  /** Goes on by one byte of the coding itself. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case "size":
        return this.#sizeByte(byte);
      case "extension":
        if (byte === CR) this.#state = "size end";
        return byte === CR || (isFieldByte(byte) && ++this.#lineBytes <= MAX_SIZE_LINE_BYTES);
      case "size end":
        this.#state = this.#size > 0 ? "data" : "trailer start";
        return byte === LF;
      case "data cr":
        this.#state = "data lf";
        return byte === CR;
      case "data lf":
        this.#state = "size";
        this.#digits = this.#size = this.#lineBytes = 0;
        return byte === LF;
      default:
        return this.#trailerByte(byte);
    }
  }

  #sizeByte(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit !== undefined) {
      this.#size = this.#size * 16 + digit;
      return ++this.#digits <= MAX_SIZE_DIGITS;
    }
    if (this.#digits === 0) return false;
    if (byte === CR) this.#state = "size end";
    else if (byte === SEMICOLON) this.#state = "extension";
    else return false;
    return true;
  }

  #trailerByte(byte: number): boolean {
    switch (this.#state) {
      case "trailer start":
        this.#state = byte === CR ? "last lf" : "trailer";
        break;
      case "trailer":
        if (byte === CR) this.#state = "trailer lf";
        break;
      case "trailer lf":
        this.#state = "trailer start";
        return byte === LF;
      default:
        this.#state = "done";
        return byte === LF;
    }
    return byte === CR || (isFieldByte(byte) && ++this.#trailerBytes <= MAX_TRAILER_BYTES);
  }
}

/** The size line of a chunk; its data and an empty line follow. */
export function encodeChunkSize(size: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${size.toString(16)}\r\n`);
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}

/** What a header's value may be made of. */
function isFieldByte(byte: number): boolean {
  return byte === 0x09 || (byte >= 0x20 && byte !== 0x7f);
}

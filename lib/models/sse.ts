/**
 * Splits a byte stream of server-sent events into their data.
 *
 * Names, ids and comments are dropped: providers put everything into `data`.
 *
 * @module
 */

/** Longest line taken, in UTF-16 units; more is not an answer but an accident. */
export const MAX_LINE_CHARS = 4 * 1024 * 1024;

/** A line grew over {@linkcode MAX_LINE_CHARS}. */
export class LineTooLongError extends RangeError {
  override readonly name = "LineTooLongError";
}

/**
 * Turns chunks of bytes into the data of complete events.
 *
 * Invalid UTF-8 becomes U+FFFD. Works in time linear to the input, however it is cut into chunks.
 */
export class SseParser {
  readonly #decoder = new TextDecoder();
  /** Pieces of the line that is not complete yet. */
  #pieces: string[] = [];
  #pieceChars = 0;
  /** Data lines of the event that is not complete yet. */
  #data: string[] = [];
  #dataChars = 0;

  /** Takes the next bytes and answers with the data of the events they complete. */
  push(bytes: Uint8Array): string[] {
    const events: string[] = [];
    this.#feed(this.#decoder.decode(bytes, { stream: true }), events);
    return events;
  }

  /** Takes the end of the stream and answers with what was still open. */
  end(): string[] {
    const events: string[] = [];
    this.#feed(this.#decoder.decode() + "\n\n", events);
    return events;
  }

  #feed(text: string, events: string[]): void {
    let start = 0;
    for (;;) {
      const end = text.indexOf("\n", start);
      if (end < 0) break;
      const tail = text.slice(start, end);
      start = end + 1;
      if (this.#pieceChars === 0) this.#line(tail, events);
      else {
        this.#pieces.push(tail);
        const line = this.#pieces.join("");
        this.#pieces = [];
        this.#pieceChars = 0;
        this.#line(line, events);
      }
    }
    if (start === text.length) return;
    this.#pieces.push(start === 0 ? text : text.slice(start));
    this.#pieceChars += text.length - start;
    checkLength(this.#pieceChars);
  }

  #line(raw: string, events: string[]): void {
    checkLength(raw.length);
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line === "") {
      if (this.#data.length > 0) events.push(this.#data.join("\n"));
      this.#data = [];
      this.#dataChars = 0;
    } else if (line.startsWith("data:")) {
      this.#data.push(line.slice(line[5] === " " ? 6 : 5));
      this.#dataChars += line.length;
      checkLength(this.#dataChars);
    }
  }
}

function checkLength(chars: number): void {
  if (chars > MAX_LINE_CHARS) {
    throw new LineTooLongError(`Line is longer than ${MAX_LINE_CHARS} characters`);
  }
}

/**
 * Reads an event stream as browsers do: by the rules of the standard, over real HTTP.
 *
 * @module
 */

/** One event of a stream. */
export interface StreamEvent {
  event: string;
  // deno-lint-ignore no-explicit-any -- tests look into whatever was sent
  data: any;
}

const WAIT_MS = 10_000;

/** A stream that is being read; end it with `close()` or by disposal. */
export class EventStream implements AsyncDisposable {
  readonly response: Response;
  /** Lines that are no events, such as signs of life. */
  readonly comments: string[] = [];
  /** What the stream says of coming back, in milliseconds. */
  retryMs: number | undefined;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #waiting: StreamEvent[] = [];
  #rest = "";
  #event = "";
  #data: string[] = [];

  private constructor(response: Response) {
    this.response = response;
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Opens a stream; the status is for the test to look at. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const accept = { accept: "text/event-stream" };
    return new EventStream(await fetch(url, { headers: { ...accept, ...headers } }));
  }

  /** The next event, JSON parsed; `undefined` at the end of the stream. */
  async next(): Promise<StreamEvent | undefined> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`No event within ${WAIT_MS} ms`)), WAIT_MS);
    try {
      return await Promise.race([promise, this.#read()]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Goes away without waiting for the end. */
  async close(): Promise<void> {
    // The stream may have ended, or been cut, before: both are what is asked for.
    await this.#reader.cancel().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #read(): Promise<StreamEvent | undefined> {
    while (this.#waiting.length === 0) {
      const part = await this.#reader.read();
      if (part.done) return undefined;
      this.#take(part.value);
    }
    return this.#waiting.shift();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    if (line === "") return this.#dispatch();
    if (line.startsWith(":")) return void this.comments.push(line.slice(1).trim());
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line)!;
    if (field === "event") this.#event = value!;
    if (field === "data") this.#data.push(value!);
    if (field === "retry") this.retryMs = Number(value);
  }

  #dispatch(): void {
    const [event, data] = [this.#event || "message", this.#data.join("\n")];
    this.#event = "";
    this.#data = [];
    if (data !== "") this.#waiting.push({ event, data: JSON.parse(data) });
  }
}

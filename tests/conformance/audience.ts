/**
 * Many idle clients in one process: each only counts what it hears.
 *
 * @module
 */
import { appendBytes, encodeFrame, openingRequest } from "../harness/raw_websocket.ts";
import { connectParams } from "../harness/socket.ts";

/** Handshakes at once: an address may have 32 strangers. */
const HELLOS_AT_ONCE = 16;
const BUFFER_BYTES = 64 * 1024;
/** Latencies above this share one place of the histogram. */
const MAX_LATENCY_MS = 5000;

/** What the audience has heard. */
export interface Heard {
  /** Numbered frames, of all clients together. */
  readonly frames: number;
  /** Frames that the client with the fewest heard. */
  readonly fewest: number;
  /** Numbers that were skipped or came twice. */
  readonly gaps: number;
  /** Clients whose connection has ended. */
  readonly gone: number;
  /** Milliseconds from the event's own time to its arrival. */
  latency(percent: number): number;
}

/** Clients that have said hello and read all that comes. */
export class Audience implements AsyncDisposable {
  readonly #listeners: Listener[] = [];
  readonly #histogram = new Uint32Array(MAX_LATENCY_MS + 1);

  /** Connects clients, some at a time. */
  static async gather(
    port: number,
    token: string,
    count: number,
    hostname = "127.0.0.1",
  ): Promise<Audience> {
    const audience = new Audience();
    let left = count;
    const worker = async () => {
      while (left-- > 0) {
        audience.#listeners.push(
          await Listener.connect({ port, hostname }, token, audience.#histogram),
        );
      }
    };
    try {
      await Promise.all(Array.from({ length: HELLOS_AT_ONCE }, worker));
    } catch (error) {
      await audience[Symbol.asyncDispose]();
      throw error;
    }
    return audience;
  }

  /** Forgets figures, not numbers: a gap over the whole time still shows. */
  restart(): void {
    this.#histogram.fill(0);
    for (const listener of this.#listeners) listener.frames = 0;
  }

  /** What was heard since the last restart. */
  get heard(): Heard {
    let frames = 0, fewest = Infinity, gaps = 0, gone = 0;
    for (const listener of this.#listeners) {
      frames += listener.frames;
      fewest = Math.min(fewest, listener.frames);
      gaps += listener.gaps;
      if (listener.isGone) gone++;
    }
    const histogram = this.#histogram.slice();
    return { frames, fewest, gaps, gone, latency: (percent) => quantile(histogram, percent) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }
}

function quantile(histogram: Uint32Array, percent: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let left = Math.ceil(total * percent / 100);
  for (const [ms, count] of histogram.entries()) {
    left -= count;
    if (left <= 0) return ms;
  }
  return NaN;
}

/** One client; parses no more of a frame than its number and its time. */
class Listener {
  frames = 0;
  gaps = 0;
  isGone = false;
  readonly #conn: Deno.TcpConn;
  readonly #histogram: Uint32Array;
  readonly #ready = Promise.withResolvers<void>();
  #seq = 0;
  #rest = new Uint8Array();
  #pump: Promise<void> = Promise.resolve();

  private constructor(conn: Deno.TcpConn, histogram: Uint32Array) {
    this.#conn = conn;
    this.#histogram = histogram;
  }

  static async connect(
    address: Deno.ConnectOptions,
    token: string,
    histogram: Uint32Array,
  ): Promise<Listener> {
    const listener = new Listener(await Deno.connect(address), histogram);
    const params = connectParams({ auth: { token } });
    const hello = JSON.stringify({ type: "req", id: "hello", method: "connect", params });
    await listener.#conn.write(openingRequest(address.port));
    await listener.#conn.write(encodeFrame(hello));
    listener.#pump = listener.#read();
    await listener.#ready.promise;
    return listener;
  }

  async close(): Promise<void> {
    if (!this.isGone) this.#conn.close();
    await this.#pump;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    try {
      let isOpening = true;
      while (true) {
        const count = await this.#conn.read(buffer);
        if (count === null) break;
        let bytes = buffer.subarray(0, count);
        if (isOpening) {
          const end = LATIN1.decode(bytes).indexOf("\r\n\r\n");
          if (end < 0) throw new Error("The head of the answer came in pieces");
          bytes = bytes.subarray(end + 4);
          isOpening = false;
        }
        this.#take(bytes);
      }
      this.#conn.close();
    } catch {
      // Closed by this side while reading: the end of a proof.
    }
    this.isGone = true;
    this.#ready.reject(new Error("The connection ended before hello"));
    this.#ready.promise.catch(() => {});
  }

  #take(fresh: Uint8Array<ArrayBuffer>): void {
    const bytes = this.#rest.length === 0 ? fresh : appendBytes(this.#rest, fresh);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at + 2 <= bytes.length) {
      const short = view.getUint8(at + 1) & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + head > bytes.length) break;
      const length = head === 2
        ? short
        : head === 4
        ? view.getUint16(at + 2)
        : Number(view.getBigUint64(at + 2));
      if (at + head + length > bytes.length) break;
      this.#frame(bytes.subarray(at + head, at + head + length));
      at += head + length;
    }
    // The buffer of reads is used again: what is left of it must be copied, once.
    this.#rest = bytes === fresh ? bytes.slice(at) : bytes.subarray(at);
  }

  #frame(payload: Uint8Array): void {
    if (payload[TYPE_AT] !== EVENT_TYPE) return this.#ready.resolve();
    // Run events also have a number of their own, but never at the very end.
    const seq = /"seq":(\d+)\}$/.exec(LATIN1.decode(payload.subarray(-24)))?.[1];
    if (seq === undefined) return;
    if (Number(seq) !== this.#seq + 1) this.gaps++;
    this.#seq = Number(seq);
    this.frames++;
    const ts = /"stream":"assistant","ts":(\d+)/.exec(LATIN1.decode(payload.subarray(0, 300)))?.[1];
    if (ts === undefined) return;
    const late = Math.max(0, Math.min(MAX_LATENCY_MS, Date.now() - Number(ts)));
    this.#histogram[late]!++;
  }
}

const LATIN1 = new TextDecoder("latin1");
/** Where the type begins in `{"type":"event"` and `{"type":"res"`. */
const TYPE_AT = 9;
/** The `e` of `event`. */
const EVENT_TYPE = 0x65;

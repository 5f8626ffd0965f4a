/**
 * A WebSocket client that writes its own bytes: it may break any rule, and sees every frame as it came.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Frame } from "./socket.ts";

/** Frame types of RFC 6455; reserved ones are plain numbers. */
export const OPCODE = {
  CONTINUATION: 0,
  TEXT: 1,
  BINARY: 2,
  CLOSE: 8,
  PING: 9,
  PONG: 10,
} as const;

/** What a frame may have that a correct one has not. */
export interface FrameOptions {
  opcode?: number;
  isFinal?: boolean;
  /** The three reserved bits, 0 to 7. */
  reserved?: number;
  /** `false` leaves the mask out, an array is taken as the mask. */
  mask?: boolean | readonly number[];
  /** Writes the length in a form that is longer than needed, or only that form. */
  lengthForm?: 7 | 16 | 64;
  /** Announces another length than the payload has. */
  announcedBytes?: number | bigint;
}

/** A frame as it arrived. */
export interface RawFrame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly reserved: number;
  readonly isMasked: boolean;
  readonly payload: Uint8Array;
}

/** How a connection ended: `code` is absent when no close frame, or an empty one, came. */
export interface RawEnding {
  readonly how: "close" | "cut" | "open";
  readonly code?: number;
  readonly reason?: string;
}

/** What the opening request says. */
export interface OpenOptions {
  hostname?: string;
  method?: string;
  target?: string;
  httpVersion?: string;
  /** Replaces headers of a correct request; `null` leaves one out, a list repeats it. */
  headers?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Bytes sent in the same write as the request. */
  pipelined?: Uint8Array;
}

/** The answer to the opening request. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Headers;
}

/** A fixed mask with four different bytes; randomness would only make failures harder to repeat. */
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;
/** `Sec-WebSocket-Key` of the example in RFC 6455; the accept value belongs to it. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
/** What a server must answer to {@linkcode KEY}. */
export const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** How long a peer gets to answer before a test calls it silent. */
export const WAIT_MS = 10_000;

const encoder = new TextEncoder();

/** The bytes of one frame, masked unless told otherwise. */
export function encodeFrame(
  payload: Uint8Array | string = "",
  options: FrameOptions = {},
): Uint8Array<ArrayBuffer> {
  const body = typeof payload === "string" ? encoder.encode(payload) : payload;
  const { opcode = OPCODE.TEXT, isFinal = true, reserved = 0 } = options;
  const mask = options.mask === false ? undefined : options.mask === true ? MASK : options.mask;
  const key = options.mask === undefined ? MASK : mask;
  const length = BigInt(options.announcedBytes ?? body.length);
  const form = options.lengthForm ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const extra = form === 7 ? 0 : form / 8;
  const head = 2 + extra + (key ? 4 : 0);
  const bytes = new Uint8Array(head + body.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  bytes[1] = (key ? 0x80 : 0) | (form === 7 ? Number(length) : form === 16 ? 126 : 127);
  if (form === 16) view.setUint16(2, Number(length));
  if (form === 64) view.setBigUint64(2, BigInt.asUintN(64, length));
  if (key) bytes.set(key, 2 + extra);
  bytes.set(body, head);
  if (key) maskInPlace(bytes.subarray(head), key);
  return bytes;
}

function maskInPlace(bytes: Uint8Array, key: readonly number[]): void {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= key[i & 3]!;
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: string | Uint8Array = ""): Uint8Array {
  const text = typeof reason === "string" ? encoder.encode(reason) : reason;
  const bytes = new Uint8Array(2 + text.length);
  new DataView(bytes.buffer).setUint16(0, code);
  bytes.set(text, 2);
  return bytes;
}

/** Some byte arrays in one. */
export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * `kept` with `fresh` behind it, in the same memory while there is room.
 *
 * Room doubles, so that a large frame is not copied for every read. What is behind `kept` in its memory
 * must belong to nobody else.
 */
export function appendBytes(
  kept: Uint8Array<ArrayBuffer>,
  fresh: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const length = kept.length + fresh.length;
  if (kept.byteOffset + length > kept.buffer.byteLength) {
    const room = new Uint8Array(2 * length);
    room.set(kept);
    room.set(fresh, kept.length);
    return room.subarray(0, length);
  }
  const grown = new Uint8Array(kept.buffer, kept.byteOffset, length);
  grown.set(fresh, kept.length);
  return grown;
}

/** The opening request, with what a case changes in it. */
export function openingRequest(port: number, options: OpenOptions = {}): Uint8Array {
  const { method = "GET", target = "/", httpVersion = "HTTP/1.1" } = options;
  const headers: Record<string, string | readonly string[] | null> = {
    "Host": `127.0.0.1:${port}`,
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...options.headers,
  };
  const lines = [`${method} ${target} ${httpVersion}`];
  for (const [name, value] of Object.entries(headers)) {
    for (const one of value === null ? [] : typeof value === "string" ? [value] : value) {
      lines.push(`${name}: ${one}`);
    }
  }
  return encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** A TCP connection that speaks WebSocket only as far as a case wants. */
export class RawWebSocket implements AsyncDisposable {
  /** How long its end is waited for unless told otherwise. */
  patienceMs = WAIT_MS;
  readonly #conn: Deno.TcpConn;
  /** Bytes that have arrived and are not taken yet. */
  #chunk = new Uint8Array();
  #isAtEnd = false;
  #isClosed = false;
  #answer: OpenAnswer = { status: 0, headers: new Headers() };

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** A TCP connection on which nothing was sent yet. */
  static async dial(port: number, hostname = "127.0.0.1"): Promise<RawWebSocket> {
    const conn = await Deno.connect({ hostname, port });
    conn.setNoDelay(true);
    return new RawWebSocket(conn);
  }

  /** Dials and sends the opening request; {@linkcode RawWebSocket.answer} has what came back. */
  static async open(port: number, options: OpenOptions = {}): Promise<RawWebSocket> {
    const socket = await RawWebSocket.dial(port, options.hostname);
    try {
      const request = openingRequest(port, options);
      await socket.send(options.pipelined ? joinBytes(request, options.pipelined) : request);
      await socket.readAnswer();
      return socket;
    } catch (error) {
      socket.cut();
      throw error;
    }
  }

  /** Opens, takes the challenge and says hello. */
  static async connect(port: number, params: Frame, options?: OpenOptions): Promise<RawWebSocket> {
    const socket = await RawWebSocket.open(port, options);
    try {
      await socket.nextJson();
      await socket.sendJson({ type: "req", id: "hello", method: "connect", params });
      const hello = await socket.response("hello");
      if (hello["ok"] !== true) throw new Error(`No hello: ${JSON.stringify(hello["error"])}`);
      return socket;
    } catch (error) {
      socket.cut();
      throw error;
    }
  }

  /** The answer to the opening request; status 0 when the peer hung up instead. */
  get answer(): OpenAnswer {
    return this.#answer;
  }

  /** Reads the head of the answer to an opening request. */
  async readAnswer(): Promise<OpenAnswer> {
    let end: number;
    while (
      (end = Buffer.from(this.#chunk.buffer, this.#chunk.byteOffset, this.#chunk.length)
        .indexOf("\r\n\r\n")) < 0
    ) {
      if (!await this.#fill()) return this.#answer;
    }
    const [start = "", ...lines] = new TextDecoder().decode(this.#chunk.subarray(0, end))
      .split("\r\n");
    this.#chunk = this.#chunk.subarray(end + 4);
    const headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    return this.#answer = { status: Number(start.split(" ")[1]), headers };
  }

  /** Sends bytes as they are. @throws When the peer has gone. */
  async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Sends bytes as far as the peer takes them; answers whether all went. */
  async trySend(bytes: Uint8Array): Promise<boolean> {
    try {
      await this.send(bytes);
      return true;
    } catch {
      // The peer hung up in the middle: the case looks at how.
      return false;
    }
  }

  /** Sends one byte per write. */
  async sendSlowly(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at++) await this.send(bytes.subarray(at, at + 1));
  }

  /** Sends one frame. */
  async frame(payload?: Uint8Array | string, options?: FrameOptions): Promise<void> {
    await this.send(encodeFrame(payload, options));
  }

  /** Sends a text frame of JSON. */
  async sendJson(value: unknown): Promise<void> {
    await this.frame(JSON.stringify(value));
  }

  /** Ends the sending half; the peer may go on. */
  async endWriting(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** The next frame, or `undefined` when the connection ended. */
  async next(waitMs = WAIT_MS): Promise<RawFrame | undefined> {
    if (!await this.#have(2, waitMs)) return undefined;
    const short = this.#chunk[1]! & 0x7f;
    const extra = short < 126 ? 0 : short === 126 ? 2 : 8;
    const isMasked = (this.#chunk[1]! & 0x80) !== 0;
    const head = 2 + extra + (isMasked ? 4 : 0);
    if (!await this.#have(head, waitMs)) return undefined;
    const view = new DataView(this.#chunk.buffer, this.#chunk.byteOffset, head);
    const length = extra === 0
      ? short
      : extra === 2
      ? view.getUint16(2)
      : Number(view.getBigUint64(2));
    if (!await this.#have(head + length, waitMs)) return undefined;
    const first = this.#chunk[0]!;
    const payload = this.#chunk.slice(head, head + length);
    this.#chunk = this.#chunk.subarray(head + length);
    return {
      opcode: first & 15,
      isFinal: (first & 0x80) !== 0,
      reserved: (first >> 4) & 7,
      isMasked,
      payload,
    };
  }

  /** The next frame of a type, others passed over. @throws When the connection ends first. */
  async nextOf(opcode: number): Promise<RawFrame> {
    while (true) {
      const frame = await this.next();
      if (frame === undefined) throw new Error(`Connection ended before a frame ${opcode}`);
      if (frame.opcode === opcode) return frame;
      if (frame.opcode === OPCODE.CLOSE) throw new Error(`Closed: ${describeClose(frame)}`);
    }
  }

  /** The next text frame, parsed. */
  async nextJson(): Promise<Frame> {
    const { payload } = await this.nextOf(OPCODE.TEXT);
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  }

  /** The answer with that id; events and other answers are passed over. */
  async response(id: string): Promise<Frame> {
    while (true) {
      const frame = await this.nextJson();
      if (frame["type"] === "res" && frame["id"] === id) return frame;
    }
  }

  /** Sends a request and waits for its answer. */
  async call(method: string, id = method, params?: unknown): Promise<Frame> {
    await this.sendJson({ type: "req", id, method, params });
    return await this.response(id);
  }

  /** How the peer ends the connection, other frames passed over; `open` when it does not. */
  async ending(waitMs = this.patienceMs): Promise<RawEnding> {
    try {
      while (true) {
        const frame = await this.next(waitMs);
        if (frame === undefined) return { how: "cut" };
        if (frame.opcode !== OPCODE.CLOSE) continue;
        const { payload } = frame;
        if (payload.length < 2) return { how: "close" };
        return {
          how: "close",
          code: payload[0]! * 256 + payload[1]!,
          reason: new TextDecoder().decode(payload.subarray(2)),
        };
      }
    } catch (error) {
      if (error instanceof DOMException && error.name === "TimeoutError") return { how: "open" };
      throw error;
    }
  }

  /** Whether the peer has ended TCP, too; frames that still come are passed over. */
  async isCutWithin(waitMs: number): Promise<boolean> {
    try {
      while (await this.next(waitMs) !== undefined);
      return true;
    } catch {
      // Silence until the deadline.
      return false;
    }
  }

  /** Ends the connection without a close frame. */
  cut(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }

  async #have(bytes: number, waitMs: number): Promise<boolean> {
    while (this.#chunk.length < bytes) {
      if (!await this.#fill(waitMs)) return false;
    }
    return true;
  }

  /** Reads more; `false` at the end. @throws {DOMException} `TimeoutError` when nothing comes. */
  async #fill(waitMs = WAIT_MS): Promise<boolean> {
    if (this.#isAtEnd) return false;
    const buffer = new Uint8Array(65_536);
    const count = await this.#readWithin(buffer, waitMs);
    if (count === null) {
      this.#isAtEnd = true;
      return false;
    }
    this.#chunk = appendBytes(this.#chunk, buffer.subarray(0, count));
    return true;
  }

  #reading: Promise<number | null> | undefined;
  #readingInto: Uint8Array = new Uint8Array();

  /** A read that outlives its wait is taken up by the next one: no byte is lost. */
  async #readWithin(buffer: Uint8Array, waitMs: number): Promise<number | null> {
    if (this.#reading === undefined) {
      this.#readingInto = buffer;
      this.#reading = this.#conn.read(buffer).catch(() => null);
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new DOMException(`Nothing came within ${waitMs} ms`, "TimeoutError")),
        waitMs,
      );
    });
    try {
      const count = await Promise.race([this.#reading, late]);
      this.#reading = undefined;
      if (count !== null && this.#readingInto !== buffer) {
        buffer.set(this.#readingInto.subarray(0, count));
      }
      return count;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await this.#reading;
  }
}

/** A close frame in words. */
export function describeClose({ payload }: RawFrame): string {
  if (payload.length < 2) return "close without a code";
  return `${payload[0]! * 256 + payload[1]!} ${new TextDecoder().decode(payload.subarray(2))}`;
}

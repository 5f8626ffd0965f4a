/**
 * What the tests of the guard share: a guard on loopback with a handler of the test's own, and a client
 * that writes its own bytes.
 *
 * @module
 */
import { type Clock, type Logger, silentLogger } from "../base/mod.ts";
import { ManualClock, shortTempDir } from "../base/testing.ts";
import { systemClock } from "../platform/mod.ts";
import { EdgeGuard, type EdgeHandler } from "./guard.ts";
import { EDGE_LIMITS, type EdgeLimits } from "./limits.ts";

const [encoder, decoder] = [new TextEncoder(), new TextDecoder("latin1")];

/**
 * A clock that stands still until a test lets it run: from then on every look at it takes time, so that
 * deadlines pass with the looks of the guard, however busy the machine is.
 */
export class SteppingClock extends ManualClock {
  /** Milliseconds that a look takes. */
  stepMs = 0;
  looks = 0;

  override monotonic(): number {
    this.looks++;
    return this.advance(this.stepMs);
  }
}

/** A guard that looks at its deadlines often; it removes its folder when it is disposed of. */
export class TestGuard implements AsyncDisposable {
  readonly guard: EdgeGuard;
  readonly socketDir: string;

  private constructor(guard: EdgeGuard, socketDir: string) {
    this.guard = guard;
    this.socketDir = socketDir;
  }

  static async open(
    handler: EdgeHandler,
    limits: Partial<EdgeLimits> = {},
    log: Logger = silentLogger,
    clock: Clock = systemClock,
  ): Promise<TestGuard> {
    const socketDir = await shortTempDir("openclaw-edge-");
    const guard = await EdgeGuard.open({
      hostname: "127.0.0.1",
      port: 0,
      socketDir,
      handler,
      limits: { ...EDGE_LIMITS, sweepMs: 10, lingerMs: 500, ...limits },
      clock,
      log,
      limitKey: (address) => address,
    });
    return new TestGuard(guard, socketDir);
  }

  get port(): number {
    return this.guard.addr.port;
  }

  /** Connects and sends some text. */
  async dial(text = ""): Promise<RawClient> {
    const client = new RawClient(await Deno.connect({ hostname: "127.0.0.1", port: this.port }));
    await client.send(text);
    return client;
  }

  /** Waits until what was sent before has been read: a later connection is served after it. */
  async settle(): Promise<void> {
    using later = await this.dial(get("/settled", "Connection: close\r\n"));
    await later.rest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guard.close(0);
    await Deno.remove(this.socketDir, { recursive: true });
  }
}

/** A TCP client that keeps all it is sent as text, a byte a character. */
export class RawClient implements Disposable {
  readonly conn: Deno.TcpConn;
  /** Bytes that the system has taken. */
  sentBytes = 0;
  #text = "";
  #isClosed = false;

  constructor(conn: Deno.TcpConn) {
    this.conn = conn;
  }

  async send(data: string | Uint8Array): Promise<void> {
    let bytes = typeof data === "string" ? encoder.encode(data) : data;
    while (bytes.length > 0) {
      const count = await this.conn.write(bytes);
      this.sentBytes += count;
      bytes = bytes.subarray(count);
    }
  }

  /** Takes the text up to the end of `mark`. @throws {Error} When the connection ends before. */
  async until(mark: string): Promise<string> {
    while (!this.#text.includes(mark)) {
      if (!await this.#read()) throw new Error(`Ended before "${mark}": ${this.#text}`);
    }
    const end = this.#text.indexOf(mark) + mark.length;
    const taken = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return taken;
  }

  /** Takes all text until the connection ends, however it ends. */
  async rest(): Promise<string> {
    while (await this.#read().catch(() => false));
    const taken = this.#text;
    this.#text = "";
    return taken;
  }

  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    const count = await this.conn.read(buffer);
    if (count !== null) this.#text += decoder.decode(buffer.subarray(0, count));
    return count !== null;
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.conn.close();
  }
}

/** A request without a body. */
export function get(target: string, headers = "", version = "1.1"): string {
  return `GET ${target} HTTP/${version}\r\nHost: gateway.example\r\n${headers}\r\n`;
}

/** The head of a request with a body. */
export function post(headers: string): string {
  return `POST /post HTTP/1.1\r\nHost: gateway.example\r\n${headers}\r\n`;
}

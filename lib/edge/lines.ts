/**
 * All connections of one guard: how many of whom, and which of them a request came by.
 *
 * @module
 */
import { type Clock, type Logger, randomHex } from "../base/mod.ts";
import { EdgeConnection } from "./connection.ts";
import type { EdgeLimits } from "./limits.ts";
import type { EdgeLine } from "./line.ts";
import { encodeRefusal } from "./refusal.ts";
import { TlsPeerConn } from "./tls_conn.ts";
import type { TlsTerminator } from "./tls_terminator.ts";

/** What connections are held by. */
export interface LinesOptions {
  readonly limits: EdgeLimits;
  readonly clock: Clock;
  readonly log: Logger;
  /** What strangers of an address are counted under; `undefined` for one that is not counted. */
  limitKey(address: string): string | undefined;
}

/** The connections of a guard. */
export class Lines {
  readonly #options: LinesOptions;
  /** Name of the header that says which connection it is; from a client it is refused. */
  readonly #reserved = `x-edge-${randomHex(16)}`;
  readonly #connections = new Map<string, EdgeConnection>();
  readonly #strangers = new Map<string, number>();
  #strangerCount = 0;
  #lastId = 0;
  #sweep: ReturnType<typeof setInterval> | undefined;
  #onEmpty: () => void = () => {};

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  /** The connection that a request came by; absent when it has ended, or never was the guard's. */
  of(request: Request): EdgeLine | undefined {
    return this.#connections.get(request.headers.get(this.#reserved) ?? "");
  }

  /** Whether a request came through the guard: nobody else knows the name of its header. */
  isOurs(request: Request): boolean {
    return request.headers.has(this.#reserved);
  }

  /** Serves a connection, or turns it away when there are too many. */
  take(conn: Deno.TcpConn, dial: () => Promise<Deno.Conn>, terminator?: TlsTerminator): void {
    const { limits, clock, log } = this.#options;
    const key = this.#options.limitKey(conn.remoteAddr.hostname);
    if (this.#isFull(key)) return terminator ? conn.close() : turnAway(conn);
    conn.setNoDelay(true);
    const release = this.#countStranger(key);
    const peer = terminator ? new TlsPeerConn(conn, terminator) : conn;
    const id = String(++this.#lastId);
    const connection = new EdgeConnection(peer, id, {
      limits,
      clock,
      log,
      reserved: this.#reserved,
      dial,
      onAuthenticated: release,
    });
    this.#connections.set(id, connection);
    this.#sweep ??= setInterval(() => this.#lookAtDeadlines(), limits.sweepMs);
    connection.run().then(() => {
      release();
      this.#connections.delete(id);
      if (this.#connections.size === 0) this.#rest();
    });
  }

  /** Ends those that have no request under way; resolves when all are gone. */
  async end(): Promise<void> {
    for (const connection of this.#connections.values()) {
      if (!connection.isBusy) connection.cut();
    }
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }

  /** Ends all at once. */
  cut(): void {
    for (const connection of this.#connections.values()) connection.cut();
    this.#rest();
  }

  #lookAtDeadlines(): void {
    const now = this.#options.clock.monotonic();
    for (const connection of this.#connections.values()) connection.sweep(now);
  }

  /** Without connections there is nothing to wake up for. */
  #rest(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
    this.#onEmpty();
  }

  #isFull(key: string | undefined): boolean {
    const { maxConnections, maxStrangers, maxStrangersPerAddress } = this.#options.limits;
    return this.#connections.size >= maxConnections || this.#strangerCount >= maxStrangers ||
      (key !== undefined && (this.#strangers.get(key) ?? 0) >= maxStrangersPerAddress);
  }

  /** Counts a stranger; the result takes that back, once. */
  #countStranger(key: string | undefined): () => void {
    this.#strangerCount++;
    if (key !== undefined) this.#strangers.set(key, (this.#strangers.get(key) ?? 0) + 1);
    let isCounted = true;
    return () => {
      if (!isCounted) return;
      isCounted = false;
      this.#strangerCount--;
      if (key === undefined) return;
      const left = this.#strangers.get(key)! - 1;
      if (left > 0) this.#strangers.set(key, left);
      else this.#strangers.delete(key);
    };
  }
}

const TOO_MANY = encodeRefusal({
  status: 503,
  code: "UNAVAILABLE",
  message: "Too many connections",
});

/** Says why in one write, which a new connection has room for, and hangs up. */
function turnAway(conn: Deno.TcpConn): void {
  const close = () => conn.close();
  conn.write(TOO_MANY).then(close, close);
}

/**
 * The outer end of a guarded connection: what the peer sends, what it is sent, and until when.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import { ByteSource } from "./byte_source.ts";
import type { EdgeLimits } from "./limits.ts";
import type { PeerConn } from "./tls_conn.ts";

/** What is read and thrown away of a peer that is to leave. */
const MAX_LINGER_BYTES = 1024 * 1024;

/** The peer's own connection, with its deadlines; they are looked at by the guard's sweep. */
export class PeerSide {
  readonly remoteAddr: Deno.NetAddr;
  readonly source: ByteSource;
  /** When the peer must have sent what it is expected to send. */
  readDeadline = Infinity;
  readonly #conn: PeerConn;
  readonly #limits: EdgeLimits;
  readonly #clock: Clock;
  #writeDeadline = Infinity;
  #endDeadline = Infinity;
  #isLeaving = false;
  #isCut = false;

  constructor(conn: PeerConn, limits: EdgeLimits, clock: Clock) {
    this.remoteAddr = conn.remoteAddr;
    this.source = new ByteSource(conn);
    this.#conn = conn;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Whether nothing more is sent to the peer. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Whether the connection is closed. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether the peer took too long to take bytes or to leave. */
  isOverdue(now: number): boolean {
    return now > this.#writeDeadline || now > this.#endDeadline;
  }

  /** Sends all bytes; every one that is taken gives the peer new time. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      this.#writeDeadline = this.#clock.monotonic() + this.#limits.writeStallMs;
      rest = rest.subarray(await this.#conn.write(rest));
    }
    this.#writeDeadline = Infinity;
  }

  /** The connection is cut when it is still there after `ms`. */
  endWithin(ms: number): void {
    this.#endDeadline = Math.min(this.#endDeadline, this.#clock.monotonic() + ms);
  }

  /** Tells the peer that nothing follows and gives it a moment to leave by itself. */
  leave(): void {
    if (this.#isLeaving || this.#isCut) return;
    this.#isLeaving = true;
    this.endWithin(this.#limits.lingerMs);
    this.#conn.closeWrite().catch(() => this.cut());
  }

  /**
   * Reads until the peer has left. A connection that is closed with unread bytes is reset, and its peer
   * may lose the answer that it was just sent.
   */
  async drain(): Promise<void> {
    let left = MAX_LINGER_BYTES;
    while (left > 0) {
      this.source.drop(this.source.bytes.length);
      const count = await this.source.fill();
      if (count === null) return;
      left -= count;
    }
  }

  /** Closes at once. What the peer has not taken is thrown away by the process. */
  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#conn.close();
  }
}

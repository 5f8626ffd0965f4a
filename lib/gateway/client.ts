/**
 * One authenticated connection, as the rest of the gateway sees it.
 *
 * @module
 */
import { CLOSE, CLOSE_REASON, MAX_BUFFERED_BYTES, type Role } from "../protocol/mod.ts";

/** The part of a WebSocket that is written to. */
export interface FrameSink {
  send(frame: string): void;
  close(code: number, reason?: string): void;
  /** Bytes handed over and not yet taken by the network. */
  readonly bufferedAmount: number;
  readonly isOpen: boolean;
}

/** What a client said of itself and what it was granted. */
export interface ClientIdentity {
  connId: string;
  role: Role;
  /** Scopes of this connection, as requested and granted. */
  scopes: readonly string[];
  /** Capabilities, such as `tool-events`. */
  caps: readonly string[];
  /** `client.id` of the connect parameters, such as `cli`. */
  clientId: string;
  clientMode: string;
  clientVersion: string;
  platform: string;
  displayName?: string;
  deviceId?: string;
  instanceId?: string;
  /** Address of the peer. */
  address: string;
  isLocalDirect: boolean;
  /** Which credential of the gateway let it in; absent when its own did. */
  authGeneration?: number;
  /** Key of its presence entry; absent for clients that are not tracked. */
  presenceKey?: string;
}

/** A connection after hello. */
export class Client {
  readonly identity: ClientIdentity;
  readonly #sink: FrameSink;
  readonly #farewells = new Set<() => void>();
  #seq = 0;

  constructor(identity: ClientIdentity, sink: FrameSink) {
    this.identity = identity;
    this.#sink = sink;
  }

  get connId(): string {
    return this.identity.connId;
  }

  /** Whether what is sent may still arrive. */
  get isOpen(): boolean {
    return this.#sink.isOpen;
  }

  /** Whether this connection cannot keep up. */
  get isSlow(): boolean {
    return this.#sink.bufferedAmount > MAX_BUFFERED_BYTES;
  }

  /**
   * Sends a frame as it is; a closed connection swallows it. A connection that asks and does not read
   * is closed: what waits for it would grow without bound.
   */
  send(frame: string): void {
    if (!this.#sink.isOpen) return;
    if (this.isSlow) this.close(CLOSE.POLICY, CLOSE_REASON.SLOW_CONSUMER);
    else this.#sink.send(frame);
  }

  /**
   * Sends a broadcast event under this connection's next number.
   *
   * A slow connection misses events that may be dropped, their number is spent so that it can see the
   * gap; for any other event it is closed.
   */
  sendNumbered(encode: (seq: number) => string, isDroppable: boolean): void {
    if (!this.#sink.isOpen) return;
    const seq = ++this.#seq;
    if (!this.isSlow) this.#sink.send(encode(seq));
    else if (!isDroppable) this.close(CLOSE.POLICY, CLOSE_REASON.SLOW_CONSUMER);
  }

  /** Calls `run` when the connection has ended; the returned function prevents it. */
  whenGone(run: () => void): () => void {
    this.#farewells.add(run);
    return () => void this.#farewells.delete(run);
  }

  /** Says that the connection has ended. */
  gone(): void {
    for (const run of this.#farewells) run();
    this.#farewells.clear();
  }

  close(code: number, reason: string): void {
    if (this.#sink.isOpen) this.#sink.close(code, reason);
  }
}

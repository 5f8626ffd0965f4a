/**
 * What waits to be sent to one socket.
 *
 * The runtime takes whatever it is handed and can neither give it back nor cut a connection: a peer
 * that stops reading would hold all of it until TCP gives up. So the runtime is handed little at a
 * time, and the rest waits here, where it can be thrown away.
 *
 * @module
 */
import { OUTBOX_WINDOW_BYTES } from "../protocol/mod.ts";

/** Time between two looks at a peer that is behind. */
const DRAIN_INTERVAL_MS = 10;

/** The part of a WebSocket that an outbox needs. */
export interface OutboxSocket {
  send(frame: string): void;
  /** Bytes that the runtime was handed and the network has not taken. */
  readonly bufferedAmount: number;
  /** As of a WebSocket; one that is not open takes no frames. */
  readonly readyState: number;
}

const encoder = new TextEncoder();

/** A frame that waits. */
interface Waiting {
  readonly frame: string;
  /** In UTF-8. */
  readonly bytes: number;
}

/** Frames on their way to one peer, in order. */
export class Outbox {
  readonly #socket: OutboxSocket;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: OutboxSocket) {
    this.#socket = socket;
  }

  /** Bytes that the peer has not taken, here and in the runtime. */
  get bytes(): number {
    return this.#waitingBytes + this.#socket.bufferedAmount;
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Sends a frame now, or once the peer has taken most of those before it. */
  send(frame: string): void {
    if (this.#waiting.length === 0 && this.#socket.bufferedAmount < OUTBOX_WINDOW_BYTES) {
      this.#socket.send(frame);
      return;
    }
    const bytes = encoder.encode(frame).length;
    this.#waiting.push({ frame, bytes });
    this.#waitingBytes += bytes;
    this.#timer ??= setTimeout(() => this.#drain(), DRAIN_INTERVAL_MS);
  }

  /** Hands everything over at once: the connection ends, and this belongs before its end. */
  flush(): void {
    for (const { frame } of this.#waiting) {
      if (!this.#isOpen) break;
      this.#socket.send(frame);
    }
    this.clear();
  }

  /** Throws away what waits here. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #drain(): void {
    this.#timer = undefined;
    if (!this.#isOpen) return this.clear();
    let sent = 0;
    while (sent < this.#waiting.length && this.#socket.bufferedAmount < OUTBOX_WINDOW_BYTES) {
      const { frame, bytes } = this.#waiting[sent++]!;
      this.#waitingBytes -= bytes;
      this.#socket.send(frame);
    }
    this.#waiting.splice(0, sent);
    if (this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => this.#drain(), DRAIN_INTERVAL_MS);
  }
}

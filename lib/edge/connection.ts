/**
 * One guarded connection: requests one way, answers the other, one exchange at a time.
 *
 * @module
 */
import { type Clock, errorMessage, type Logger } from "../base/mod.ts";
import { passAnswer } from "./answer_body.ts";
import { parseAnswerHead } from "./answer_head.ts";
import { ByteSource } from "./byte_source.ts";
import { InnerSide } from "./inner_side.ts";
import type { EdgeLimits } from "./limits.ts";
import type { EdgeLine } from "./line.ts";
import { PeerSide } from "./peer_side.ts";
import { encodeRefusal, malformed, type Refusal } from "./refusal.ts";
import type { PeerConn } from "./tls_conn.ts";
import { type BodyEnding, joined, passRequestBody } from "./request_body.ts";
import { findHeadEnd, parseRequestHead, type RequestHead } from "./request_head.ts";

/** What a guarded connection works with. */
export interface EdgeConnectionDeps {
  readonly limits: EdgeLimits;
  readonly clock: Clock;
  readonly log: Logger;
  /** Lower-case name of the header that tells the server behind which connection this is. */
  readonly reserved: string;
  /** Connects to the server behind. */
  dial(): Promise<Deno.Conn>;
  /** Is told once, when the connection stops being a stranger's. */
  onAuthenticated(): void;
}

/** A request whose answer has not ended. */
interface Exchange {
  readonly method: string;
  /** Whether the peer has been sent something of the answer. */
  hasAnswer: boolean;
  readonly over: PromiseWithResolvers<void>;
}

const encoder = new TextEncoder();
const UNAVAILABLE: Refusal = {
  status: 503,
  code: "UNAVAILABLE",
  message: "The gateway takes no requests now",
};

/** One connection of a peer and the one behind it. */
export class EdgeConnection implements EdgeLine {
  readonly id: string;
  readonly #peer: PeerSide;
  readonly #deps: EdgeConnectionDeps;
  #inner: InnerSide | undefined;
  #exchange: Exchange | undefined;
  #answers: Promise<void> = Promise.resolve();
  #hasServed = false;
  #isTunnel = false;
  /** Whether a request's body has not ended; its answer may have. */
  #isInBody = false;
  #strangerBytes: number;
  #onExcess: () => void = () => {};

  constructor(conn: PeerConn, id: string, deps: EdgeConnectionDeps) {
    this.id = id;
    this.#deps = deps;
    this.#peer = new PeerSide(conn, deps.limits, deps.clock);
    this.#peer.readDeadline = deps.clock.monotonic() + deps.limits.headMs;
    this.#strangerBytes = deps.limits.maxStrangerBytes;
  }

  get remoteAddr(): Deno.NetAddr {
    return this.#peer.remoteAddr;
  }

  /** Whether something is owed to the peer: an answer, or the end of one. */
  get isBusy(): boolean {
    return this.#exchange !== undefined || this.#peer.isLeaving;
  }

  /** Serves until both ends are closed and nothing is held any more; never fails. */
  async run(): Promise<void> {
    try {
      await this.#passRequests();
      if (!this.#peer.isLeaving) await this.#answers;
      if (this.#peer.isLeaving) await this.#peer.drain();
    } catch (error) {
      this.#broke(error);
    }
    this.cut();
    await this.#answers;
  }

  /** Acts on deadlines that are over. */
  sweep(now: number): void {
    if (this.#peer.isOverdue(now)) this.cut();
    else if (now > this.#peer.readDeadline) this.#readTooLate();
  }

  authenticated(): void {
    if (this.#strangerBytes === Infinity) return;
    this.#strangerBytes = Infinity;
    this.#deps.onAuthenticated();
  }

  onExcess(listener: () => void): void {
    this.#onExcess = listener;
  }

  closing(): void {
    this.#peer.endWithin(this.#deps.limits.closeAnswerMs);
  }

  cut(): void {
    this.#peer.cut();
    this.#endInner();
  }

  /** Ends in order: what was sent arrives, and nothing follows. */
  leave(): void {
    this.#peer.leave();
    this.#endInner();
  }

  #endInner(): void {
    this.#inner?.close();
    this.#exchange?.over.resolve();
  }

  #broke(error: unknown): void {
    const { isCut, isLeaving } = this.#peer;
    if (isCut || isLeaving) return;
    this.#deps.log.debug(`connection broke: ${errorMessage(error)}`);
    this.cut();
  }

  #readTooLate(): void {
    this.#peer.readDeadline = Infinity;
    if (!this.#isInBody && this.#peer.source.bytes.length === 0) return this.leave();
    this.#refuse(tooSlow(this.#isInBody ? "body" : "head"));
  }

  /** Answers with a refusal, unless an answer has begun, and ends. */
  #refuse(refusal: Refusal): void {
    const { log } = this.#deps;
    const isAnswered = this.#exchange ? this.#exchange.hasAnswer : this.#isInBody;
    if (isAnswered || this.#peer.isLeaving) return this.cut();
    log.debug(`refused: ${refusal.message}`, { peer: this.remoteAddr.hostname });
    if (this.#exchange) this.#exchange.hasAnswer = true;
    this.#peer.write(encodeRefusal(refusal)).catch(() => this.cut());
    this.leave();
  }

  async #passRequests(): Promise<void> {
    while (true) {
      const head = await this.#nextHead();
      // The server must know at once: it ends the work for a peer that is gone.
      if (head === undefined) return await this.#inner?.endWriting();
      // Whoever pipelines waits: the next request is not passed on before this one is answered.
      await this.#exchange?.over.promise;
      if (this.#peer.isLeaving || this.#peer.isCut) return;
      if ("status" in head) return this.#refuse(head);
      const inner = this.#inner ??= await this.#dial();
      if (inner === undefined) return this.#refuse(UNAVAILABLE);
      const ending = await this.#passRequest(head, inner);
      if (ending === "gone") return await inner.endWriting();
      if (ending === "slow") return this.#refuse(tooSlow("body"));
      if (ending === "malformed") return this.#refuse(malformed("Malformed chunk"));
      if (ending === "unwanted") return;
      if (!head.isUpgrade) continue;
      await this.#exchange?.over.promise;
      if (this.#isTunnel) return await this.#passFrames(inner);
    }
  }

  /** The next head, still at the front of the source; `undefined` when the peer sends no more. */
  async #nextHead(): Promise<RequestHead | Refusal | undefined> {
    const { limits, clock, reserved } = this.#deps;
    const { source } = this.#peer;
    for (let searched = 0;;) {
      const { bytes } = source;
      const end = findHeadEnd(bytes, searched, limits.maxHeadBytes);
      if (typeof end === "number") {
        return parseRequestHead(bytes.subarray(0, end), limits, reserved);
      }
      if (end !== undefined) return end;
      searched = bytes.length;
      if (await source.fill() === null || this.#peer.isLeaving) return undefined;
      const isFirstByte = searched === 0 && this.#hasServed && this.#exchange === undefined;
      if (isFirstByte) this.#peer.readDeadline = clock.monotonic() + limits.headMs;
    }
  }

  async #dial(): Promise<InnerSide | undefined> {
    this.#peer.readDeadline = Infinity;
    let inner: InnerSide;
    try {
      inner = new InnerSide(await this.#deps.dial());
    } catch (error) {
      this.#deps.log.warn(`cannot reach the server behind: ${errorMessage(error)}`);
      return undefined;
    }
    this.#answers = this.#passAnswers(inner).catch((error) => this.#broke(error));
    if (this.#peer.isCut || this.#peer.isLeaving) inner.close();
    return inner;
  }

  async #passRequest(head: RequestHead, inner: InnerSide): Promise<BodyEnding> {
    const { limits, clock, reserved } = this.#deps;
    const peer = this.#peer;
    peer.readDeadline = Infinity;
    const exchange = {
      method: head.method,
      hasAnswer: false,
      over: Promise.withResolvers<void>(),
    };
    this.#exchange = exchange;
    const own = encoder.encode(`${head.requestLine}${reserved}: ${this.id}\r\n`);
    const headers = peer.source.bytes.subarray(head.headersAt, head.bytes);
    if (!await inner.write(joined([own, headers]))) return "unwanted";
    peer.source.drop(head.bytes);
    this.#isInBody = head.framing.kind !== "none";
    const ending = await passRequestBody(head.framing, { peer, inner, limits, clock });
    if (ending === "whole") this.#isInBody = false;
    return ending;
  }

  async #passAnswers(inner: InnerSide): Promise<void> {
    const { source } = inner;
    while (await source.fill() !== null) {
      const exchange = this.#exchange;
      if (exchange === undefined || this.#peer.isLeaving) break;
      const mayGoOn = await this.#passAnswer(exchange, source);
      if (!mayGoOn) break;
    }
    this.leave();
  }

  /** Passes on what has come of an answer; `false` when the connection is to end. */
  async #passAnswer(exchange: Exchange, source: ByteSource): Promise<boolean> {
    const write = (bytes: Uint8Array) => this.#peer.write(bytes);
    for (let head = parseAnswerHead(source.bytes, exchange.method); head !== undefined;) {
      if (head.status === 101) return await this.#passTunnel(exchange, source);
      exchange.hasAnswer = head.status >= 200;
      if (!await passAnswer(head, source, write)) {
        this.cut();
        return false;
      }
      if (exchange.hasAnswer) {
        if (!head.keepsAlive) return false;
        this.#endExchange(exchange);
        return true;
      }
      head = parseAnswerHead(source.bytes, exchange.method);
    }
    return true;
  }

  #endExchange({ over }: Exchange): void {
    const { limits, clock } = this.#deps;
    this.#exchange = undefined;
    this.#hasServed = true;
    const waitMs = this.#peer.source.bytes.length > 0 ? limits.headMs : limits.idleMs;
    this.#peer.readDeadline = clock.monotonic() + waitMs;
    over.resolve();
  }

  /** From the answer to an upgrade on, everything is passed on as it comes. */
  async #passTunnel({ over }: Exchange, source: ByteSource): Promise<false> {
    this.#isTunnel = true;
    this.#exchange = undefined;
    over.resolve();
    do {
      await this.#peer.write(source.bytes);
      source.drop(source.bytes.length);
    } while (await source.fill() !== null);
    return false;
  }

  /** Passes on what a WebSocket's client sends; a stranger has a budget. */
  async #passFrames(inner: InnerSide): Promise<void> {
    const { source } = this.#peer;
    while (true) {
      const { bytes } = source;
      if (bytes.length > this.#strangerBytes) return this.#exceeded();
      this.#strangerBytes -= bytes.length;
      if (!await inner.write(bytes)) return;
      source.drop(bytes.length);
      const count = await source.fill();
      if (this.#peer.isLeaving) return;
      if (count === null) return await inner.endWriting();
    }
  }

  /** Reads no more of a stranger that sends too much, and leaves it the time to read why. */
  #exceeded(): void {
    this.#onExcess();
    this.#peer.endWithin(this.#deps.limits.lingerMs);
  }
}

function tooSlow(part: "head" | "body"): Refusal {
  const code = part === "body" ? "BODY_TIMEOUT" : "INVALID_REQUEST";
  return { status: 408, code, message: `Request ${part} came too slowly` };
}

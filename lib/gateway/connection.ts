/**
 * One WebSocket from its opening to its end: challenge, handshake, requests, limits.
 *
 * @module
 */
import { type Clock, errorMessage, type Logger, randomId } from "../base/mod.ts";
import {
  CLOSE,
  CLOSE_REASON,
  closeReason,
  encodeError,
  encodeEvent,
  encodeResponse,
  type HelloOk,
  invalidRequest,
  MAX_FRAME_BYTES,
  MAX_PREAUTH_FRAME_BYTES,
  parseFrame,
  toErrorShape,
} from "../protocol/mod.ts";
import { type ConnectParams, parseConnectParams } from "../protocol/methods/mod.ts";
import { Client, type FrameSink } from "./client.ts";
import type { ConnectAttempt } from "./admission.ts";
import type { ConnectionPeer, Grant, HandshakeRefusal } from "./handshake.ts";
import { Outbox } from "./outbox.ts";
import type { RpcServer } from "./rpc.ts";
import type { WsLog } from "./ws_log.ts";

/** Frames kept that a client sends without waiting for hello. */
const MAX_EARLY_FRAMES = 16;

/** What connections work with. */
export interface ConnectionDeps {
  clock: Clock;
  log: Logger;
  wsLog: WsLog;
  rpc: RpcServer;
  handshakeTimeoutMs: number;
  /** Judges a connect. */
  admit(attempt: ConnectAttempt): Promise<Grant | HandshakeRefusal>;
  /** Builds the hello of a client that was let in. */
  hello(client: Client, params: ConnectParams, grant: Grant): HelloOk;
  onReady(client: Client, grant: Grant): void;
  onGone(client: Client): void;
}

/** The end of a connection that its server can bring about. */
export interface Closable {
  /** Sends what still waits, then closes. */
  close(code: number, reason: string): void;
}

/** Serves one socket; returns at once, everything happens in the socket's events. */
export function serveConnection(
  socket: WebSocket,
  peer: ConnectionPeer,
  deps: ConnectionDeps,
  onHandshakeOver: () => void,
): Closable {
  const connection = new Connection(socket, peer, deps, onHandshakeOver);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => connection.open();
  socket.onmessage = (event) => connection.receive(event.data);
  socket.onclose = (event) => connection.closed(event.code, event.reason);
  // A broken socket also closes; the close carries all there is to know.
  socket.onerror = (event) => event.preventDefault();
  return connection;
}

class Connection implements FrameSink, Closable {
  readonly #socket: WebSocket;
  readonly #peer: ConnectionPeer;
  readonly #deps: ConnectionDeps;
  readonly #onHandshakeOver: () => void;
  readonly #outbox: Outbox;
  readonly #connId = randomId();
  readonly #nonce = randomId();
  #handshakeTimer: ReturnType<typeof setTimeout> | undefined;
  #isHandshakeOver = false;
  #isClosing = false;
  #isJudging = false;
  readonly #early: string[] = [];
  #client: Client | undefined;

  constructor(
    socket: WebSocket,
    peer: ConnectionPeer,
    deps: ConnectionDeps,
    onHandshakeOver: () => void,
  ) {
    this.#socket = socket;
    this.#peer = peer;
    this.#deps = deps;
    this.#onHandshakeOver = onHandshakeOver;
    this.#outbox = new Outbox(socket);
    peer.line?.onExcess(() => this.close(CLOSE.TOO_LARGE));
  }

  get isOpen(): boolean {
    return !this.#isClosing && this.#socket.readyState === WebSocket.OPEN;
  }

  get bufferedAmount(): number {
    return this.#outbox.bytes;
  }

  open(): void {
    this.#handshakeTimer = setTimeout(
      () => this.close(CLOSE.NORMAL),
      this.#deps.handshakeTimeoutMs,
    );
    const challenge = { nonce: this.#nonce, ts: this.#deps.clock.now() };
    this.send(encodeEvent("connect.challenge", challenge));
  }

  send(frame: string): void {
    this.#outbox.send(frame);
    this.#deps.wsLog.sent(this.#connId, frame);
  }

  close(code: number, reason = ""): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    // A peer that never answers the close keeps its socket, but not its place among the strangers.
    this.#endHandshake();
    if (reason === CLOSE_REASON.SLOW_CONSUMER) this.#outbox.clear();
    else this.#outbox.flush();
    this.#socket.close(code, closeReason(reason));
    this.#peer.line?.closing();
  }

  receive(data: unknown): void {
    if (this.#isClosing) return;
    const limit = this.#client ? MAX_FRAME_BYTES : MAX_PREAUTH_FRAME_BYTES;
    const text = decodeWithin(data, limit);
    if (text === undefined) return this.close(CLOSE.TOO_LARGE);
    this.#deps.wsLog.received(this.#connId, text);
    if (this.#client) return this.#request(this.#client, text);
    if (!this.#isJudging) return this.#connect(text);
    // The client did not wait for hello; what it sends counts from then on.
    if (this.#early.push(text) > MAX_EARLY_FRAMES) {
      this.close(CLOSE.POLICY, CLOSE_REASON.NOT_CONNECT);
    }
  }

  closed(code: number, reason: string): void {
    this.#isClosing = true;
    this.#endHandshake();
    this.#outbox.clear();
    const client = this.#client;
    this.#client = undefined;
    client?.gone();
    if (client) this.#deps.onGone(client);
    this.#deps.wsLog.closed(this.#connId, code, reason);
  }

  #endHandshake(): void {
    if (this.#isHandshakeOver) return;
    this.#isHandshakeOver = true;
    clearTimeout(this.#handshakeTimer);
    this.#onHandshakeOver();
  }

  #connect(text: string): void {
    const frame = parseFrame(text);
    if (frame.kind === "notJson") return this.close(CLOSE.NORMAL);
    if (frame.kind === "invalid") {
      this.send(encodeError(frame.id, invalidRequest(frame.message)));
      return this.close(CLOSE.POLICY, CLOSE_REASON.INVALID_FRAME);
    }
    if (frame.method !== "connect") {
      this.send(encodeError(frame.id, invalidRequest(CLOSE_REASON.NOT_CONNECT)));
      return this.close(CLOSE.POLICY, CLOSE_REASON.NOT_CONNECT);
    }
    const parsed = parseConnectParams(frame.params);
    if (!parsed.ok) {
      this.send(encodeError(frame.id, invalidRequest(parsed.message)));
      return this.close(CLOSE.POLICY, parsed.message);
    }
    this.#isJudging = true;
    const attempt = {
      params: parsed.params,
      peer: this.#peer,
      nonce: this.#nonce,
      nowMs: this.#deps.clock.now(),
    };
    this.#deps.admit(attempt).then(
      (verdict) => this.#settle(frame.id, parsed.params, verdict),
      (error) => {
        this.#deps.log.error(`connect failed: ${errorMessage(error)}`);
        this.send(encodeError(frame.id, toErrorShape(error)));
        this.close(CLOSE.INTERNAL, CLOSE_REASON.HANDLER_UNAVAILABLE);
      },
    );
  }

  #settle(id: string, params: ConnectParams, verdict: Grant | HandshakeRefusal): void {
    if (this.#isClosing) return;
    if (!verdict.ok) return this.#refuse(id, params, verdict);
    const client = this.#welcome(id, params, verdict);
    for (const text of this.#early.splice(0)) this.#request(client, text);
  }

  #refuse(id: string, { client }: ConnectParams, refusal: HandshakeRefusal): void {
    this.send(encodeError(id, refusal.error));
    this.close(refusal.closeCode, refusal.closeReason);
    this.#deps.log.warn(`connect refused: ${refusal.error.message}`, {
      client: client.id,
      mode: client.mode,
      peer: this.#peer.address,
    });
  }

  #welcome(id: string, params: ConnectParams, grant: Grant): Client {
    const { client: said, caps = [] } = params;
    const isTracked = said.mode !== "cli" && said.mode !== "probe";
    const client = new Client({
      connId: this.#connId,
      role: grant.role,
      scopes: grant.scopes,
      caps,
      clientId: said.id,
      clientMode: said.mode,
      clientVersion: said.version,
      platform: said.platform,
      ...(said.displayName === undefined ? {} : { displayName: said.displayName }),
      ...(said.instanceId === undefined ? {} : { instanceId: said.instanceId }),
      ...(grant.deviceId === undefined ? {} : { deviceId: grant.deviceId }),
      ...(grant.authGeneration === undefined ? {} : { authGeneration: grant.authGeneration }),
      address: this.#peer.address,
      isLocalDirect: this.#peer.isLocalDirect,
      ...(isTracked ? { presenceKey: grant.deviceId ?? said.instanceId ?? this.#connId } : {}),
    }, this);
    this.#client = client;
    this.#peer.line?.authenticated();
    this.#endHandshake();
    this.send(encodeResponse(id, this.#deps.hello(client, params, grant)));
    this.#deps.onReady(client, grant);
    return client;
  }

  #request(client: Client, text: string): void {
    const frame = parseFrame(text);
    // Not JSON at all is ignored: there is no id to answer under, and the socket may go on.
    if (frame.kind === "notJson") return;
    if (frame.kind === "invalid") {
      client.send(encodeError(frame.id, invalidRequest(frame.message)));
      return;
    }
    this.#deps.rpc.answer(client, frame.id, frame.method, frame.params).then(
      (mayGoOn) => {
        if (!mayGoOn) {
          this.close(CLOSE.POLICY, CLOSE_REASON.REPEATED_UNAUTHORIZED);
        }
      },
      (error) => {
        this.#deps.log.error(`request handling broke: ${errorMessage(error)}`);
        this.close(CLOSE.INTERNAL, CLOSE_REASON.HANDLER_UNAVAILABLE);
      },
    );
  }
}

/** The text of a message, or `undefined` when it has more than `limit` bytes of UTF-8. */
function decodeWithin(data: unknown, limit: number): string | undefined {
  if (data instanceof ArrayBuffer) {
    return data.byteLength > limit ? undefined : decodeUtf8(data);
  }
  if (typeof data !== "string" || data.length > limit) return undefined;
  // A UTF-16 unit takes at most three bytes: only near the limit the bytes must be counted.
  if (data.length * 3 <= limit) return data;
  return new TextEncoder().encode(data).length > limit ? undefined : data;
}

/** Bytes that are not UTF-8 read as no text at all, which no frame is. */
function decodeUtf8(data: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    // Treated as every other message that is not JSON.
    return "";
  }
}

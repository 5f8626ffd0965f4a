/**
 * Upgrades requests to WebSockets, within the limits for peers that have not said hello.
 *
 * @module
 */
import { MAX_PREAUTH_SOCKETS_PER_ADDRESS, MAX_SOCKETS, PING_INTERVAL_MS } from "../protocol/mod.ts";
import { withTimeout } from "../base/mod.ts";
import { areHeadersTooLarge } from "../http/mod.ts";
import { limitKey } from "./address.ts";
import type { ConnectionPeer } from "./handshake.ts";
import { type Closable, type ConnectionDeps, serveConnection } from "./connection.ts";

/** Silence after which a peer is dead; it is pinged after half of it. */
const DEAD_PEER_SECONDS = 2 * PING_INTERVAL_MS / 1000;
/** The only version there is (RFC 6455). */
const WEBSOCKET_VERSION = "13";
/** 16 bytes in base64 (RFC 6455, 4.1). */
const WEBSOCKET_KEY = /^[A-Za-z0-9+/]{22}==$/;
/** Sockets altogether, those that do not answer a close included. */
const MAX_OPEN_SOCKETS = 4096;
/** How long peers may take to answer a close before the gateway ends without them. */
const CLOSE_TIMEOUT_MS = 1000;

/** Accepts WebSockets and keeps count of those that are still strangers. */
export class SocketServer {
  readonly #deps: ConnectionDeps;
  readonly #sockets = new Map<WebSocket, Closable>();
  readonly #strangers = new Map<string, number>();
  #strangerCount = 0;
  #isClosing = false;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
  }

  /** Answers an upgrade request; the connection then lives on by itself. */
  upgrade(request: Request, peer: Omit<ConnectionPeer, "origin" | "host">): Response {
    if (this.#isClosing) return full("Gateway is stopping");
    if (areHeadersTooLarge(request)) return plain("Request headers too large", 431);
    if (request.method !== "GET") return plain("Method Not Allowed", 405, { allow: "GET" });
    if (request.headers.get("sec-websocket-version") !== WEBSOCKET_VERSION) {
      const headers = { "sec-websocket-version": WEBSOCKET_VERSION };
      return plain("Unknown WebSocket version", 426, headers);
    }
    // The runtime hashes any key, and takes the first of two.
    if (!WEBSOCKET_KEY.test(request.headers.get("sec-websocket-key") ?? "")) {
      return plain("Bad WebSocket key", 400);
    }
    // The runtime gives headers away with the upgrade: they are read before it.
    const origin = request.headers.get("origin") ?? undefined;
    const host = request.headers.get("host") ?? undefined;
    if (host === undefined) return plain("No Host", 400);
    if (this.#sockets.size >= MAX_OPEN_SOCKETS) return full("Too many sockets");
    const key = limitKey(peer.address);
    const count = this.#strangers.get(key) ?? 0;
    if (count >= MAX_PREAUTH_SOCKETS_PER_ADDRESS || this.#strangerCount >= MAX_SOCKETS) {
      return full("Too many unauthenticated sockets");
    }
    let upgraded: Deno.WebSocketUpgrade;
    try {
      upgraded = Deno.upgradeWebSocket(request, { idleTimeout: DEAD_PEER_SECONDS });
    } catch (error) {
      this.#deps.log.debug(`upgrade refused: ${String(error)}`);
      return plain("Bad WebSocket upgrade request", 400);
    }
    const { socket, response } = upgraded;
    this.#strangers.set(key, count + 1);
    this.#strangerCount++;
    const release = () => this.#release(key);
    const from = { ...peer, origin, host };
    const connection = serveConnection(socket, from, this.#deps, release);
    this.#sockets.set(socket, connection);
    socket.addEventListener("close", () => this.#sockets.delete(socket));
    return response;
  }

  /**
   * Takes no further sockets, closes every one, strangers included, and waits for the peers to
   * answer: a listener that is shut down earlier would close them with a code of its own.
   */
  async closeAll(code: number, reason: string): Promise<void> {
    this.#isClosing = true;
    const open = [...this.#sockets];
    const closed = open.map(([socket]) =>
      new Promise((resolve) => socket.addEventListener("close", resolve))
    );
    for (const [socket, connection] of open) {
      if (socket.readyState === WebSocket.OPEN) connection.close(code, reason);
    }
    await withTimeout<unknown>(Promise.all(closed), CLOSE_TIMEOUT_MS, () => undefined);
  }

  #release(key: string): void {
    this.#strangerCount--;
    const count = (this.#strangers.get(key) ?? 1) - 1;
    if (count > 0) this.#strangers.set(key, count);
    else this.#strangers.delete(key);
  }
}

/** Whoever is turned away is not to hold a connection instead of a socket. */
function full(text: string): Response {
  return plain(text, 503, { connection: "close" });
}

function plain(text: string, status: number, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}

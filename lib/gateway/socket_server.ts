/**
 * Upgrades requests to WebSockets, within the limits for peers that have not said hello.
 *
 * @module
 */
import { MAX_PREAUTH_SOCKETS_PER_ADDRESS, MAX_SOCKETS } from "../protocol/mod.ts";
import type { Peer } from "../http/mod.ts";
import { limitKey } from "./address.ts";
import { type ConnectionDeps, serveConnection } from "./connection.ts";

/** Accepts WebSockets and keeps count of those that are still strangers. */
export class SocketServer {
  readonly #deps: ConnectionDeps;
  readonly #sockets = new Set<WebSocket>();
  readonly #strangers = new Map<string, number>();
  #strangerCount = 0;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
  }

  /** Answers an upgrade request; the connection then lives on by itself. */
  upgrade(request: Request, peer: Peer): Response {
    const key = limitKey(peer.address);
    const count = this.#strangers.get(key) ?? 0;
    if (count >= MAX_PREAUTH_SOCKETS_PER_ADDRESS || this.#strangerCount >= MAX_SOCKETS) {
      return plain("Too many unauthenticated sockets", 503);
    }
    let upgraded: Deno.WebSocketUpgrade;
    try {
      upgraded = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    } catch (error) {
      this.#deps.log.debug(`upgrade refused: ${String(error)}`);
      return plain("Bad WebSocket upgrade request", 400);
    }
    const { socket, response } = upgraded;
    this.#strangers.set(key, count + 1);
    this.#strangerCount++;
    this.#sockets.add(socket);
    socket.addEventListener("close", () => this.#sockets.delete(socket));
    const origin = request.headers.get("origin") ?? undefined;
    const host = request.headers.get("host") ?? undefined;
    serveConnection(socket, { ...peer, origin, host }, this.#deps, () => this.#release(key));
    return response;
  }

  /** Closes every socket, strangers included. */
  closeAll(code: number, reason: string): void {
    for (const socket of this.#sockets) {
      if (socket.readyState === WebSocket.OPEN) socket.close(code, reason);
    }
  }

  #release(key: string): void {
    this.#strangerCount--;
    const count = (this.#strangers.get(key) ?? 1) - 1;
    if (count > 0) this.#strangers.set(key, count);
    else this.#strangers.delete(key);
  }
}

function plain(text: string, status: number): Response {
  return new Response(text, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

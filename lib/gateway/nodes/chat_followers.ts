/**
 * What happens in conversations, for the nodes that asked: written to their sockets as it is, without
 * a number.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { MAX_NODE_CHATS, mayDrop, prepareEvent } from "../../protocol/mod.ts";
import type { Client } from "../client.ts";

/** Events of one conversation; only its followers get them. */
const OF_SESSION: ReadonlySet<string> = new Set(["agent", "chat"]);
/** Events that every follower of any conversation gets. */
const OF_GATEWAY: ReadonlySet<string> = new Set(["tick", "health"]);

/** Which connection follows which sessions. */
export class ChatFollowers {
  readonly #sessions = new Map<Client, Set<string>>();

  /** Number of connections that follow something. */
  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Lets a node follow a session.
   *
   * @param sessionKey Canonical key.
   * @throws {AppError} `INVALID_REQUEST` when it follows too many.
   */
  add(client: Client, sessionKey: string): void {
    const keys = this.#sessions.get(client) ?? new Set();
    if (keys.size >= MAX_NODE_CHATS && !keys.has(sessionKey)) {
      throw new AppError(
        "INVALID_REQUEST",
        `Cannot follow "${sessionKey}": this node follows ${MAX_NODE_CHATS} sessions`,
        { hint: "Send chat.unsubscribe for one of them first" },
      );
    }
    this.#sessions.set(client, keys.add(sessionKey));
  }

  /** Ends the following of one session. */
  remove(client: Client, sessionKey: string): void {
    const keys = this.#sessions.get(client);
    keys?.delete(sessionKey);
    if (keys?.size === 0) this.#sessions.delete(client);
  }

  /** Forgets a connection that is gone. */
  forget(client: Client): void {
    this.#sessions.delete(client);
  }

  /** Passes an event on that everybody else has got. */
  relay(event: string, payload: unknown): void {
    if (this.#sessions.size === 0) return;
    const isOfSession = OF_SESSION.has(event);
    if (!isOfSession && !OF_GATEWAY.has(event)) return;
    const { sessionKey = "" } = payload as { sessionKey?: string };
    let frame: string | undefined;
    for (const [client, keys] of this.#sessions) {
      if (isOfSession && !keys.has(sessionKey)) continue;
      if (client.isSlow && mayDrop(event, payload)) continue;
      client.send(frame ??= prepareEvent(event, payload)());
    }
  }
}

/**
 * Sends events to the connections that may see them.
 *
 * @module
 */
import type { RedactionSet } from "../base/mod.ts";
import { mayDrop, mayReceive, prepareEvent, type StateVersion } from "../protocol/mod.ts";
import type { Client } from "./client.ts";

/** All connections after hello. */
export class Broadcaster {
  readonly #clients = new Map<string, Client>();
  readonly #followers: ((event: string, payload: unknown) => void)[] = [];
  readonly #redaction: RedactionSet | undefined;

  /** @param redaction What must not be in an event. */
  constructor(redaction?: RedactionSet) {
    this.#redaction = redaction;
  }

  /** Number of connections. */
  get size(): number {
    return this.#clients.size;
  }

  add(client: Client): void {
    this.#clients.set(client.connId, client);
  }

  remove(client: Client): void {
    this.#clients.delete(client.connId);
  }

  get(connId: string): Client | undefined {
    return this.#clients.get(connId);
  }

  clients(): IterableIterator<Client> {
    return this.#clients.values();
  }

  /** Whether anybody would receive `event`; lets callers skip the work of building it. */
  hasReceivers(event: string): boolean {
    for (const { identity } of this.#clients.values()) {
      if (mayReceive(identity, event)) return true;
    }
    return false;
  }

  /** Calls `follower` with everything that is broadcast from now on. */
  follow(follower: (event: string, payload: unknown) => void): void {
    this.#followers.push(follower);
  }

  /** Sends an event, encoded once, to every connection that passes its guard. */
  broadcast(event: string, payload: unknown, stateVersion?: StateVersion): void {
    let encode: ((seq?: number) => string) | undefined;
    let isDroppable = false;
    for (const client of this.#clients.values()) {
      if (!mayReceive(client.identity, event)) continue;
      if (encode === undefined) {
        encode = this.#prepare(event, payload, stateVersion);
        isDroppable = mayDrop(event, payload);
      }
      client.sendNumbered(encode, isDroppable);
    }
    for (const follower of this.#followers) follower(event, payload);
  }

  /** Sends an event without a number to one connection, if it may see it. */
  sendTo(client: Client, event: string, payload: unknown): void {
    if (!mayReceive(client.identity, event)) return;
    if (client.isSlow && mayDrop(event, payload)) return;
    client.send(this.#prepare(event, payload)());
  }

  /** Encodes an event; one with a secret in it is encoded again without. */
  #prepare(event: string, payload: unknown, stateVersion?: StateVersion) {
    const encode = prepareEvent(event, payload, stateVersion);
    return this.#redaction?.isIn(encode())
      ? prepareEvent(event, this.#redaction.redactAnswer(payload), stateVersion)
      : encode;
  }

  /** Closes every connection. */
  closeAll(code: number, reason: string): void {
    for (const client of this.#clients.values()) client.close(code, reason);
  }
}

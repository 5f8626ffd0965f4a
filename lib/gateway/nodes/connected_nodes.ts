/**
 * Which nodes are connected, each by one socket.
 *
 * @module
 */
import type { NodeDeclaration } from "../../devices/mod.ts";
import type { Client } from "../client.ts";

/** A node that can be asked for something. */
export interface ConnectedNode {
  readonly nodeId: string;
  readonly client: Client;
  /** What it said about itself; of its commands only the approved and allowed ones count. */
  readonly declaration: NodeDeclaration;
  /** Milliseconds since the epoch. */
  readonly connectedAtMs: number;
}

/** The nodes that are connected now. */
export class ConnectedNodes {
  readonly #nodes = new Map<string, ConnectedNode>();

  /** Takes a node in; answers the earlier connection of the same node, which no longer counts. */
  add(node: ConnectedNode): ConnectedNode | undefined {
    const earlier = this.#nodes.get(node.nodeId);
    this.#nodes.set(node.nodeId, node);
    return earlier;
  }

  /** Forgets a connection, unless its node has a newer one. */
  remove(client: Client): void {
    const node = this.of(client);
    if (node) this.#nodes.delete(node.nodeId);
  }

  /** The connected node of an id. */
  get(nodeId: string): ConnectedNode | undefined {
    return this.#nodes.get(nodeId);
  }

  /** The node behind a connection, while it is that node's current one. */
  of({ connId, identity }: Client): ConnectedNode | undefined {
    const node = identity.deviceId === undefined ? undefined : this.#nodes.get(identity.deviceId);
    return node?.client.connId === connId ? node : undefined;
  }

  all(): IterableIterator<ConnectedNode> {
    return this.#nodes.values();
  }
}

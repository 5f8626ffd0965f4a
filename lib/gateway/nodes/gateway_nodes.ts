/**
 * Nodes as a running gateway has them: what is approved, who is connected, what is under way.
 *
 * @module
 */
import type { Clock } from "../../base/mod.ts";
import { type DeviceRevocation, NodeQueue, NodeRegistryStore } from "../../devices/mod.ts";
import type { Store } from "../../store/mod.ts";
import type { Broadcaster } from "../broadcaster.ts";
import { ChatFollowers } from "./chat_followers.ts";
import { ConnectedNodes } from "./connected_nodes.ts";
import type { RunApprovals } from "./system_run_approval.ts";
import { type InvokeOutcome, NodeInvocations } from "./invocations.ts";

/** The parts that deal with nodes. */
export interface GatewayNodes {
  /** What is approved, and what waits for approval. */
  readonly registry: NodeRegistryStore;
  /** What waits for nodes that cannot act now. */
  readonly queue: NodeQueue;
  readonly connected: ConnectedNodes;
  readonly invocations: NodeInvocations;
  /** Invokes under way by their idempotency key; a repeat joins them. */
  readonly underWay: Map<string, Promise<InvokeOutcome>>;
  readonly chats: ChatFollowers;
  /** Where a claim that somebody has approved a program is looked up. */
  readonly runApprovals: RunApprovals;
}

/** Opens the nodes of a store and tells clients what happens to them. */
export function openNodes(
  store: Store,
  clock: Clock,
  broadcaster: Broadcaster,
  onRevoked: (revocation: DeviceRevocation) => void,
  runApprovals: RunApprovals,
): GatewayNodes {
  const chats = new ChatFollowers();
  broadcaster.follow((event, payload) => chats.relay(event, payload));
  return {
    registry: new NodeRegistryStore(store, clock, {
      onRequested: (request) => broadcaster.broadcast("node.pair.requested", request),
      onResolved: (resolution) => broadcaster.broadcast("node.pair.resolved", resolution),
      onRevoked,
    }),
    queue: new NodeQueue(store, clock),
    connected: new ConnectedNodes(),
    invocations: new NodeInvocations(),
    underWay: new Map(),
    chats,
    runApprovals,
  };
}

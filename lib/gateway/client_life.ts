/**
 * Clients come, stay and go.
 *
 * @module
 */
import { cutOffStale, isStale } from "./auth/stale.ts";
import type { Broadcaster } from "./broadcaster.ts";
import type { Client } from "./client.ts";
import type { Grant } from "./handshake.ts";
import { noteClient } from "./methods/events/stability_notes.ts";
import { nodeConnected, nodeGone } from "./nodes/connecting.ts";
import type { GatewayState } from "./state.ts";

/** A client has got its hello: it hears events from now on. */
export function clientReady(state: GatewayState, client: Client, { node }: Grant): void {
  state.broadcaster.add(client);
  noteClient(state.stability, "client.connected", client);
  if (node) nodeConnected(state, client, node);
  if (isStale(client, state.authenticator)) cutOffStale(state.broadcaster, state.authenticator);
  state.health.announceSoon();
}

/** A client is gone, and with it what depended on its connection. */
export function clientGone(state: GatewayState, client: Client): void {
  const { broadcaster, presence, health } = state;
  broadcaster.remove(client);
  state.sessionEvents.forget(client);
  nodeGone(state, client);
  noteClient(state.stability, "client.disconnected", client);
  const { presenceKey } = client.identity;
  if (presenceKey === undefined || isStillHere(broadcaster, presenceKey)) return;
  if (!presence.disconnect(presenceKey)) return;
  broadcaster.broadcast("presence", { presence: presence.list() }, {
    presence: presence.version,
    health: health.version,
  });
}

/** Tells every client that the gateway lives, and keeps those present that are connected. */
export function tick({ broadcaster, presence, clock }: GatewayState): void {
  const here: string[] = [];
  for (const { identity } of broadcaster.clients()) {
    if (identity.presenceKey !== undefined) here.push(identity.presenceKey);
  }
  presence.touch(here);
  broadcaster.broadcast("tick", { ts: clock.now() });
}

/** Whether another connection of the same client is open. */
function isStillHere(broadcaster: Broadcaster, presenceKey: string): boolean {
  for (const { identity } of broadcaster.clients()) {
    if (identity.presenceKey === presenceKey) return true;
  }
  return false;
}

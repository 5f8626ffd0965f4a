/**
 * A node comes and goes: what it declares, what it is told first, what ends with it.
 *
 * @module
 */
import { errorMessage } from "../../base/mod.ts";
import {
  cleanDeclaration,
  type NodeCommandPolicy,
  type NodeDeclaration,
} from "../../devices/mod.ts";
import { CLOSE, CLOSE_REASON } from "../../protocol/mod.ts";
import type { ConnectParams } from "../../protocol/methods/mod.ts";
import type { Client } from "../client.ts";
import type { ConnectionPeer, Grant } from "../handshake.ts";
import type { GatewayState } from "../state.ts";

/** Which commands the configuration in force allows. */
export function commandPolicy(state: GatewayState): NodeCommandPolicy {
  return state.config().config.gateway?.nodes ?? {};
}

/**
 * Decides what a node that was let in may be asked for; what is not approved yet waits for a person.
 *
 * @throws {AppError} `STORE_WRITE_FAILED`
 */
export async function admitNode(
  state: GatewayState,
  { params, peer }: { params: ConnectParams; peer: ConnectionPeer },
  grant: Grant,
): Promise<Grant> {
  const { deviceId } = grant;
  if (grant.role !== "node" || deviceId === undefined) return grant;
  const node = declarationOf(deviceId, params, peer);
  const { refused } = await state.nodes.registry.admit(node, commandPolicy(state));
  if (refused.length > 0) {
    const commands = refused.map(({ command, reason }) => `${command} (${reason})`).join(", ");
    state.log.info(`node ${deviceId} offers more than it may do: ${commands}`);
  }
  return { ...grant, node };
}

function declarationOf(
  nodeId: string,
  { client, caps, commands, permissions, pathEnv }: ConnectParams,
  { address }: ConnectionPeer,
): NodeDeclaration {
  const { displayName, deviceFamily, modelIdentifier } = client;
  return cleanDeclaration({
    nodeId,
    platform: client.platform,
    version: client.version,
    clientId: client.id,
    clientMode: client.mode,
    remoteIp: address,
    caps: caps ?? [],
    commands: commands ?? [],
    ...(displayName === undefined ? {} : { displayName }),
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    ...(modelIdentifier === undefined ? {} : { modelIdentifier }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(pathEnv === undefined ? {} : { pathEnv }),
  });
}

/** Takes a node in that has got its hello; an earlier connection of the same node ends. */
export function nodeConnected(
  state: GatewayState,
  client: Client,
  declaration: NodeDeclaration,
): void {
  const { nodeId } = declaration;
  const connectedAtMs = state.clock.now();
  const earlier = state.nodes.connected.add({ nodeId, client, declaration, connectedAtMs });
  if (earlier) {
    nodeGone(state, earlier.client);
    earlier.client.close(CLOSE.NORMAL, CLOSE_REASON.NODE_REPLACED);
  }
  sendWakeWords(state, client).catch((error) =>
    state.log.warn(`cannot tell node ${nodeId} the wake words: ${errorMessage(error)}`)
  );
}

/** Ends what depended on a node's connection, and notes that the node was there until now. */
export function nodeGone({ nodes, devices, log }: GatewayState, client: Client): void {
  const node = nodes.connected.of(client);
  nodes.connected.remove(client);
  nodes.invocations.drop(client);
  nodes.chats.forget(client);
  if (!node) return;
  devices.pairing.touch(node.nodeId, "disconnect").catch((error) =>
    log.warn(`cannot note when node ${node.nodeId} was seen: ${errorMessage(error)}`)
  );
}

async function sendWakeWords(state: GatewayState, client: Client): Promise<void> {
  const [{ getRouting, getTriggers }, { Settings }] = await Promise.all([
    import("../methods/voice/wake_words.ts"),
    import("../methods/settings.ts"),
  ]);
  if (state.broadcaster.get(client.connId) !== client) return;
  const settings = new Settings(state.store.database);
  state.broadcaster.sendTo(client, "voicewake.changed", getTriggers(settings));
  state.broadcaster.sendTo(client, "voicewake.routing.changed", getRouting(settings));
}

/**
 * Methods about nodes: their approval, what they are asked for, and what they say themselves.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";
import { allowedNodeCommands, type NodeDeclaration, unknownNode } from "../../../devices/mod.ts";
import type { Client } from "../../client.ts";
import { commandPolicy } from "../../nodes/connecting.ts";
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";

/** `node.*` and `exec.approvals.node.*`; what asks a node for something is loaded at the first call. */
export function nodeMethods(state: GatewayState): Handlers {
  const invoke = () => import("../../nodes/invoke.ts");
  const rows = () => import("../../nodes/node_rows.ts");
  return {
    ...pairingMethods(state),
    ...queueMethods(state),
    "node.list": async () => ({
      ts: state.clock.now(),
      nodes: (await rows()).nodeRows(state),
    }),
    "node.describe": async ({ params }) => {
      const row = (await rows()).findNodeRow(state, params.nodeId);
      if (!row) throw unknownNode(params.nodeId);
      return { ts: state.clock.now(), ...row };
    },
    "node.invoke": async (call) => (await invoke()).invokeNode(state, call),
    "node.invoke.result": ({ params, client }) => {
      if (params.nodeId !== nodeIdOf(client)) {
        throw new AppError("INVALID_REQUEST", "nodeId mismatch", {
          hint: "Answer with the nodeId of the request",
        });
      }
      return state.nodes.invocations.settle(client, params)
        ? { ok: true }
        : { ok: true, ignored: true };
    },
    "node.event": async (call) =>
      (await import("../../nodes/node_events.ts")).takeNodeEvent(state, call),
    "exec.approvals.node.get": async ({ params: { nodeId } }) =>
      (await invoke()).relayToNode(state, nodeId, {
        command: "system.execApprovals.get",
        params: {},
      }),
    "exec.approvals.node.set": async ({ params: { nodeId, ...params } }) =>
      (await invoke()).relayToNode(state, nodeId, { command: "system.execApprovals.set", params }),
  };
}

function pairingMethods({ nodes: { registry } }: GatewayState): Handlers {
  return {
    "node.pair.request": ({ params }) => registry.request(params as NodeDeclaration),
    "node.pair.list": () => registry.list(),
    "node.pair.approve": ({ params, client }) =>
      registry.approve(params.requestId, client.identity.scopes),
    "node.pair.reject": ({ params }) => registry.reject(params.requestId),
    "node.pair.remove": ({ params }) => registry.remove(params.nodeId),
    "node.pair.verify": ({ params }) => registry.verify(params.nodeId, params.token),
    "node.rename": ({ params: { nodeId, displayName } }) => {
      if (displayName.trim() !== "") return registry.rename(nodeId, displayName);
      throw new AppError("INVALID_REQUEST", "displayName required", {
        hint: "openclaw nodes rename <node> --name <name>",
      });
    },
  };
}

function queueMethods(state: GatewayState): Handlers {
  const { queue } = state.nodes;
  return {
    "node.pending.pull": ({ client }) => {
      const nodeId = nodeIdOf(client);
      return { nodeId, actions: actionsOf(state, client) };
    },
    "node.pending.ack": async ({ params, client }) => {
      const nodeId = nodeIdOf(client);
      const ackedIds = [...new Set(params.ids.map((id) => id.trim()))].filter((id) => id !== "");
      return { nodeId, ackedIds, remainingCount: await queue.acknowledge(nodeId, ackedIds) };
    },
    "node.pending.drain": ({ params, client }) => {
      const nodeId = nodeIdOf(client);
      return { nodeId, ...queue.drain(nodeId, params.maxItems) };
    },
    "node.pending.enqueue": async ({ params: { nodeId, ...work } }) => {
      if (!state.nodes.registry.row(nodeId)) throw unknownNode(nodeId);
      // Waking a sleeping app takes push messages, which this gateway does not send.
      return { nodeId, ...await queue.addWork(nodeId, work), wakeTriggered: false };
    },
  };
}

/** What waits for a node, without commands that have been forbidden in the meantime. */
function actionsOf(state: GatewayState, client: Client) {
  const { queue, connected } = state.nodes;
  const actions = queue.actions(nodeIdOf(client));
  const node = connected.of(client);
  if (!node) return actions;
  const allowed = allowedNodeCommands(node.declaration, commandPolicy(state));
  return actions.filter(({ command }) => allowed.has(command));
}

/** Nodes always come with a device. */
function nodeIdOf({ identity }: Client): string {
  return identity.deviceId ?? "";
}

/**
 * Nodes as `node.list` shows them: what is known of each and, of those that are there, what they say.
 *
 * @module
 */
import type { NodeRow as KnownNode } from "../../devices/mod.ts";
import type { NodeRow } from "../../protocol/mod.ts";
import type { GatewayState } from "../state.ts";
import { commandPolicy } from "./connecting.ts";
import type { ConnectedNode } from "./connected_nodes.ts";

/** All nodes, the connected ones first, each group by name. */
export function nodeRows(state: GatewayState): NodeRow[] {
  const { registry, connected } = state.nodes;
  const rows = registry.rows().map((row) => shown(state, row, connected.get(row.nodeId)));
  const known = new Set(rows.map(({ nodeId }) => nodeId));
  const strangers = [...connected.all()].filter(({ nodeId }) => !known.has(nodeId))
    .map((node) => shown(state, undefined, node));
  return [...rows, ...strangers].sort((one, other) =>
    Number(other.connected) - Number(one.connected) || nameOf(one).localeCompare(nameOf(other))
  );
}

/** One node, or nothing when none has the id. */
export function findNodeRow(state: GatewayState, nodeId: string): NodeRow | undefined {
  const { registry, connected } = state.nodes;
  const row = registry.row(nodeId);
  const node = connected.get(nodeId);
  return row || node ? shown(state, row, node) : undefined;
}

/** What to call a node. */
export function nameOf({ displayName, nodeId }: NodeRow): string {
  return displayName ?? nodeId;
}

function shown(
  state: GatewayState,
  row: KnownNode | undefined,
  node: ConnectedNode | undefined,
): NodeRow {
  if (!node) return { ...row!, connected: false };
  const { declaration, nodeId, connectedAtMs } = node;
  const { commands } = state.nodes.registry.commandsOf(declaration, commandPolicy(state));
  const { lastSeenAtMs = 0 } = row ?? {};
  return {
    ...row,
    ...declaration,
    ...(row?.displayName === undefined ? {} : { displayName: row.displayName }),
    nodeId,
    commands,
    paired: row?.paired ?? false,
    connected: true,
    connectedAtMs,
    ...(lastSeenAtMs >= connectedAtMs
      ? {}
      : { lastSeenAtMs: connectedAtMs, lastSeenReason: "connect" }),
  };
}

/**
 * Nodes as people read them.
 *
 * @module
 */
import type { NodePairListResult, NodeRow, PendingNode } from "../../protocol/mod.ts";
import { formatAge, plain, shorten } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

const ID_CHARS = 12;
const REQUEST_CHARS = 8;
const NONE = "-";

/** Writes the nodes that wait, and what to type next. */
export function printPending(
  { out, say, clock }: CommandContext,
  { pending }: NodePairListResult,
): void {
  out.line(out.paint(`Waiting for approval (${pending.length})`, "strong"));
  if (pending.length === 0) return out.line("None.");
  out.table(
    ["Request", "Node", "Name", "Offers", "Needs", "From", "Age"],
    pending.map((row) => [
      shortNodeRequest(row, pending),
      row.nodeId.slice(0, ID_CHARS),
      nodeName(row),
      words(row.commands),
      words(row.requiredApproveScopes?.map((scope) => scope.replace(/^operator\./, ""))),
      plain(row.remoteIp),
      formatAge(clock.now() - row.ts),
    ]),
  );
  const id = shortNodeRequest(pending[0]!, pending);
  out.line();
  out.line(`Approve: ${say(`nodes approve ${id}`)}`);
  out.line(`Turn down: ${say(`nodes reject ${id}`)}`);
}

/** Writes known nodes; `all` are those among which an id has to be told from others. */
export function printNodes(
  { out, say, clock }: CommandContext,
  rows: readonly NodeRow[],
  all: readonly NodeRow[],
): void {
  const connected = all.filter((row) => row.connected === true).length;
  out.line(out.paint(`Nodes: ${all.length} known, ${connected} connected`, "strong"));
  if (all.length === 0) return out.line(`Let one in: ${say("qr")}`);
  if (rows.length === 0) return out.line("None of them is to be shown.");
  out.table(
    ["Node", "Name", "System", "Status", "Can do", "Commands", "Seen"],
    rows.map((row) => [
      shorten(row.nodeId, ID_CHARS, all.map(({ nodeId }) => nodeId)),
      nodeName(row),
      plain(row.platform),
      row.connected ? "connected" : "away",
      words(row.caps),
      String(row.commands?.length ?? 0),
      row.lastSeenAtMs === undefined ? NONE : `${formatAge(clock.now() - row.lastSeenAtMs)} ago`,
    ]),
  );
}

/** Writes one node. */
export function printNode({ out, clock }: CommandContext, row: NodeRow): void {
  const ago = (at: number | undefined) =>
    at === undefined ? NONE : `${formatAge(clock.now() - at)} ago`;
  const permissions = Object.entries(row.permissions ?? {})
    .map(([name, isGranted]) => `${name}${isGranted ? "" : " (denied)"}`);
  out.pairs([
    ["Node", row.nodeId],
    ["Name", nodeName(row)],
    [
      "Status",
      row.connected
        ? `connected for ${formatAge(clock.now() - (row.connectedAtMs ?? clock.now()))}`
        : "away",
    ],
    ["Client", plain([row.clientId, row.version].filter(Boolean).join(" "))],
    ["System", plain([row.platform, row.modelIdentifier].filter(Boolean).join(" "))],
    ["Address", plain(row.remoteIp)],
    ["Approved", ago(row.approvedAtMs)],
    [
      "Seen",
      `${ago(row.lastSeenAtMs)}${row.lastSeenReason ? ` (${plain(row.lastSeenReason)})` : ""}`,
    ],
    ["Can do", words(row.caps)],
    ["Permissions", words(permissions)],
  ]);
  out.heading("Commands");
  const commands = row.commands ?? [];
  if (commands.length === 0) return out.line("None that it may be asked for.");
  for (const command of commands) out.line(plain(command));
}

/** The name of a node, else the program and system it names. */
export function nodeName(
  row: { displayName?: string; clientId?: string; platform?: string },
): string {
  if (row.displayName !== undefined) return plain(row.displayName);
  return plain([row.clientId, row.platform].filter((text) => text !== undefined).join(" on "));
}

/** Enough of the id to type; all of it when that fits several. */
export function shortNodeRequest(
  { requestId }: PendingNode,
  among: readonly PendingNode[],
): string {
  return shorten(requestId, REQUEST_CHARS, among.flatMap((row) => [row.requestId, row.nodeId]));
}

function words(texts: readonly string[] | undefined): string {
  return plain((texts ?? []).join(", "));
}

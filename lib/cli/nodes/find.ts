/**
 * Which node, or which request of one, a text on the command line means.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { NodePairListResult, NodeRow, PendingNode } from "../../protocol/mod.ts";
import { only } from "../pairing/find.ts";

const NODES = { kind: "node", list: "nodes list" };
const REQUESTS = { kind: "request", list: "nodes pending" };

/**
 * The node of this id, or with this name or address, or whose id begins with `text`. Of several with
 * one name the connected one is meant. Nodes choose their names, so one that is called like the
 * beginning of another's id is not taken for it.
 *
 * @throws {AppError} `NODE_NOT_FOUND` or `USAGE`
 */
export function findNode(rows: readonly NodeRow[], text: string): NodeRow {
  const wanted = text.trim().toLowerCase();
  const exact = rows.find(({ nodeId }) => nodeId === wanted);
  if (exact !== undefined) return exact;
  const named = rows.filter(({ displayName, remoteIp }) =>
    displayName?.toLowerCase() === wanted || remoteIp === wanted
  );
  const connected = named.filter((row) => row.connected === true);
  const called = connected.length > 0 ? connected : named;
  const [match, ...more] = new Set([...called, ...(called.length > 0 ? begun(rows, wanted) : [])]);
  if (more.length > 0) {
    throw new AppError(
      "USAGE",
      `Cannot tell which node "${text}" means: ${more.length + 1} have this name, address or id`,
      { hint: "Give the whole id: openclaw nodes list --json" },
    );
  }
  const found = match ?? only(text, NODES, rows, ({ nodeId }) => [nodeId]);
  if (found !== undefined) return found;
  throw new AppError(
    "NODE_NOT_FOUND",
    `Cannot find a node "${text}": none has this name or address, and no id begins with it`,
    { hint: "openclaw nodes list" },
  );
}

function begun(rows: readonly NodeRow[], text: string): NodeRow[] {
  return text === "" ? [] : rows.filter(({ nodeId }) => nodeId.startsWith(text));
}

/**
 * The request whose own id or whose node's id begins with `text`.
 *
 * @throws {AppError} `PAIRING_REQUEST_NOT_FOUND` or `USAGE`
 */
export function findNodeRequest({ pending }: NodePairListResult, text: string): PendingNode {
  const found = only(text, REQUESTS, pending, ({ requestId, nodeId }) => [requestId, nodeId]);
  if (found !== undefined) return found;
  throw new AppError(
    "PAIRING_REQUEST_NOT_FOUND",
    `Cannot find a request "${text}": none begins with it; a request ends five minutes after the ` +
      "node last connected",
    { hint: "openclaw nodes pending" },
  );
}

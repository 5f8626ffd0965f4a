/**
 * Nodes as lists show them.
 *
 * @module
 */
import { scopesToApprove } from "./node_commands.ts";
import type {
  NodeFacts,
  NodeRecord,
  NodeRequest,
  NodeRequestRow,
  NodeRow,
  PairedNodeRow,
} from "./node_types.ts";
import { cleanText } from "./pairing_rules.ts";
import { factsOf } from "./request_table.ts";
import type { PairedDevice } from "./types.ts";

const TEXTS = [
  "displayName",
  "platform",
  "deviceFamily",
  "clientId",
  "clientMode",
  "remoteIp",
  "version",
  "coreVersion",
  "uiVersion",
  "modelIdentifier",
] as const;
/** Capabilities and permissions of one node that are taken note of. */
const MAX_ENTRIES = 100;
/** A search path may be long; it is not shown in lists. */
const MAX_PATH_CHARS = 8_192;

/** What a node says about itself, in bounds. */
export function cleanFacts(from: NodeFacts): NodeFacts {
  const facts: NodeFacts = {};
  for (const name of TEXTS) {
    const text = cleanText(from[name]);
    if (text !== undefined) facts[name] = text;
  }
  const { caps, permissions, pathEnv, silent } = from;
  if (caps !== undefined) {
    const names = caps.map(cleanText).filter((name) => name !== undefined);
    facts.caps = [...new Set(names)].slice(0, MAX_ENTRIES);
  }
  if (permissions !== undefined) {
    facts.permissions = Object.fromEntries(Object.entries(permissions).slice(0, MAX_ENTRIES));
  }
  if (pathEnv !== undefined) facts.pathEnv = pathEnv.slice(0, MAX_PATH_CHARS);
  if (silent !== undefined) facts.silent = silent;
  return facts;
}

/** A waiting node. */
export function requestRow({ facts, ...request }: NodeRequest): NodeRequestRow {
  const { pathEnv: _path, ...shown } = facts;
  return {
    ...shown,
    ...request,
    caps: facts.caps ?? [],
    silent: facts.silent ?? false,
    requiredApproveScopes: scopesToApprove(request.commands),
  };
}

/** An approved node. */
export function pairedRow(node: NodeRecord): PairedNodeRow {
  const { silent: _silent, pathEnv: _path, ...shown } = node.facts;
  return {
    ...shown,
    ...(node.name === undefined ? {} : { displayName: node.name }),
    nodeId: node.nodeId,
    caps: shown.caps ?? [],
    commands: node.commands,
    createdAtMs: node.createdAtMs,
    approvedAtMs: node.approvedAtMs,
  };
}

/** A node of `node.list`, from what was approved as a node and what was paired as a device. */
export function nodeRow(
  nodeId: string,
  node: NodeRecord | undefined,
  device: PairedDevice | undefined,
): NodeRow {
  const { silent: _silent, ...facts } = node?.facts ?? {};
  const row: NodeRow = {
    ...(device === undefined ? {} : factsOf(device)),
    ...facts,
    ...(node?.name === undefined ? {} : { displayName: node.name }),
    nodeId,
    caps: facts.caps ?? [],
    commands: node?.commands ?? [],
    paired: true,
  };
  const approvedAtMs = node?.approvedAtMs ?? device?.approvedAtMs;
  if (approvedAtMs !== undefined) row.approvedAtMs = approvedAtMs;
  if (device?.lastSeenAtMs !== undefined) row.lastSeenAtMs = device.lastSeenAtMs;
  if (device?.lastSeenReason !== undefined) row.lastSeenReason = device.lastSeenReason;
  return row;
}

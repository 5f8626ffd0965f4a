/**
 * The tables of nodes and of the requests of nodes.
 *
 * @module
 */
import type { Connection } from "../store/mod.ts";
import type { NodeFacts, NodeRecord, NodeRequest } from "./node_types.ts";

interface NodeColumns {
  node_id: string;
  name: string | null;
  facts: string;
  commands: string;
  token_hash: string;
  created_at: number;
  approved_at: number;
}

interface RequestColumns {
  request_id: string;
  node_id: string;
  facts: string;
  commands: string;
  created_at: number;
  updated_at: number;
}

const SAVE_NODE = `
INSERT INTO nodes (node_id, facts, commands, token_hash, created_at, approved_at, name)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (node_id) DO UPDATE SET facts = excluded.facts, commands = excluded.commands,
  token_hash = excluded.token_hash, approved_at = excluded.approved_at`;

const SAVE_REQUEST = `
INSERT OR REPLACE INTO node_requests (request_id, node_id, facts, commands, created_at, updated_at,
  expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?)`;

/** Requests kept at once; the oldest one goes when there are more. */
const MAX_REQUESTS = 200;

/** Reads and writes both tables; every writing method belongs inside a transaction. */
export class NodeTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The approved node of an id. */
  find(nodeId: string): NodeRecord | undefined {
    const row = this.#connection.get<NodeColumns>("SELECT * FROM nodes WHERE node_id = ?", nodeId);
    return row === undefined ? undefined : toNode(row);
  }

  /** All approved nodes, the last approved first. */
  all(): NodeRecord[] {
    return this.#connection.all<NodeColumns>(
      "SELECT * FROM nodes ORDER BY approved_at DESC, node_id",
    ).map(toNode);
  }

  /** Adds a node or replaces what was approved; a known node keeps its name. */
  save(node: NodeRecord): void {
    this.#connection.run(
      SAVE_NODE,
      node.nodeId,
      JSON.stringify(node.facts),
      JSON.stringify(node.commands),
      node.tokenHash,
      node.createdAtMs,
      node.approvedAtMs,
      node.name ?? null,
    );
  }

  /** Replaces what a node says about itself. */
  setFacts(nodeId: string, facts: NodeFacts): void {
    this.#connection.run(
      "UPDATE nodes SET facts = ? WHERE node_id = ?",
      JSON.stringify(facts),
      nodeId,
    );
  }

  /** Gives a node the name a person chose; answers whether there is such a node. */
  setName(nodeId: string, name: string): boolean {
    return this.#connection.run("UPDATE nodes SET name = ? WHERE node_id = ?", name, nodeId)
      .changes > 0;
  }

  /** The request of an id that has not expired. */
  findRequest(requestId: string, now: number): NodeRequest | undefined {
    const row = this.#connection.get<RequestColumns>(
      "SELECT * FROM node_requests WHERE request_id = ? AND expires_at > ?",
      requestId,
      now,
    );
    return row === undefined ? undefined : toRequest(row);
  }

  /** The request of a node that has not expired. */
  requestOf(nodeId: string, now: number): NodeRequest | undefined {
    const row = this.#connection.get<RequestColumns>(
      "SELECT * FROM node_requests WHERE node_id = ? AND expires_at > ?",
      nodeId,
      now,
    );
    return row === undefined ? undefined : toRequest(row);
  }

  /** All requests that have not expired, the newest first. */
  requests(now: number): NodeRequest[] {
    return this.#connection.all<RequestColumns>(
      "SELECT * FROM node_requests WHERE expires_at > ? ORDER BY created_at DESC, request_id",
      now,
    ).map(toRequest);
  }

  /** Adds a request or replaces that of the same node, and forgets those that expired. */
  saveRequest(request: NodeRequest, now: number, expiresAtMs: number): void {
    this.#connection.run("DELETE FROM node_requests WHERE expires_at <= ?", now);
    this.#connection.run(
      SAVE_REQUEST,
      request.requestId,
      request.nodeId,
      JSON.stringify(request.facts),
      JSON.stringify(request.commands),
      request.ts,
      request.updatedAtMs,
      expiresAtMs,
    );
    this.#connection.run(
      `DELETE FROM node_requests WHERE request_id IN (
        SELECT request_id FROM node_requests ORDER BY expires_at DESC LIMIT -1 OFFSET ?)`,
      MAX_REQUESTS,
    );
  }

  /** Forgets a node with its request and all that waits for it; answers whether it was approved. */
  forget(nodeId: string): boolean {
    this.deleteRequestOf(nodeId);
    for (const table of ["node_actions", "node_work", "node_revisions"]) {
      this.#connection.run(`DELETE FROM ${table} WHERE node_id = ?`, nodeId);
    }
    return this.#connection.run("DELETE FROM nodes WHERE node_id = ?", nodeId).changes > 0;
  }

  /** Removes the request of a node. */
  deleteRequestOf(nodeId: string): void {
    this.#connection.run("DELETE FROM node_requests WHERE node_id = ?", nodeId);
  }
}

function toNode(row: NodeColumns): NodeRecord {
  return {
    nodeId: row.node_id,
    ...(row.name === null ? {} : { name: row.name }),
    facts: JSON.parse(row.facts) as NodeFacts,
    commands: JSON.parse(row.commands) as string[],
    tokenHash: row.token_hash,
    createdAtMs: row.created_at,
    approvedAtMs: row.approved_at,
  };
}

function toRequest(row: RequestColumns): NodeRequest {
  return {
    requestId: row.request_id,
    nodeId: row.node_id,
    facts: JSON.parse(row.facts) as NodeFacts,
    commands: JSON.parse(row.commands) as string[],
    ts: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

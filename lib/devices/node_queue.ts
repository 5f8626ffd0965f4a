/**
 * What waits for nodes that cannot act now: commands for an app that is in the background, and
 * requests for a node that sleeps. Nothing leaves a queue before the node says that it has it.
 *
 * @module
 */
import { type Clock, randomId } from "../base/mod.ts";
import { DEFAULT_NODE_DRAIN_ITEMS, MAX_NODE_ACTIONS, NODE_ACTION_TTL_MS } from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";

/** A command that waits, as `node.pending.pull` shows it. */
export interface NodeAction {
  id: string;
  command: string;
  /** JSON; `null` for a command without parameters. */
  paramsJSON: string | null;
  enqueuedAtMs: number;
}

/** A command to be queued. */
export interface NewNodeAction {
  command: string;
  paramsJSON: string | null;
  /** The same key of a node is queued once. */
  idempotencyKey: string;
}

/** A request that waits, as `node.pending.drain` shows it. */
export interface NodeWork {
  id: string;
  type: string;
  priority: string;
  createdAtMs: number;
  /** `null` when it waits for as long as it takes. */
  expiresAtMs: number | null;
}

/** A request to be queued. */
export interface NewNodeWork {
  type: string;
  priority?: string | undefined;
  /** Milliseconds, > 0. */
  expiresInMs?: number | undefined;
}

const DEFAULT_PRIORITY = "normal";
/** A node that asks for work is asked how it is, whatever else there is. */
const STATUS_REQUEST = "status.request";

const READ_ACTIONS = `
SELECT id, command, params AS paramsJSON, enqueued_at AS enqueuedAtMs FROM node_actions
WHERE node_id = ? AND expires_at > ? ORDER BY row`;

const READ_WORK = `
SELECT id, type, priority, created_at AS createdAtMs, expires_at AS expiresAtMs FROM node_work
WHERE node_id = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY priority <> 'high', row`;

const SAVE_WORK = `
INSERT INTO node_work (id, node_id, type, priority, created_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (node_id, type) DO UPDATE SET priority = excluded.priority,
  expires_at = excluded.expires_at`;

/** The queues of all nodes. */
export class NodeQueue {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Queues a command; when too many wait, the oldest goes.
   *
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  addAction(
    nodeId: string,
    { command, paramsJSON, idempotencyKey }: NewNodeAction,
  ): Promise<NodeAction> {
    const { connection } = this.#store;
    return this.#store.transact(() => {
      const now = this.#clock.now();
      connection.run("DELETE FROM node_actions WHERE expires_at <= ?", now);
      connection.run(
        `INSERT INTO node_actions
          (id, node_id, command, params, idempotency_key, enqueued_at, expires_at)
          VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (node_id, idempotency_key) DO NOTHING`,
        randomId(),
        nodeId,
        command,
        paramsJSON,
        idempotencyKey,
        now,
        now + NODE_ACTION_TTL_MS,
      );
      connection.run(
        `DELETE FROM node_actions WHERE row IN (SELECT row FROM node_actions
          WHERE node_id = ? ORDER BY row DESC LIMIT -1 OFFSET ?)`,
        nodeId,
        MAX_NODE_ACTIONS,
      );
      return connection.get<NodeAction>(
        `SELECT id, command, params AS paramsJSON, enqueued_at AS enqueuedAtMs FROM node_actions
          WHERE node_id = ? AND idempotency_key = ?`,
        nodeId,
        idempotencyKey,
      )!;
    });
  }

  /** The commands that wait for a node, the oldest first. */
  actions(nodeId: string): NodeAction[] {
    return this.#store.connection.all<NodeAction>(READ_ACTIONS, nodeId, this.#clock.now());
  }

  /**
   * Takes what a node has done off its queues.
   *
   * @returns How many commands still wait.
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  async acknowledge(nodeId: string, ids: readonly string[]): Promise<number> {
    const { connection } = this.#store;
    const wanted = JSON.stringify(ids);
    await this.#store.transact(() => {
      for (const table of ["node_actions", "node_work"]) {
        connection.run(
          `DELETE FROM ${table} WHERE node_id = ? AND id IN (SELECT value FROM json_each(?))`,
          nodeId,
          wanted,
        );
      }
    });
    return this.actions(nodeId).length;
  }

  /**
   * Queues a request; one of the same type that waits already is kept and renewed.
   *
   * @throws {AppError} `STORE_WRITE_FAILED`
   */
  addWork(
    nodeId: string,
    { type, priority = DEFAULT_PRIORITY, expiresInMs }: NewNodeWork,
  ): Promise<{ revision: number; queued: NodeWork }> {
    const { connection } = this.#store;
    return this.#store.transact(() => {
      const now = this.#clock.now();
      connection.run("DELETE FROM node_work WHERE expires_at <= ?", now);
      const expiresAtMs = expiresInMs === undefined ? null : now + expiresInMs;
      connection.run(SAVE_WORK, randomId(), nodeId, type, priority, now, expiresAtMs);
      connection.run(
        `INSERT INTO node_revisions (node_id, revision) VALUES (?, 1)
          ON CONFLICT (node_id) DO UPDATE SET revision = revision + 1`,
        nodeId,
      );
      const queued = this.#work(nodeId).find((item) => item.type === type)!;
      return { revision: this.#revision(nodeId), queued };
    });
  }

  /** The requests that wait for a node, urgent ones first; always one for its status. */
  drain(
    nodeId: string,
    maxItems: number = DEFAULT_NODE_DRAIN_ITEMS,
  ): { revision: number; items: NodeWork[]; hasMore: boolean } {
    const items = this.#work(nodeId);
    if (!items.some(({ type }) => type === STATUS_REQUEST)) {
      items.push({
        id: "baseline-status",
        type: STATUS_REQUEST,
        priority: "default",
        createdAtMs: this.#clock.now(),
        expiresAtMs: null,
      });
    }
    return {
      revision: this.#revision(nodeId),
      items: items.slice(0, maxItems),
      hasMore: items.length > maxItems,
    };
  }

  #work(nodeId: string): NodeWork[] {
    return this.#store.connection.all<NodeWork>(READ_WORK, nodeId, this.#clock.now());
  }

  #revision(nodeId: string): number {
    const row = this.#store.connection.get<{ revision: number }>(
      "SELECT revision FROM node_revisions WHERE node_id = ?",
      nodeId,
    );
    return row?.revision ?? 0;
  }
}

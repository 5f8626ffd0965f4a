/**
 * The table of approvals. Those that wait are read often; those that ended are kept as a record.
 *
 * @module
 */
import type { ApprovalDecision } from "../protocol/mod.ts";
import type { Connection } from "../store/mod.ts";
import type { ApprovalClient, ApprovalKind, ApprovalRecord, ApprovalState } from "./types.ts";

interface Columns {
  id: string;
  kind: ApprovalKind;
  state: ApprovalState;
  request: string;
  allowed: string;
  asked_by: string | null;
  created_at: number;
  expires_at: number;
  decision: ApprovalDecision | null;
  resolved_by: string | null;
  ended_at: number | null;
}

const WAITING = "state = 'pending' AND expires_at > ?";

/** Reads and writes rows of `approvals`; every writing method belongs inside a transaction. */
export class ApprovalTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A request by its id, whatever became of it. */
  find(id: string): ApprovalRecord | undefined {
    const row = this.#connection.get<Columns>("SELECT * FROM approvals WHERE id = ?", id);
    return row === undefined ? undefined : toRecord(row);
  }

  /** Requests that wait, the oldest first. */
  pending(kind: ApprovalKind, now: number): ApprovalRecord[] {
    return this.#connection.all<Columns>(
      `SELECT * FROM approvals WHERE ${WAITING} AND kind = ? ORDER BY created_at, id`,
      now,
      kind,
    ).map(toRecord);
  }

  /** How many requests of a client wait, over all connections of its device. */
  countPendingOf({ connId, deviceId }: ApprovalClient, now: number): number {
    return this.#connection.number(
      `SELECT count(*) FROM approvals WHERE ${WAITING}
        AND (asked_by ->> 'connId' = ? OR asked_by ->> 'deviceId' = ?)`,
      now,
      connId,
      deviceId ?? null,
    );
  }

  /** Whether the id of a request that waits begins with `id`. */
  hasPendingLike(id: string, now: number): boolean {
    return this.#connection.number(
      `SELECT count(*) FROM approvals WHERE ${WAITING} AND substr(id, 1, length(?)) = ?`,
      now,
      id,
      id,
    ) > 0;
  }

  /** Requests that were decided at `since` or later. */
  resolvedSince(kind: ApprovalKind, since: number): ApprovalRecord[] {
    return this.#connection.all<Columns>(
      "SELECT * FROM approvals WHERE ended_at >= ? AND state = 'resolved' AND kind = ?",
      since,
      kind,
    ).map(toRecord);
  }

  countPending(now: number): number {
    return this.#connection.number(`SELECT count(*) FROM approvals WHERE ${WAITING}`, now);
  }

  /** Requests whose time is over and that do not say so yet. */
  overdue(now: number): ApprovalRecord[] {
    return this.#connection.all<Columns>(
      "SELECT * FROM approvals WHERE state = 'pending' AND expires_at <= ?",
      now,
    ).map(toRecord);
  }

  /** When the next request expires, or `undefined` when none waits. */
  nextExpiry(): number | undefined {
    const row = this.#connection.get<{ at: number | null }>(
      "SELECT min(expires_at) AS at FROM approvals WHERE state = 'pending'",
    );
    return row?.at ?? undefined;
  }

  insert(record: ApprovalRecord): void {
    this.#connection.run(
      `INSERT INTO approvals (id, kind, state, request, allowed, asked_by, created_at,
        expires_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      record.id,
      record.kind,
      record.state,
      JSON.stringify(record.request),
      JSON.stringify(record.allowedDecisions),
      record.askedBy === undefined ? null : JSON.stringify(record.askedBy),
      record.createdAtMs,
      record.expiresAtMs,
      record.endedAtMs ?? null,
    );
  }

  resolve(id: string, decision: ApprovalDecision, resolvedBy: string, now: number): void {
    this.#connection.run(
      `UPDATE approvals SET state = 'resolved', decision = ?, resolved_by = ?, ended_at = ?
        WHERE id = ?`,
      decision,
      resolvedBy,
      now,
      id,
    );
  }

  /** Whether a decision that holds once was unused until now. */
  spend(id: string, now: number): boolean {
    const { changes } = this.#connection.run(
      `UPDATE approvals SET spent_at = ?
        WHERE id = ? AND decision = 'allow-once' AND spent_at IS NULL`,
      now,
      id,
    );
    return changes === 1;
  }

  expire(id: string, now: number): void {
    this.#connection.run(
      "UPDATE approvals SET state = 'expired', ended_at = ? WHERE id = ?",
      now,
      id,
    );
  }

  /** Forgets what ended at `before` or earlier. */
  prune(before: number): void {
    this.#connection.run("DELETE FROM approvals WHERE ended_at <= ?", before);
  }
}

function toRecord(row: Columns): ApprovalRecord {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    request: JSON.parse(row.request) as Record<string, unknown>,
    allowedDecisions: JSON.parse(row.allowed) as ApprovalDecision[],
    ...(row.asked_by === null ? {} : { askedBy: JSON.parse(row.asked_by) as ApprovalClient }),
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at,
    ...(row.decision === null ? {} : { decision: row.decision }),
    ...(row.resolved_by === null ? {} : { resolvedBy: row.resolved_by }),
    ...(row.ended_at === null ? {} : { endedAtMs: row.ended_at }),
  };
}

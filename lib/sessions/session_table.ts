/**
 * The table of sessions: one row for each key that users and clients know.
 *
 * @module
 */
import { AppError, type JsonObject } from "../base/mod.ts";
import type { Connection, SqlValue } from "../store/mod.ts";
import type { SessionEntry, SessionList, SessionQuery, SessionStatus } from "./types.ts";

/** A session together with the number of its transcript inside the database. */
export interface SessionRow {
  entry: SessionEntry;
  transcriptId: number;
}

interface Columns {
  key: string;
  agent_id: string;
  transcript_id: number;
  session_id: string;
  created_at: number;
  updated_at: number;
  session_started_at: number;
  last_interaction_at: number;
  status: SessionStatus | null;
  started_at: number | null;
  ended_at: number | null;
  aborted_last_run: number | null;
  label: string | null;
  model_provider: string | null;
  model: string | null;
  context_tokens: number | null;
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  estimated_cost_usd: number;
  extra: string;
}

const INSERT = `
INSERT INTO sessions (key, agent_id, label, created_at, transcript_id, session_id, updated_at,
  session_started_at, last_interaction_at, status, started_at, ended_at, aborted_last_run,
  model_provider, model, context_tokens, input_tokens, output_tokens, total_tokens,
  estimated_cost_usd, extra)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

// Without agent_id and label: naming an indexed column rewrites its index even for an equal value.
const UPDATE = `
UPDATE sessions SET transcript_id = ?, session_id = ?, updated_at = ?, session_started_at = ?,
  last_interaction_at = ?, status = ?, started_at = ?, ended_at = ?, aborted_last_run = ?,
  model_provider = ?, model = ?, context_tokens = ?, input_tokens = ?, output_tokens = ?,
  total_tokens = ?, estimated_cost_usd = ?, extra = ?
WHERE key = ?`;

/** Steps from a session to the one that all began with; more are a circle. */
const MAX_DEPTH = 32;

/** Who began a session, written as the index on it has it. */
const PARENT =
  "coalesce(sessions.extra ->> '$.spawnedBy', sessions.extra ->> '$.parentSessionKey')";

/**
 * The tree below a session. The plus takes the type off the key: the index is not searched for a column
 * of text.
 */
export const DESCENDANTS = `
WITH RECURSIVE tree (key) AS (
  SELECT key FROM sessions WHERE ${PARENT} = ?
  UNION SELECT sessions.key FROM tree CROSS JOIN sessions WHERE ${PARENT} = +tree.key)
SELECT key FROM tree LIMIT ?`;

/** Reads and writes rows of `sessions`; every writing method belongs inside a transaction. */
export class SessionTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The session of a canonical key. */
  find(key: string): SessionRow | undefined {
    return this.#one("SELECT * FROM sessions WHERE key = ?", key);
  }

  /** Keys with a common beginning whose sessions have been idle since before a moment. */
  idleKeys(prefix: string, before: number): string[] {
    return this.#connection.all<{ key: string }>(
      `SELECT key FROM sessions WHERE key >= ? AND key < ? AND updated_at < ?
        AND status IS NOT 'running'`,
      prefix,
      `${prefix}\uffff`,
      before,
    ).map(({ key }) => key);
  }

  /** The session that carries a label. */
  findByLabel(label: string): SessionRow | undefined {
    return this.#one("SELECT * FROM sessions WHERE label = ?", label);
  }

  /** The session whose current transcript has this number; reads the whole table. */
  findByTranscript(transcriptId: number): SessionRow | undefined {
    return this.#one("SELECT * FROM sessions WHERE transcript_id = ?", transcriptId);
  }

  /** @throws {AppError} `SESSION_NOT_FOUND` */
  require(key: string): SessionRow {
    const row = this.find(key);
    if (row === undefined) throw sessionNotFound(key);
    return row;
  }

  /** Adds a session. @throws {AppError} `SESSION_LABEL_IN_USE` */
  insert({ entry, transcriptId }: SessionRow): void {
    if (entry.label !== undefined) this.#refuseTakenLabel(entry.label, entry.key);
    this.#connection.run(
      INSERT,
      entry.key,
      entry.agentId,
      entry.label ?? null,
      entry.createdAt,
      ...mutableValues({ entry, transcriptId }),
    );
  }

  /** Writes everything that a run, a patch or a reset may change, except the label. */
  update(row: SessionRow): void {
    this.#connection.run(UPDATE, ...mutableValues(row), row.entry.key);
  }

  /** Sets or clears a label. @throws {AppError} `SESSION_LABEL_IN_USE` */
  setLabel(key: string, label: string | undefined): void {
    if (label !== undefined) this.#refuseTakenLabel(label, key);
    this.#connection.run("UPDATE sessions SET label = ? WHERE key = ?", label ?? null, key);
  }

  /** Removes a row; its transcripts are not touched. */
  delete(key: string): void {
    this.#connection.run("DELETE FROM sessions WHERE key = ?", key);
  }

  /** Whether a session was begun by another one, directly or over others. */
  isBelow(key: string, ancestor: string): boolean {
    let current: string | undefined = key;
    for (let depth = 0; depth < MAX_DEPTH && current !== undefined; depth++) {
      const { spawnedBy, parentSessionKey } = this.find(current)?.entry.extra ?? {};
      const parent: unknown = spawnedBy ?? parentSessionKey;
      if (parent === ancestor) return true;
      current = typeof parent === "string" ? parent : undefined;
    }
    return false;
  }

  /** Keys of the sessions that a session began, and those began, nearest first; others cost nothing. */
  descendants(key: string, limit: number): string[] {
    return this.#connection.all<{ key: string }>(DESCENDANTS, key, Math.max(0, Math.floor(limit)))
      .map((row) => row.key);
  }

  /** Number of sessions, of one agent or of all. */
  count(agentId?: string): number {
    return agentId === undefined
      ? this.#connection.number("SELECT sum(sessions) FROM session_counts")
      : this.#connection.number("SELECT sessions FROM session_counts WHERE agent_id = ?", agentId);
  }

  /** The newest sessions that match; without a search its cost does not depend on their number. */
  list(query: SessionQuery): SessionList {
    const { where, values } = conditions(query);
    const rows = this.#connection.all<Columns>(
      `SELECT * FROM sessions${where} ORDER BY updated_at DESC, rowid DESC LIMIT ?`,
      ...values,
      Math.max(1, Math.floor(query.limit)),
    );
    return { sessions: rows.map((row) => toRow(row).entry), total: this.#total(query) };
  }

  #total(query: SessionQuery): number {
    const { limit: _limit, agentId, ...others } = query;
    if (Object.values(others).every((value) => value === undefined)) return this.count(agentId);
    const { where, values } = conditions(query);
    return this.#connection.number(`SELECT count(*) FROM sessions${where}`, ...values);
  }

  #refuseTakenLabel(label: string, key: string): void {
    const owner = this.findByLabel(label)?.entry.key;
    if (owner === undefined || owner === key) return;
    throw new AppError("SESSION_LABEL_IN_USE", `label already in use: ${label}`, {
      hint: `Choose another label, or clear it on session "${owner}"`,
      details: { label, key: owner },
    });
  }

  #one(sql: string, value: SqlValue): SessionRow | undefined {
    const row = this.#connection.get<Columns>(sql, value);
    return row === undefined ? undefined : toRow(row);
  }
}

/** The failure of everything that needs a session which is not there. */
export function sessionNotFound(key: string): AppError {
  return new AppError("SESSION_NOT_FOUND", `Cannot find session "${key}"`, {
    hint: "openclaw gateway call sessions.list",
    details: { key },
  });
}

function conditions(query: SessionQuery): { where: string; values: SqlValue[] } {
  const parts: string[] = [];
  const values: SqlValue[] = [];
  const add = (part: string, ...bound: SqlValue[]) => {
    parts.push(part);
    values.push(...bound);
  };
  if (query.agentId !== undefined) add("agent_id = ?", query.agentId);
  if (query.activeSinceMs !== undefined) add("updated_at >= ?", query.activeSinceMs);
  if (query.label !== undefined) add("label = ?", query.label);
  if (query.agentIds !== undefined) {
    add("agent_id IN (SELECT value FROM json_each(?))", JSON.stringify(query.agentIds));
  }
  if (query.spawnedBy !== undefined) {
    add(
      "? IN (extra ->> '$.spawnedBy', extra ->> '$.parentSessionKey')",
      query.spawnedBy,
    );
  }
  if (query.search !== undefined) {
    const pattern = `%${query.search.replace(/[\\%_]/g, "\\$&")}%`;
    add(
      "(key LIKE ? ESCAPE '\\' OR label LIKE ? ESCAPE '\\' OR session_id LIKE ? ESCAPE '\\')",
      pattern,
      pattern,
      pattern,
    );
  }
  return { where: parts.length === 0 ? "" : ` WHERE ${parts.join(" AND ")}`, values };
}

/** In the order both statements name the columns. */
function mutableValues({ entry, transcriptId }: SessionRow): SqlValue[] {
  return [
    transcriptId,
    entry.sessionId,
    entry.updatedAt,
    entry.sessionStartedAt,
    entry.lastInteractionAt,
    entry.status ?? null,
    entry.startedAt ?? null,
    entry.endedAt ?? null,
    entry.abortedLastRun === undefined ? null : Number(entry.abortedLastRun),
    entry.modelProvider ?? null,
    entry.model ?? null,
    entry.contextTokens ?? null,
    entry.inputTokens,
    entry.outputTokens,
    entry.totalTokens,
    entry.estimatedCostUsd,
    JSON.stringify(entry.extra),
  ];
}

function toRow(row: Columns): SessionRow {
  const entry: SessionEntry = {
    key: row.key,
    agentId: row.agent_id,
    sessionId: row.session_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    sessionStartedAt: row.session_started_at,
    lastInteractionAt: row.last_interaction_at,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    totalTokens: row.total_tokens,
    estimatedCostUsd: row.estimated_cost_usd,
    extra: row.extra === "{}" ? {} : JSON.parse(row.extra) as JsonObject,
  };
  if (row.status !== null) entry.status = row.status;
  if (row.started_at !== null) entry.startedAt = row.started_at;
  if (row.ended_at !== null) entry.endedAt = row.ended_at;
  if (row.aborted_last_run !== null) entry.abortedLastRun = row.aborted_last_run !== 0;
  if (row.label !== null) entry.label = row.label;
  if (row.model_provider !== null) entry.modelProvider = row.model_provider;
  if (row.model !== null) entry.model = row.model;
  if (row.context_tokens !== null) entry.contextTokens = row.context_tokens;
  return { entry, transcriptId: row.transcript_id };
}

/**
 * The table of answers that clients come back to, bounded in age, number and size.
 *
 * @module
 */
import type { Connection } from "../store/mod.ts";

/** How long a response is kept. */
export const RESPONSE_RETENTION_MS = 30 * 24 * 3_600_000;
/** Most responses that are kept. */
export const MAX_RESPONSES = 20_000;
/** Most bytes of all of them together. */
export const MAX_RESPONSES_BYTES = 256 * 1024 * 1024;
/** Responses between two looks for those that are too old or too many. */
const PRUNE_EVERY = 32;

/** A point of a conversation. */
export interface ConversationPlace {
  sessionKey: string;
  sessionId: string;
  /** Position of the last message that belongs to it. */
  seq: number;
}

/** A response with its owner. */
export interface ResponseRecord {
  id: string;
  subject: string;
  agentId: string;
  sessionHeader?: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  response: Record<string, unknown>;
  /** Lengths of the pieces in which it was streamed. */
  pieces?: readonly number[];
  input: Record<string, unknown>[];
  place?: ConversationPlace;
}

interface Columns {
  id: string;
  subject: string;
  agent_id: string;
  session_header: string | null;
  created_at: number;
  session_key: string | null;
  session_id: string | null;
  last_seq: number | null;
  response: string;
  input: string;
  pieces: string | null;
}

/** Reads and writes rows of `responses`; every writing method belongs inside a transaction. */
export class ResponseTable {
  readonly #connection: Connection;
  #untilPrune = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A response of a subject. */
  find(id: string, subject: string): ResponseRecord | undefined {
    const row = this.#connection.get<Columns>(
      "SELECT * FROM responses WHERE id = ? AND subject = ?",
      id,
      subject,
    );
    return row === undefined ? undefined : toRecord(row);
  }

  /** Keeps a response, in place of an earlier form of it, and drops what is too old or too many. */
  save(record: ResponseRecord, now: number): void {
    const { place } = record;
    const response = JSON.stringify(record.response);
    const input = JSON.stringify(record.input);
    const pieces = record.pieces?.join(" ") ?? "";
    this.#connection.run(
      `INSERT INTO responses (id, subject, agent_id, session_header, created_at, session_key,
          session_id, last_seq, response, input, pieces, bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
          octet_length(?) + octet_length(?) + octet_length(?))
        ON CONFLICT (id) DO UPDATE SET session_key = excluded.session_key,
          session_id = excluded.session_id, last_seq = excluded.last_seq,
          response = excluded.response, pieces = excluded.pieces, bytes = excluded.bytes`,
      record.id,
      record.subject,
      record.agentId,
      record.sessionHeader ?? null,
      record.createdAt,
      place?.sessionKey ?? null,
      place?.sessionId ?? null,
      place?.seq ?? null,
      response,
      input,
      pieces,
      response,
      input,
      pieces,
    );
    if (this.#untilPrune-- > 0) return;
    this.#untilPrune = PRUNE_EVERY;
    this.prune(now);
  }

  /** Whether there was such a response. */
  remove(id: string, subject: string): boolean {
    const sql = "DELETE FROM responses WHERE id = ? AND subject = ?";
    return this.#connection.run(sql, id, subject).changes > 0;
  }

  /** Whether nobody has gone on from a response in its own session yet; somebody has from now on. */
  claim(id: string): boolean {
    const sql = "UPDATE responses SET is_continued = 1 WHERE id = ? AND is_continued = 0";
    return this.#connection.run(sql, id).changes > 0;
  }

  /** Drops responses that are too old, and the oldest of too many or too large ones. */
  prune(
    now: number,
    { count, bytes }: { count: number; bytes: number } = {
      count: MAX_RESPONSES,
      bytes: MAX_RESPONSES_BYTES,
    },
  ): void {
    const connection = this.#connection;
    connection.run("DELETE FROM responses WHERE created_at <= ?", now - RESPONSE_RETENTION_MS);
    // Rows are numbered upwards, so this leaves at most as many as allowed without counting them.
    connection.run(
      "DELETE FROM responses WHERE row <= (SELECT max(row) FROM responses) - ?",
      count,
    );
    // The index alone answers this; the rows are looked at only when there is something to drop.
    if (connection.number("SELECT total(bytes) FROM responses") <= bytes) return;
    connection.run(
      `DELETE FROM responses WHERE row IN (SELECT row FROM
        (SELECT row, sum(bytes) OVER (ORDER BY created_at DESC, row DESC) AS newer FROM responses)
        WHERE newer > ?)`,
      bytes,
    );
  }
}

function toRecord(row: Columns): ResponseRecord {
  const { session_key: sessionKey, session_id: sessionId, last_seq: seq } = row;
  return {
    id: row.id,
    subject: row.subject,
    agentId: row.agent_id,
    ...(row.session_header === null ? {} : { sessionHeader: row.session_header }),
    createdAt: row.created_at,
    response: JSON.parse(row.response) as Record<string, unknown>,
    input: JSON.parse(row.input) as Record<string, unknown>[],
    ...(row.pieces ? { pieces: row.pieces.split(" ").map(Number) } : {}),
    ...(sessionKey === null || sessionId === null || seq === null
      ? {}
      : { place: { sessionKey, sessionId, seq } }),
  };
}

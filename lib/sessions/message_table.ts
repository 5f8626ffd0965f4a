/**
 * Transcripts and their messages, with the full-text index that follows them.
 *
 * @module
 */
import { randomId } from "../base/mod.ts";
import type { Connection } from "../store/mod.ts";
import { indexedText, indexQuery, messageText, snippetOf } from "./message_text.ts";
import type { CompactionMessage, MessageHit, StoredMessage, TranscriptMessage } from "./types.ts";

/** Odd, so that multiplying by it maps the 32-bit numbers onto themselves one to one. */
const ID_STEP = 0x9e3779b1;
/** Multiplying by it takes the multiplication by the step back. */
const ID_STEP_INVERSE = 0xe8b2f51;
/** More messages than a transcript ever has. */
const MAX_MESSAGES = 2 ** 20;
/** Messages read at once while walking through a transcript. */
const PAGE_MESSAGES = 64;

/** One conversation from its start to its reset. */
export interface Transcript {
  /** Number inside the database. */
  id: number;
  sessionId: string;
  startedAt: number;
}

/** A compaction as stored. */
export interface StoredCompaction extends StoredMessage {
  message: CompactionMessage;
}

interface Columns {
  seq: number;
  id: string;
  json: string;
}

interface SizedColumns extends Columns {
  role: TranscriptMessage["role"];
  bytes: number;
}

const TRANSCRIPT = "SELECT id, session_id AS sessionId, started_at AS startedAt FROM transcripts";
const NEWEST_PAGE = `SELECT seq, id, json, role, octet_length(json) AS bytes FROM messages
  WHERE transcript_id = ? AND seq >= ? AND seq < ? AND role <> 'compaction'
  ORDER BY seq DESC LIMIT ?`;
const LAST_COMPACTION = `SELECT seq, id, json FROM messages
  WHERE transcript_id = ? AND role = 'compaction' ORDER BY seq DESC LIMIT 1`;

/** Reads and writes messages; every writing method belongs inside a transaction. */
export class MessageTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Starts an empty transcript, with a new session id unless it has one already. */
  begin(sessionKey: string, now: number, sessionId = randomId()): Transcript {
    const { lastRow } = this.#connection.run(
      "INSERT INTO transcripts (session_id, session_key, started_at) VALUES (?, ?, ?)",
      sessionId,
      sessionKey,
      now,
    );
    return { id: lastRow, sessionId, startedAt: now };
  }

  /** Marks a transcript as finished; it stays readable. */
  finish(transcriptId: number, reason: string, now: number): void {
    this.#connection.run(
      "UPDATE transcripts SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL",
      now,
      reason,
      transcriptId,
    );
  }

  /** Takes back that a transcript was finished. */
  reopen(transcriptId: number): void {
    this.#connection.run(
      "UPDATE transcripts SET ended_at = NULL, end_reason = NULL WHERE id = ?",
      transcriptId,
    );
  }

  /** Whether a transcript is there and not being removed. */
  exists(transcriptId: number): boolean {
    return this.#connection.get(
      "SELECT 1 FROM transcripts WHERE id = ? AND session_key <> 'removing:'",
      transcriptId,
    ) !== undefined;
  }

  /** The transcript of a session id. */
  find(sessionId: string): Transcript | undefined {
    return this.#connection.get(`${TRANSCRIPT} WHERE session_id = ?`, sessionId);
  }

  /** The key a session id belongs or belonged to. */
  keyOf(sessionId: string): string | undefined {
    return this.#connection.get<{ key: string }>(
      "SELECT session_key AS key FROM transcripts WHERE session_id = ?",
      sessionId,
    )?.key;
  }

  /** Everything ever said under a key, oldest first. */
  transcriptsOf(sessionKey: string): Transcript[] {
    return this.#connection.all(`${TRANSCRIPT} WHERE session_key = ? ORDER BY id`, sessionKey);
  }

  /** The ids of a key's transcripts and when they ended, oldest first. */
  endsOf(sessionKey: string): { sessionId: string; endedAt: number | undefined }[] {
    return this.#connection.all<{ sessionId: string; endedAt: number | null }>(
      `SELECT session_id AS sessionId, ended_at AS endedAt FROM transcripts
        WHERE session_key = ? ORDER BY id`,
      sessionKey,
    ).map(({ sessionId, endedAt }) => ({ sessionId, endedAt: endedAt ?? undefined }));
  }

  /** Keys that a transcript belongs to; those that are being copied or removed have none. */
  keys(): string[] {
    return this.#connection.all<{ key: string }>(
      `SELECT DISTINCT session_key AS key FROM transcripts
        WHERE session_key NOT IN ('copying:', 'removing:') ORDER BY session_key`,
    ).map(({ key }) => key);
  }

  /** Moves a transcript to another key; checkpoints that point into it are gone then. */
  giveTo(transcriptId: number, sessionKey: string): void {
    this.#connection.run("DELETE FROM checkpoints WHERE transcript_id = ?", transcriptId);
    this.#connection.run(
      "UPDATE transcripts SET session_key = ? WHERE id = ?",
      sessionKey,
      transcriptId,
    );
  }

  /**
   * Removes the newest messages of a transcript, and the transcript with the last of them.
   *
   * @returns Whether there is more of it.
   */
  deleteSlice(transcriptId: number, limit: number): boolean {
    const left = this.lastSeq(transcriptId) - limit;
    const sql = left > 0
      ? "DELETE FROM messages WHERE transcript_id = ? AND seq > ?"
      : "DELETE FROM transcripts WHERE id = ?";
    this.#connection.run(sql, transcriptId, ...(left > 0 ? [left] : []));
    return left > 0;
  }

  /** The transcripts of a key that ended before a moment. */
  endedOf(sessionKey: string, before: number): Transcript[] {
    return this.#connection.all(
      `${TRANSCRIPT} WHERE session_key = ? AND ended_at < ?`,
      sessionKey,
      before,
    );
  }

  /** Position of the newest message, 0 in an empty transcript. */
  lastSeq(transcriptId: number): number {
    return this.#connection.number(
      "SELECT max(seq) FROM messages WHERE transcript_id = ?",
      transcriptId,
    );
  }

  /** The id of the message at a position; also for one that is not there. */
  idAt(sessionId: string, seq: number): string {
    const row = this.#connection.get<{ id: string }>(
      `SELECT m.id FROM transcripts AS t JOIN messages AS m ON m.transcript_id = t.id
        WHERE t.session_id = ? AND m.seq = ?`,
      sessionId,
      seq,
    );
    return row?.id ?? messageId(sessionId, seq);
  }

  /** Gives a transcript another session id, so that its own is free again. */
  rename(transcriptId: number, sessionId: string): void {
    this.#connection.run(
      "UPDATE transcripts SET session_id = ? WHERE id = ?",
      sessionId,
      transcriptId,
    );
  }

  /** Adds messages that have ids and positions already, behind all that are there. */
  restore(transcriptId: number, messages: readonly StoredMessage[]): void {
    for (const message of messages) this.#insert(transcriptId, message);
  }

  /** Adds messages at the end, in order. */
  append(
    transcript: Pick<Transcript, "id" | "sessionId">,
    messages: readonly TranscriptMessage[],
  ): StoredMessage[] {
    if (messages.length === 0) return [];
    let seq = this.lastSeq(transcript.id);
    return messages.map((message) => {
      const stored = { id: messageId(transcript.sessionId, ++seq), seq, message };
      this.#insert(transcript.id, stored);
      return stored;
    });
  }

  /** The newest messages before a position, oldest first. */
  page(transcriptId: number, limit: number, beforeSeq = Number.MAX_SAFE_INTEGER): StoredMessage[] {
    return this.#connection.all<Columns>(
      `SELECT seq, id, json FROM messages
        WHERE transcript_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
      transcriptId,
      beforeSeq,
      Math.max(0, Math.floor(limit)),
    ).reverse().map(toStored);
  }

  /** Messages after a position, oldest first, at most one page. */
  pageAfter(transcriptId: number, afterSeq: number, limit = PAGE_MESSAGES): StoredMessage[] {
    return this.#connection.all<Columns>(
      `SELECT seq, id, json FROM messages WHERE transcript_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
      transcriptId,
      afterSeq,
      Math.max(0, limit),
    ).map(toStored);
  }

  /**
   * The newest messages whose JSON fits a budget, oldest first, without compactions. The newest one is
   * always among them, and a tool's answer never comes without the call it answers.
   *
   * @param fromSeq Messages before this position are left out.
   */
  newest(transcriptId: number, maxBytes: number, fromSeq = 1): StoredMessage[] {
    const kept: SizedColumns[] = [];
    let bytes = 0;
    let before = Number.MAX_SAFE_INTEGER;
    while (true) {
      const page = this.#connection.all<SizedColumns>(
        NEWEST_PAGE,
        transcriptId,
        fromSeq,
        before,
        PAGE_MESSAGES,
      );
      for (const row of page) {
        bytes += row.bytes;
        if (bytes > maxBytes && isWhole(kept)) return kept.reverse().map(toStored);
        kept.push(row);
      }
      if (page.length < PAGE_MESSAGES) return kept.reverse().map(toStored);
      before = page.at(-1)!.seq;
    }
  }

  /** The newest compaction of a transcript. */
  lastCompaction(transcriptId: number): StoredCompaction | undefined {
    const row = this.#connection.get<Columns>(LAST_COMPACTION, transcriptId);
    return row === undefined ? undefined : toStored(row) as StoredCompaction;
  }

  /**
   * Adds messages of another transcript, of which a range is copied, both positions inclusive. Their
   * figures are not counted again: what was paid for them was paid once.
   *
   * @param slice Behind which position, and how many at most.
   * @returns The position to go on behind; nothing when the range, or the source, is at its end.
   */
  copySlice(
    source: Pick<Transcript, "id">,
    target: Pick<Transcript, "id" | "sessionId">,
    { fromSeq, toSeq }: { fromSeq: number; toSeq: number },
    { after, limit }: { after: number; limit: number },
  ): number | undefined {
    const page = this.pageAfter(source.id, after, Math.min(limit, toSeq - after));
    const before = this.lastSeq(target.id);
    this.append(target, page.map(({ message }) => moved(message, fromSeq - 1)));
    this.#connection.run(
      `DELETE FROM message_usage WHERE row IN
        (SELECT row FROM messages WHERE transcript_id = ? AND seq > ?)`,
      target.id,
      before,
    );
    const last = page.at(-1)?.seq;
    return last === undefined || last >= toSeq ? undefined : last;
  }

  /** Messages that have all words of `typed`, newest first. */
  search(typed: string, limit: number): MessageHit[] {
    const query = indexQuery(typed);
    if (query === undefined) return [];
    const rows = this.#connection.all<Columns & Omit<MessageHit, "snippet">>(
      `SELECT t.session_key AS sessionKey, t.session_id AS sessionId, m.id, m.seq, m.role,
          m.ts AS timestamp, m.json
        FROM (SELECT rowid AS row FROM message_index WHERE message_index MATCH ?
          ORDER BY rowid DESC LIMIT ?) AS hit
        JOIN messages AS m ON m.row = hit.row
        JOIN transcripts AS t ON t.id = m.transcript_id
        ORDER BY hit.row DESC`,
      query,
      Math.max(0, Math.floor(limit)),
    );
    return rows.map(({ json, ...hit }) => ({
      ...hit,
      snippet: snippetOf(messageText(JSON.parse(json) as TranscriptMessage), typed),
    }));
  }

  #insert(transcriptId: number, { id, seq, message }: StoredMessage): void {
    const { lastRow } = this.#connection.run(
      "INSERT INTO messages (transcript_id, seq, id, role, ts, json) VALUES (?, ?, ?, ?, ?, ?)",
      transcriptId,
      seq,
      id,
      message.role,
      Math.trunc(message.timestamp),
      JSON.stringify(message),
    );
    const text = indexedText(messageText(message));
    if (text === "") return;
    this.#connection.run("INSERT INTO message_index (rowid, text) VALUES (?, ?)", lastRow, text);
  }
}

/** Whether a context may begin with the oldest row kept so far. */
function isWhole(keptNewestFirst: readonly SizedColumns[]): boolean {
  const oldest = keptNewestFirst.at(-1);
  return oldest !== undefined && oldest.role !== "toolResult";
}

/** A message whose place moves towards the start by so many positions. */
function moved(message: TranscriptMessage, by: number): TranscriptMessage {
  if (message.role !== "compaction" || by === 0) return message;
  return { ...message, firstKeptSeq: Math.max(1, message.firstKeptSeq - by) };
}

/** Eight hexadecimal digits; different for every position of one transcript. */
export function messageId(sessionId: string, seq: number): string {
  return ((idStart(sessionId) + Math.imul(seq, ID_STEP)) >>> 0).toString(16).padStart(8, "0");
}

/** Whether an id may one day be given to a message of the transcript that has none yet. */
export function mayBecomeId(sessionId: string, id: string): boolean {
  if (!/^[0-9a-f]{8}$/.test(id)) return false;
  const steps = (Number.parseInt(id, 16) - idStart(sessionId)) >>> 0;
  return (Math.imul(steps, ID_STEP_INVERSE) >>> 0) < MAX_MESSAGES;
}

/** Where the ids of a transcript begin; ids that are no UUID come from elsewhere. */
function idStart(sessionId: string): number {
  if (/^[0-9a-f]{8}/i.test(sessionId)) return Number.parseInt(sessionId.slice(0, 8), 16);
  let hash = 0x811c9dc5;
  for (const char of sessionId) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}

function toStored({ seq, id, json }: Columns): StoredMessage {
  return { id, seq, message: JSON.parse(json) as TranscriptMessage };
}

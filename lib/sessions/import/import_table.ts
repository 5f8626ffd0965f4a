/**
 * The tables of what came from files: how far each was read, and its lines that are no messages.
 *
 * @module
 */
import type { Connection } from "../../store/mod.ts";

/** How far a file was read. */
export interface ImportedTranscript {
  source: string;
  /** Number inside the database; nothing may be left of it. */
  transcriptId: number;
  bytes: number;
  sha256: string;
  lines: number;
  leafId: string | undefined;
  lastSeq: number;
}

/** What a line is to the conversation. */
export type LineKind = "path" | "side" | "damaged";

/** A line that is no message. */
export interface KeptLine {
  line: number;
  afterSeq: number;
  kind: LineKind;
  entryId: string | undefined;
  text: string;
}

interface Columns {
  source: string;
  transcript_id: number;
  bytes: number;
  sha256: string;
  lines: number;
  leaf_id: string | null;
  last_seq: number;
}

/** Reads and writes what is known of files; every writing method belongs inside a transaction. */
export class ImportTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** What is known of a file. */
  find(source: string): ImportedTranscript | undefined {
    const row = this.#connection.get<Columns>(
      "SELECT * FROM imported_transcripts WHERE source = ?",
      source,
    );
    return row && {
      source: row.source,
      transcriptId: row.transcript_id,
      bytes: row.bytes,
      sha256: row.sha256,
      lines: row.lines,
      leafId: row.leaf_id ?? undefined,
      lastSeq: row.last_seq,
    };
  }

  /** Notes how far a file was read. */
  save(row: ImportedTranscript, now: number): void {
    this.#connection.run(
      `INSERT OR REPLACE INTO imported_transcripts
        (source, transcript_id, bytes, sha256, lines, leaf_id, last_seq, imported_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      row.source,
      row.transcriptId,
      row.bytes,
      row.sha256,
      row.lines,
      row.leafId ?? null,
      row.lastSeq,
      now,
    );
  }

  /** Keeps a line. */
  keep(transcriptId: number, { line, afterSeq, kind, entryId, text }: KeptLine): void {
    this.#connection.run(
      `INSERT OR REPLACE INTO transcript_lines
        (transcript_id, line, after_seq, kind, entry_id, text) VALUES (?, ?, ?, ?, ?, ?)`,
      transcriptId,
      line,
      afterSeq,
      kind,
      entryId ?? null,
      text,
    );
  }

  /** The ids of a transcript's messages. */
  messageIds(transcriptId: number): Set<string> {
    return new Set(
      this.#connection.all<{ id: string }>(
        "SELECT id FROM messages WHERE transcript_id = ?",
        transcriptId,
      ).map(({ id }) => id),
    );
  }

  /** Position of the first message at or behind an entry. */
  seqFrom(transcriptId: number, entryId: string): number | undefined {
    const message = this.#connection.get<{ seq: number }>(
      "SELECT seq FROM messages WHERE transcript_id = ? AND id = ?",
      transcriptId,
      entryId,
    );
    if (message !== undefined) return message.seq;
    const line = this.#connection.get<{ seq: number }>(
      "SELECT after_seq + 1 AS seq FROM transcript_lines WHERE transcript_id = ? AND entry_id = ?",
      transcriptId,
      entryId,
    );
    return line?.seq;
  }
}

/** Lines of a transcript that stand behind a message, oldest first, without damaged ones. */
export function linesAfter(
  connection: Connection,
  transcriptId: number,
  afterSeq: number,
): KeptLine[] {
  return connection.all<KeptLine>(
    `SELECT line, after_seq AS afterSeq, kind, entry_id AS entryId, text FROM transcript_lines
      WHERE transcript_id = ? AND after_seq = ? AND kind <> 'damaged' ORDER BY line`,
    transcriptId,
    afterSeq,
  );
}

/**
 * The table of checkpoints: where conversations stood before they were compacted.
 *
 * @module
 */
import type { Connection } from "../store/mod.ts";

/** A conversation as it was before a compaction. */
export interface Checkpoint {
  checkpointId: string;
  sessionKey: string;
  /** The transcript it points into. */
  sessionId: string;
  createdAt: number;
  reason: string;
  tokensBefore: number;
  tokensAfter?: number;
  /** Absent when the older part was cut off without one. */
  summary?: string;
  firstKeptSeq: number;
  /** Position of the newest message of that time. */
  lastSeq: number;
  /** Where the conversation went on, and the place of its first new entry. */
  postSessionId: string;
  postSeq: number;
}

const COLUMNS = `checkpoint_id AS checkpointId, session_key AS sessionKey, session_id AS sessionId,
  created_at AS createdAt, reason, tokens_before AS tokensBefore, tokens_after AS tokensAfter,
  summary, first_kept_seq AS firstKeptSeq, last_seq AS lastSeq, post_session_id AS postSessionId,
  post_seq AS postSeq`;

const INSERT = `INSERT INTO checkpoints (checkpoint_id, session_key, transcript_id, session_id,
    created_at, reason, tokens_before, tokens_after, summary, first_kept_seq, last_seq,
    post_session_id, post_seq)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

type Row = Omit<Checkpoint, "tokensAfter" | "summary"> & {
  tokensAfter: number | null;
  summary: string | null;
};

/** Reads and writes rows of `checkpoints`; every writing method belongs inside a transaction. */
export class CheckpointTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds a checkpoint into the transcript with this number. */
  insert(transcriptId: number, checkpoint: Checkpoint): void {
    this.#connection.run(
      INSERT,
      checkpoint.checkpointId,
      checkpoint.sessionKey,
      transcriptId,
      checkpoint.sessionId,
      checkpoint.createdAt,
      checkpoint.reason,
      checkpoint.tokensBefore,
      checkpoint.tokensAfter ?? null,
      checkpoint.summary ?? null,
      checkpoint.firstKeptSeq,
      checkpoint.lastSeq,
      checkpoint.postSessionId,
      checkpoint.postSeq,
    );
  }

  /** All checkpoints of a key, newest first. */
  list(sessionKey: string): Checkpoint[] {
    return this.#connection.all<Row>(
      `SELECT ${COLUMNS} FROM checkpoints WHERE session_key = ? ORDER BY row DESC`,
      sessionKey,
    ).map(toCheckpoint);
  }

  /** One checkpoint of a key. */
  find(sessionKey: string, checkpointId: string): Checkpoint | undefined {
    const row = this.#connection.get<Row>(
      `SELECT ${COLUMNS} FROM checkpoints WHERE checkpoint_id = ? AND session_key = ?`,
      checkpointId,
      sessionKey,
    );
    return row === undefined ? undefined : toCheckpoint(row);
  }

  /** Number of checkpoints of a key. */
  count(sessionKey: string): number {
    return this.#connection.number(
      "SELECT count(*) FROM checkpoints WHERE session_key = ?",
      sessionKey,
    );
  }
}

function toCheckpoint({ tokensAfter, summary, ...rest }: Row): Checkpoint {
  return {
    ...rest,
    ...(tokensAfter === null ? {} : { tokensAfter }),
    ...(summary === null ? {} : { summary }),
  };
}

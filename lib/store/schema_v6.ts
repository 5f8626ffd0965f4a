/**
 * Step 6 of the schema: what conversations were before they were compacted.
 *
 * @module
 */

/**
 * Creates the table of checkpoints. A checkpoint points into a transcript and copies nothing:
 * transcripts only grow, so that everything up to `last_seq` is what there was.
 */
export const CHECKPOINTS_SCHEMA = `
CREATE TABLE checkpoints (
  row INTEGER PRIMARY KEY,
  checkpoint_id TEXT NOT NULL UNIQUE,
  session_key TEXT NOT NULL,
  transcript_id INTEGER NOT NULL REFERENCES transcripts (id) ON DELETE CASCADE,
  session_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  tokens_before INTEGER NOT NULL,
  tokens_after INTEGER,
  summary TEXT,
  first_kept_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  post_session_id TEXT NOT NULL,
  post_seq INTEGER NOT NULL
) STRICT;
CREATE INDEX checkpoints_by_key ON checkpoints (session_key, row);
CREATE INDEX checkpoints_by_transcript ON checkpoints (transcript_id);

CREATE INDEX messages_compactions ON messages (transcript_id, seq) WHERE role = 'compaction';
`;

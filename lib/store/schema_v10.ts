/**
 * Step 10 of the schema: what came from transcript files of an earlier gateway.
 *
 * @module
 */

/**
 * Creates the tables. `transcript_lines` keeps what a file says besides messages, so that an export
 * gives it back; `imported_transcripts` knows how far each file was read.
 *
 * The second has no reference to the transcript on purpose: what was removed here stays removed when
 * its file is read again.
 */
export const IMPORTS_SCHEMA = `
CREATE TABLE transcript_lines (
  transcript_id INTEGER NOT NULL REFERENCES transcripts (id) ON DELETE CASCADE,
  -- Position in the file, from 1.
  line INTEGER NOT NULL,
  -- The message it stands behind; 0 before the first one.
  after_seq INTEGER NOT NULL,
  -- path: an ancestor of the newest entry; side: not; damaged: could not be read.
  kind TEXT NOT NULL,
  entry_id TEXT,
  text TEXT NOT NULL,
  PRIMARY KEY (transcript_id, after_seq, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE imported_transcripts (
  -- Agent and file name without its ending: a file keeps it when it is archived or moved.
  source TEXT PRIMARY KEY,
  transcript_id INTEGER NOT NULL,
  -- How much of the file was read, and the SHA-256 of that.
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  lines INTEGER NOT NULL,
  -- Id of the newest entry, and position of the newest message that came from the file.
  leaf_id TEXT,
  last_seq INTEGER NOT NULL,
  imported_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

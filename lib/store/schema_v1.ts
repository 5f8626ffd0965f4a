/**
 * Step 1 of the schema: sessions, transcripts with full-text index, runs, remembered results.
 *
 * @module
 */

/** Creates the first tables. Times are milliseconds since the epoch, JSON is text. */
export const SESSIONS_SCHEMA = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One conversation from its start to its reset. A key's older transcripts stay.
CREATE TABLE transcripts (
  id INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL UNIQUE,
  session_key TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  end_reason TEXT
) STRICT;
CREATE INDEX transcripts_by_key ON transcripts (session_key, id);

CREATE TABLE sessions (
  key TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL,
  transcript_id INTEGER NOT NULL,
  session_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  session_started_at INTEGER NOT NULL,
  last_interaction_at INTEGER NOT NULL,
  status TEXT,
  started_at INTEGER,
  ended_at INTEGER,
  aborted_last_run INTEGER,
  label TEXT,
  model_provider TEXT,
  model TEXT,
  context_tokens INTEGER,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0,
  estimated_cost_usd REAL NOT NULL DEFAULT 0,
  extra TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX sessions_by_update ON sessions (updated_at);
CREATE INDEX sessions_by_agent ON sessions (agent_id, updated_at);
CREATE UNIQUE INDEX sessions_by_label ON sessions (label) WHERE label IS NOT NULL;

-- Counting rows takes time that grows; these few rows do not.
CREATE TABLE session_counts (
  agent_id TEXT PRIMARY KEY,
  sessions INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER sessions_counted_in AFTER INSERT ON sessions BEGIN
  INSERT INTO session_counts (agent_id, sessions) VALUES (new.agent_id, 1)
    ON CONFLICT (agent_id) DO UPDATE SET sessions = sessions + 1;
END;
CREATE TRIGGER sessions_counted_out AFTER DELETE ON sessions BEGIN
  UPDATE session_counts SET sessions = sessions - 1 WHERE agent_id = old.agent_id;
END;

CREATE TABLE messages (
  row INTEGER PRIMARY KEY,
  transcript_id INTEGER NOT NULL REFERENCES transcripts (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  role TEXT NOT NULL,
  ts INTEGER NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (transcript_id, seq)
) STRICT;

-- Holds no text of its own: its rows are those of messages that have any text.
CREATE VIRTUAL TABLE message_index USING fts5 (text, content = '', contentless_delete = 1);
CREATE TRIGGER messages_unindexed AFTER DELETE ON messages BEGIN
  DELETE FROM message_index WHERE rowid = old.row;
END;

CREATE TABLE runs (
  row INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  session_key TEXT NOT NULL,
  session_id TEXT NOT NULL,
  status TEXT,
  stop_reason TEXT,
  error TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  result TEXT
) STRICT;
CREATE INDEX runs_open ON runs (row) WHERE status IS NULL;

CREATE TABLE idempotency (
  row INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  result TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  UNIQUE (scope, key)
) STRICT;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
`;

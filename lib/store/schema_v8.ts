/**
 * Step 8 of the schema: answers over HTTP that clients come back to.
 *
 * @module
 */

/**
 * Creates the table. Times are milliseconds since the epoch. `subject`, `agent_id` and
 * `session_header` say whose a response is. `session_id` and `last_seq` are the point of a
 * conversation behind it; `is_continued` tells whether somebody went on from there in its own session.
 *
 * `response` is the object as clients read it, `input` a list of items, `bytes` the size of both.
 */
export const RESPONSES_SCHEMA = `
CREATE TABLE responses (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  session_header TEXT,
  created_at INTEGER NOT NULL,
  session_key TEXT,
  session_id TEXT,
  last_seq INTEGER,
  is_continued INTEGER NOT NULL DEFAULT 0,
  response TEXT NOT NULL,
  input TEXT NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX responses_by_time ON responses (created_at, bytes);
`;

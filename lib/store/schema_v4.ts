/**
 * Step 4 of the schema: what waits for nodes that cannot act now.
 *
 * @module
 */

/** Creates the tables. Times are milliseconds since the epoch. */
export const NODE_QUEUE_SCHEMA = `
-- Commands that a node fetches once it is in the foreground.
CREATE TABLE node_actions (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  node_id TEXT NOT NULL,
  command TEXT NOT NULL,
  -- JSON, or nothing for a command without parameters.
  params TEXT,
  idempotency_key TEXT NOT NULL,
  enqueued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  UNIQUE (node_id, idempotency_key)
) STRICT;

-- Requests that a node fetches when it wakes; one of each type.
CREATE TABLE node_work (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  node_id TEXT NOT NULL,
  type TEXT NOT NULL,
  priority TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  UNIQUE (node_id, type)
) STRICT;

-- How often something was queued for a node.
CREATE TABLE node_revisions (
  node_id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

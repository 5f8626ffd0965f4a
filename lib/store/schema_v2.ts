/**
 * Step 2 of the schema: paired devices, their tokens and requests, setup codes, nodes.
 *
 * @module
 */

/**
 * Creates the tables of devices and nodes. Times are milliseconds since the epoch; lists and facts
 * are JSON; of every token there is only the SHA-256, in hexadecimal.
 */
export const DEVICES_SCHEMA = `
CREATE TABLE devices (
  device_id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  -- Given by a person; the name the device gives itself is among the facts.
  name TEXT,
  facts TEXT NOT NULL,
  role TEXT NOT NULL,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  approved_at INTEGER NOT NULL,
  last_seen_at INTEGER,
  last_seen_reason TEXT
) STRICT, WITHOUT ROWID;

-- A token whose hash is missing was granted and not handed out yet.
CREATE TABLE device_tokens (
  device_id TEXT NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  scopes TEXT NOT NULL,
  hash TEXT,
  previous_hash TEXT,
  previous_until INTEGER,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (device_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_requests (
  request_id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  facts TEXT NOT NULL,
  role TEXT NOT NULL,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setup_tokens (
  hash TEXT PRIMARY KEY,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  -- The one device that may use it, once there is one.
  device_id TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
  node_id TEXT PRIMARY KEY,
  name TEXT,
  facts TEXT NOT NULL,
  commands TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  approved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE node_requests (
  request_id TEXT PRIMARY KEY,
  node_id TEXT NOT NULL UNIQUE,
  facts TEXT NOT NULL,
  commands TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

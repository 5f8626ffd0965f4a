/**
 * Step 5 of the schema: requests for approval and what was decided.
 *
 * @module
 */

/**
 * Creates the table of approvals. Times are milliseconds since the epoch; `request` and `asked_by` are
 * JSON.
 */
export const APPROVALS_SCHEMA = `
CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  -- exec or plugin
  kind TEXT NOT NULL,
  -- pending, resolved, expired, or unrouted when nobody could be asked
  state TEXT NOT NULL,
  request TEXT NOT NULL,
  -- A JSON list of decisions.
  allowed TEXT NOT NULL,
  -- The client that asked; missing for the gateway's own tools.
  asked_by TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decision TEXT,
  resolved_by TEXT,
  ended_at INTEGER,
  -- When a decision that holds once was made use of.
  spent_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_pending ON approvals (expires_at) WHERE state = 'pending';
CREATE INDEX approvals_ended ON approvals (ended_at) WHERE ended_at IS NOT NULL;
`;

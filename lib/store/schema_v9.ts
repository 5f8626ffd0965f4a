/**
 * Step 9 of the schema: runs that webhooks began, and events whose words come from outside.
 *
 * @module
 */

/**
 * Creates the table. Times are milliseconds since the epoch. `fingerprint` tells whether a request is
 * the same as an earlier one; `pending` is what it takes to report how the run ended, until it is.
 */
export const HOOKS_SCHEMA = `
CREATE TABLE hook_runs (
  row INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  fingerprint TEXT,
  accepted_at INTEGER NOT NULL,
  pending TEXT
) STRICT;
CREATE INDEX hook_runs_by_fingerprint ON hook_runs (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX hook_runs_pending ON hook_runs (row) WHERE pending IS NOT NULL;

ALTER TABLE system_events ADD COLUMN is_untrusted INTEGER NOT NULL DEFAULT 0;
`;

/**
 * Step 7 of the schema: scheduled jobs, their finished runs, and what agents are to be told.
 *
 * @module
 */

/**
 * Creates the tables. Times are milliseconds since the epoch. `job` is the job without its state,
 * `entry` a finished run as clients see it; the columns beside them are those that are searched by.
 *
 * Runs outlive their job: what a removed job did stays known.
 */
export const CRON_SCHEMA = `
CREATE TABLE cron_jobs (
  id TEXT PRIMARY KEY,
  job TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cron_runs (
  row INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL,
  ts INTEGER NOT NULL,
  status TEXT NOT NULL,
  delivery_status TEXT,
  job_name TEXT,
  entry TEXT NOT NULL
) STRICT;
CREATE INDEX cron_runs_by_job ON cron_runs (job_id, ts);
CREATE INDEX cron_runs_by_time ON cron_runs (ts);

CREATE TABLE system_events (
  row INTEGER PRIMARY KEY,
  session_key TEXT NOT NULL,
  ts INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX system_events_by_session ON system_events (session_key);
`;

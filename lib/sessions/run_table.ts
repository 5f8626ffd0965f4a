/**
 * The table of runs, from acknowledgement to final answer.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import type { Connection } from "../store/mod.ts";
import type { RunRecord, RunStatus } from "./types.ts";

/** How long a finished run is remembered, in milliseconds: repeats of its key come within it. */
export const RUN_RETENTION_MS = 7 * 24 * 3_600_000;
/** Runs between two looks for old ones. */
const PRUNE_EVERY = 256;
/** More than {@linkcode PRUNE_EVERY}, so that a backlog shrinks. */
const MAX_PRUNED = 512;

interface Columns {
  run_id: string;
  session_key: string;
  session_id: string;
  status: RunStatus | null;
  stop_reason: string | null;
  error: string | null;
  started_at: number;
  ended_at: number | null;
  result: string | null;
}

/** Reads and writes rows of `runs`; every writing method belongs inside a transaction. */
export class RunTable {
  readonly #connection: Connection;
  #untilPrune = PRUNE_EVERY;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A run by the client's key. */
  find(runId: string): RunRecord | undefined {
    const row = this.#connection.get<Columns>("SELECT * FROM runs WHERE run_id = ?", runId);
    return row === undefined ? undefined : toRecord(row);
  }

  /** Runs without an outcome, oldest first. */
  open(): RunRecord[] {
    return this.#connection.all<Columns>("SELECT * FROM runs WHERE status IS NULL ORDER BY row")
      .map(toRecord);
  }

  /** Number of runs without an outcome. */
  countOpen(): number {
    return this.#connection.number("SELECT count(*) FROM runs WHERE status IS NULL");
  }

  /** Whether a session has a run without an outcome. */
  hasOpen(sessionKey: string): boolean {
    const sql = "SELECT 1 FROM runs WHERE status IS NULL AND session_key = ? LIMIT 1";
    return this.#connection.get(sql, sessionKey) !== undefined;
  }

  /** Adds a run. @throws {AppError} `RUN_EXISTS` */
  insert(run: RunRecord): void {
    const { changes } = this.#connection.run(
      `INSERT INTO runs (run_id, session_key, session_id, started_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (run_id) DO NOTHING`,
      run.runId,
      run.sessionKey,
      run.sessionId,
      run.startedAt,
    );
    if (changes === 0) throw runExists(run.runId);
  }

  /** A run that has no outcome yet. @throws {AppError} `RUN_NOT_FOUND` */
  requireOpen(runId: string): RunRecord {
    const run = this.find(runId);
    if (run !== undefined && run.status === undefined) return run;
    const why = run === undefined ? "it was never started" : `it already ended as "${run.status}"`;
    throw new AppError("RUN_NOT_FOUND", `Cannot end run "${runId}": ${why}`, {
      hint: "openclaw logs",
      details: { runId },
    });
  }

  /** Writes the outcome, and now and then forgets old runs. */
  finish(run: RunRecord): void {
    this.#connection.run(
      `UPDATE runs SET status = ?, stop_reason = ?, error = ?, ended_at = ?, result = ?
        WHERE run_id = ?`,
      run.status ?? null,
      run.stopReason ?? null,
      run.error ?? null,
      run.endedAt ?? null,
      run.result === undefined ? null : JSON.stringify(run.result),
      run.runId,
    );
    if (--this.#untilPrune > 0 || run.endedAt === undefined) return;
    this.#untilPrune = PRUNE_EVERY;
    this.#prune(run.endedAt - RUN_RETENTION_MS);
  }

  #prune(endedBefore: number): void {
    this.#connection.run(
      `DELETE FROM runs WHERE ended_at < ? AND row IN (SELECT row FROM runs ORDER BY row LIMIT ?)`,
      endedBefore,
      MAX_PRUNED,
    );
  }
}

function runExists(runId: string): AppError {
  return new AppError("RUN_EXISTS", `Cannot start run "${runId}": the key was used before`, {
    hint: "Send a new idempotency key, or ask for this one with: openclaw gateway call agent.wait",
    details: { runId },
  });
}

function toRecord(row: Columns): RunRecord {
  const run: RunRecord = {
    runId: row.run_id,
    sessionKey: row.session_key,
    sessionId: row.session_id,
    startedAt: row.started_at,
  };
  if (row.status !== null) run.status = row.status;
  if (row.stop_reason !== null) run.stopReason = row.stop_reason;
  if (row.error !== null) run.error = row.error;
  if (row.ended_at !== null) run.endedAt = row.ended_at;
  if (row.result !== null) run.result = JSON.parse(row.result);
  return run;
}

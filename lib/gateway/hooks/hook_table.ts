/**
 * Runs that webhooks began: which request each answers, and whether its end has been reported.
 *
 * @module
 */
import type { Store } from "../../store/mod.ts";
import type { HookWakeMode } from "../../http/mod.ts";

/** How long a repeated request gets the run of the first one. */
export const REPEAT_MS = 5 * 60_000;
/** Requests remembered at most. */
const MAX_REMEMBERED = 1000;

/** What it takes to report how a run ended. */
export interface PendingReport {
  readonly runId: string;
  /** What the webhook is called. */
  readonly name: string;
  readonly agentId: string;
  readonly deliver: boolean;
  readonly wakeMode: HookWakeMode;
}

/** Reads and writes rows of `hook_runs`; writes are on disk when they resolve. */
export class HookTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The run of the same request, when there was one lately. */
  findRepeat(fingerprint: string, now: number): string | undefined {
    return this.#store.connection.get<{ run_id: string }>(
      `SELECT run_id FROM hook_runs WHERE fingerprint = ? AND accepted_at > ?
        ORDER BY row DESC LIMIT 1`,
      fingerprint,
      now - REPEAT_MS,
    )?.run_id;
  }

  /** Remembers a run before it begins, and forgets what is too old or too much. */
  keep(report: PendingReport, fingerprint: string | undefined, now: number): Promise<void> {
    const { connection } = this.#store;
    const { runId, ...pending } = report;
    return this.#store.transact(() => {
      connection.run(
        "DELETE FROM hook_runs WHERE pending IS NULL AND accepted_at <= ?",
        now - REPEAT_MS,
      );
      connection.run(
        `INSERT INTO hook_runs (run_id, fingerprint, accepted_at, pending) VALUES (?, ?, ?, ?)
          ON CONFLICT (run_id) DO UPDATE SET pending = excluded.pending`,
        runId,
        fingerprint ?? null,
        now,
        JSON.stringify(pending),
      );
      connection.run(
        `DELETE FROM hook_runs WHERE pending IS NULL
          AND row <= (SELECT max(row) FROM hook_runs) - ?`,
        MAX_REMEMBERED,
      );
    });
  }

  /** Marks the end of a run as reported; who repeats the request still gets the run. */
  settle(runId: string): Promise<void> {
    const { connection } = this.#store;
    return this.#store.transact(() => {
      connection.run("UPDATE hook_runs SET pending = NULL WHERE run_id = ?", runId);
      const plain = "DELETE FROM hook_runs WHERE run_id = ? AND fingerprint IS NULL";
      connection.run(plain, runId);
    });
  }

  /** Forgets a run that did not begin. */
  forget(runId: string): Promise<void> {
    return this.#store.transact(() => {
      this.#store.connection.run("DELETE FROM hook_runs WHERE run_id = ?", runId);
    });
  }

  /** Runs whose end has not been reported, oldest first. */
  pending(): PendingReport[] {
    return this.#store.connection.all<{ run_id: string; pending: string }>(
      "SELECT run_id, pending FROM hook_runs WHERE pending IS NOT NULL ORDER BY row",
    ).map(({ run_id, pending }) => ({ ...JSON.parse(pending), runId: run_id }));
  }
}

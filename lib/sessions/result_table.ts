/**
 * Answers that are repeated when a client repeats its idempotency key.
 *
 * @module
 */
import { MAX_IDEMPOTENCY_ENTRIES } from "../protocol/mod.ts";
import type { Connection } from "../store/mod.ts";

/** Reads and writes rows of `idempotency`; writing belongs inside a transaction. */
export class ResultTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The answer of a key, unless its time is over. */
  recall(scope: string, key: string, now: number): { result: unknown } | undefined {
    const row = this.#connection.get<{ result: string }>(
      "SELECT result FROM idempotency WHERE scope = ? AND key = ? AND expires_at > ?",
      scope,
      key,
      now,
    );
    return row === undefined ? undefined : { result: JSON.parse(row.result) };
  }

  /** Keeps an answer, and drops those that are too old or too many. */
  remember(scope: string, key: string, result: unknown, expiresAt: number, now: number): void {
    const connection = this.#connection;
    connection.run("DELETE FROM idempotency WHERE expires_at <= ?", now);
    connection.run(
      `INSERT INTO idempotency (scope, key, result, expires_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (scope, key) DO UPDATE
        SET result = excluded.result, expires_at = excluded.expires_at`,
      scope,
      key,
      JSON.stringify(result ?? null),
      expiresAt,
    );
    // Rows are numbered upwards, so this leaves at most as many as allowed without counting them.
    connection.run(
      "DELETE FROM idempotency WHERE row <= (SELECT max(row) FROM idempotency) - ?",
      MAX_IDEMPOTENCY_ENTRIES,
    );
  }
}

/**
 * What clients set and no configuration file says, kept over restarts.
 *
 * @module
 */
import type { Store } from "../../store/mod.ts";

/** Named JSON values in the database. */
export class Settings {
  readonly #database: Store;

  constructor(database: Store) {
    this.#database = database;
  }

  /** The value of a setting, or `undefined` when it was never set. */
  get(key: string): unknown {
    const row = this.#database.connection.get<{ json: string }>(
      "SELECT json FROM settings WHERE key = ?",
      key,
    );
    return row === undefined ? undefined : JSON.parse(row.json);
  }

  /** Stores a value; it is on disk when this resolves. */
  set(key: string, value: unknown): Promise<void> {
    return this.#database.transact(() => {
      this.#database.connection.run(
        `INSERT INTO settings (key, json) VALUES (?, ?)
          ON CONFLICT (key) DO UPDATE SET json = excluded.json`,
        key,
        JSON.stringify(value),
      );
    });
  }
}

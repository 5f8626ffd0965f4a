/**
 * One connection to the database, with every statement prepared once.
 *
 * Owns error mapping for reads and the life of the native handle; knows no table.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { readError } from "./errors.ts";

/** A value that can be bound to a statement. */
export type SqlValue = SQLInputValue;

/** What a statement changed. */
export interface SqlChanges {
  changes: number;
  lastRow: number;
}

/** A thin, synchronous face of the native connection. */
export class Connection {
  /** The database file. */
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @param database Closed by {@linkcode close}. */
  constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.#database = database;
  }

  /** Whether a transaction is open; SQLite ends one itself after some failures. */
  get isInTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  /** Runs statements that take no values; their failures are those of SQLite. */
  execute(sql: string): void {
    this.#database.exec(sql);
  }

  /**
   * Runs one writing statement; its failures are those of SQLite, which the writer names.
   *
   * @param sql A constant text: it is the key under which the statement is kept.
   */
  run(sql: string, ...values: SqlValue[]): SqlChanges {
    const { changes, lastInsertRowid } = this.#prepare(sql).run(...values);
    return { changes: Number(changes), lastRow: Number(lastInsertRowid) };
  }

  /**
   * The first row.
   *
   * @throws {AppError} `STORE_CORRUPT`, `PERMISSION_DENIED` or `IO_ERROR`
   */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    try {
      return this.#prepare(sql).get(...values) as Row | undefined;
    } catch (error) {
      throw readError(this.path, error);
    }
  }

  /**
   * All rows.
   *
   * @throws {AppError} `STORE_CORRUPT`, `PERMISSION_DENIED` or `IO_ERROR`
   */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    try {
      return this.#prepare(sql).all(...values) as Row[];
    } catch (error) {
      throw readError(this.path, error);
    }
  }

  /** The only number of the only row. */
  number(sql: string, ...values: SqlValue[]): number {
    const row = this.get<Record<string, number | null>>(sql, ...values);
    return row === undefined ? 0 : Object.values(row)[0] ?? 0;
  }

  /** Moves the log into the database as far as nobody reads it, and closes the native handle. */
  close(): void {
    this.#statements.clear();
    try {
      this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // Everything acknowledged is safe in the log; the next start reads it from there.
    }
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

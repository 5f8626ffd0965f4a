/**
 * Looks through the whole database for damage; for `doctor` and for tests.
 *
 * @module
 */
import { errorMessage } from "../base/mod.ts";
import type { Connection } from "./connection.ts";

const MAX_PROBLEMS = 20;

/**
 * Reads every page. Its time grows with the database.
 *
 * @returns One line for each problem; empty when there is none.
 */
export function findDamage(connection: Connection): string[] {
  try {
    const pages = connection.all<{ integrity_check: string }>(
      `PRAGMA integrity_check(${MAX_PROBLEMS})`,
    ).map((row) => row.integrity_check).filter((line) => line !== "ok");
    const broken = connection.all<{ table: string }>("PRAGMA foreign_key_check")
      .map((row) => `a row of ${row.table} points nowhere`);
    return [...pages, ...broken].slice(0, MAX_PROBLEMS);
  } catch (error) {
    return [errorMessage(error)];
  }
}

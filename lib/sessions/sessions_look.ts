/**
 * The sessions of a database, read by somebody who changes nothing.
 *
 * @module
 */
import type { Connection } from "../store/mod.ts";
import { countContradictions } from "./integrity.ts";
import { SessionTable } from "./session_table.ts";

/** What there is to know without opening a session. */
export interface SessionsLook {
  readonly count: number;
  /** Rows that contradict each other; reads whole tables. */
  contradictions(): string[];
}

/** Looks at the tables of sessions. */
export function lookAtSessions(connection: Connection): SessionsLook {
  return {
    count: new SessionTable(connection).count(),
    contradictions: () => countContradictions(connection),
  };
}

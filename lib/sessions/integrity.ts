/**
 * Looks for contradictions between the tables of this room; for `doctor` and for tests.
 *
 * @module
 */
import { errorMessage } from "../base/mod.ts";
import type { Connection } from "../store/mod.ts";

/** What must count to zero, by what it means. */
const CONTRADICTIONS: readonly (readonly [string, string])[] = [
  [
    "sessions without a transcript",
    `SELECT count(*) FROM sessions AS s WHERE NOT EXISTS (
      SELECT 1 FROM transcripts AS t WHERE t.id = s.transcript_id AND t.session_id = s.session_id)`,
  ],
  [
    "transcripts with a gap",
    `SELECT count(*) FROM (SELECT 1 FROM messages GROUP BY transcript_id
      HAVING max(seq) <> count(*) OR min(seq) <> 1 OR count(DISTINCT id) <> count(*))`,
  ],
  [
    "index entries without a message",
    `SELECT count(*) FROM message_index_docsize WHERE id NOT IN (SELECT row FROM messages)`,
  ],
  [
    "agents with a wrong number of sessions",
    `SELECT count(*) FROM session_counts AS c WHERE c.sessions <> (
      SELECT count(*) FROM sessions AS s WHERE s.agent_id = c.agent_id)`,
  ],
];

/** One line for each contradiction; empty when there is none. Its time grows with the tables. */
export function findContradictions(connection: Connection): string[] {
  try {
    // Needs a connection that may write, though it changes nothing.
    connection.execute("INSERT INTO message_index (message_index) VALUES ('integrity-check')");
    return countContradictions(connection);
  } catch (error) {
    return [errorMessage(error)];
  }
}

/** The same without the index of texts, for a connection that may only read. */
export function countContradictions(connection: Connection): string[] {
  try {
    return CONTRADICTIONS.flatMap(([meaning, sql]) => {
      const count = connection.number(sql);
      return count === 0 ? [] : [`${count} ${meaning}`];
    });
  } catch (error) {
    return [errorMessage(error)];
  }
}

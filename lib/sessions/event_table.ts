/**
 * Things that an agent is to be told at the next turn of a session, in the order of their happening.
 *
 * @module
 */
import type { Connection } from "../store/mod.ts";

/** Kept of each session; the oldest go first. */
const MAX_QUEUED = 20;
/** Listed for all sessions together: a status does not grow with their number. */
const MAX_LISTED = 100;
const MAX_TEXT_CHARS = 2000;
/** Kept of all sessions together: whoever reports may name any number of them. */
const MAX_QUEUED_IN_ALL = 5000;

/** One thing that happened. */
export interface SystemEvent {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly ts: number;
  /** Whether others than the user and the gateway chose its words. */
  readonly isUntrusted: boolean;
}

/** Reads and writes rows of `system_events`; every writing method belongs inside a transaction. */
export class EventTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Queues an event; a blank one, and the same text twice in a row, count for nothing.
   *
   * @param isUntrusted Whether others than the user and the gateway chose its words.
   */
  add(sessionKey: string, text: string, now: number, isUntrusted = false): void {
    const cut = text.trim().slice(0, MAX_TEXT_CHARS);
    if (cut === "" || this.of(sessionKey).at(-1)?.text === cut) return;
    this.#connection.run(
      "INSERT INTO system_events (session_key, ts, text, is_untrusted) VALUES (?, ?, ?, ?)",
      sessionKey,
      now,
      cut,
      isUntrusted ? 1 : 0,
    );
    this.#connection.run(
      `DELETE FROM system_events WHERE session_key = ? AND row NOT IN
        (SELECT row FROM system_events WHERE session_key = ? ORDER BY row DESC LIMIT ?)`,
      sessionKey,
      sessionKey,
      MAX_QUEUED,
    );
    this.#connection.run(
      "DELETE FROM system_events WHERE row <= (SELECT max(row) FROM system_events) - ?",
      MAX_QUEUED_IN_ALL,
    );
  }

  /** What waits for a session, oldest first. */
  of(sessionKey: string): SystemEvent[] {
    return this.#connection.all<Omit<SystemEvent, "isUntrusted"> & { is_untrusted: number }>(
      "SELECT text, ts, is_untrusted FROM system_events WHERE session_key = ? ORDER BY row",
      sessionKey,
    ).map(({ text, ts, is_untrusted }) => ({ text, ts, isUntrusted: is_untrusted === 1 }));
  }

  /** Texts that wait, of all sessions: the newest ones, oldest first. */
  texts(): string[] {
    return this.#connection.all<SystemEvent>(
      "SELECT text FROM system_events ORDER BY row DESC LIMIT ?",
      MAX_LISTED,
    ).reverse().map(({ text }) => text);
  }

  /** Forgets what waits for a session. */
  clear(sessionKey: string): void {
    this.#connection.run("DELETE FROM system_events WHERE session_key = ?", sessionKey);
  }

  /** The lines of what waits for a session, which waits no longer then. */
  take(sessionKey: string): string[] {
    const events = this.of(sessionKey);
    if (events.length > 0) this.clear(sessionKey);
    return events.map(linesOf);
  }
}

/**
 * An event as the agent reads it. Every line of one from outside says so, or a later line could pass
 * for the gateway's own.
 */
function linesOf({ text, ts, isUntrusted }: SystemEvent): string {
  const line = `[${timeOf(ts)}] ${text}`;
  if (!isUntrusted) return `System: ${line}`;
  return line.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map((part) => `System (untrusted): ${part}`).join("\n");
}

/** `2026-01-31 07:00:00 UTC`. */
function timeOf(ts: number): string {
  return `${new Date(ts).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/**
 * Things that an agent should know at its next turn, in the order in which they happened.
 *
 * @module
 */
import type { Clock } from "../../../base/mod.ts";

/** Kept of each session; the oldest go first. */
const MAX_QUEUED = 20;
const MAX_TEXT_CHARS = 2000;

/** One thing that happened. */
export interface SystemEvent {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly ts: number;
}

/** Events by session, in memory. */
export class SystemEvents {
  readonly #clock: Clock;
  readonly #queues = new Map<string, SystemEvent[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Queues an event; the same text twice in a row counts once. */
  add(sessionKey: string, text: string): void {
    const queue = this.#queues.get(sessionKey) ?? [];
    const cut = text.trim().slice(0, MAX_TEXT_CHARS);
    if (cut === "" || queue.at(-1)?.text === cut) return;
    this.#queues.set(
      sessionKey,
      [...queue, { text: cut, ts: this.#clock.now() }].slice(-MAX_QUEUED),
    );
  }

  /** Texts that wait, of all sessions. */
  list(): string[] {
    return [...this.#queues.values()].flatMap((queue) => queue.map(({ text }) => text));
  }

  /** Takes what waits for a session, as lines of a message; empty when nothing does. */
  take(sessionKey: string): string {
    const queue = this.#queues.get(sessionKey) ?? [];
    this.#queues.delete(sessionKey);
    return queue.map(({ text, ts }) => `System: [${timeOf(ts)}] ${text}`).join("\n");
  }
}

/** `2026-01-31 07:00:00 UTC`. */
function timeOf(ts: number): string {
  return `${new Date(ts).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/**
 * A transcript as a stream of events.
 *
 * Nothing is kept for a client that reads slowly: it is only remembered how far it has come, and the
 * store is asked again when it reads on.
 *
 * @module
 */
import { HttpError } from "../errors.ts";
import { historyJson } from "./history_json.ts";
import type { HttpHistoryQuery, HttpSessions } from "./types.ts";

/** How soon a client shall come back, in milliseconds. */
const RETRY_MS = 1000;
/** Messages handed over at a time. */
const BATCH_MESSAGES = 50;

/** Follows one session for one client; end it with {@linkcode HistoryFollower.close}. */
export class HistoryFollower {
  readonly #sessions: HttpSessions;
  readonly #key: string;
  readonly #query: HttpHistoryQuery;
  readonly #isPage: boolean;
  readonly #stop: () => void;
  #sessionId = "";
  #seq = 0;
  #hasBegun = false;
  #isOver = false;
  #hasChanged = false;
  #wake: (() => void) | undefined;

  /** @throws {HttpError} 503 when too many follow already. */
  constructor(sessions: HttpSessions, key: string, query: HttpHistoryQuery) {
    this.#sessions = sessions;
    this.#key = key;
    this.#query = query;
    this.#isPage = query.limit !== undefined || query.beforeSeq !== undefined;
    const stop = sessions.watch(key, (event) => {
      if (event === "end") this.#isOver = true;
      this.#hasChanged = true;
      this.#wake?.();
    });
    if (stop === undefined) throw tooMany();
    this.#stop = stop;
  }

  /** The next frames; `""` when a change was none for this client, `undefined` at the end. */
  async next(): Promise<string | undefined> {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      const frame = this.#history();
      return frame === undefined ? this.#finish() : `retry: ${RETRY_MS}\n\n${frame}`;
    }
    while (!this.#hasChanged && !this.#isOver) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#isOver ? this.#finish() : this.#news();
  }

  /** Stops following; a call of {@linkcode HistoryFollower.next} that waits answers with the end. */
  close(): void {
    this.#isOver = true;
    this.#stop();
    this.#wake?.();
  }

  #finish(): undefined {
    this.close();
    return undefined;
  }

  #news(): string | undefined {
    this.#hasChanged = false;
    const end = this.#sessions.end(this.#key);
    if (end === undefined) return this.#finish();
    const isOther = end.sessionId !== this.#sessionId || end.lastSeq < this.#seq;
    if (!isOther && end.lastSeq === this.#seq) return "";
    if (isOther || this.#isPage) return this.#history() ?? this.#finish();
    const added = this.#sessions.after(this.#key, this.#seq, BATCH_MESSAGES);
    this.#seq = added.at(-1)?.seq ?? end.lastSeq;
    this.#hasChanged ||= this.#seq < end.lastSeq;
    return added.map(({ id, seq, message }) =>
      frameOf(
        "message",
        JSON.stringify({ sessionKey: this.#key, message, messageId: id, messageSeq: seq }),
      )
    ).join("");
  }

  /** All that was asked for, as it is now. */
  #history(): string | undefined {
    const end = this.#sessions.end(this.#key);
    if (end === undefined) return undefined;
    this.#sessionId = end.sessionId;
    this.#seq = end.lastSeq;
    return frameOf(
      "history",
      historyJson(this.#key, this.#sessions.history(this.#key, this.#query)),
    );
  }
}

function tooMany(): HttpError {
  return new HttpError(503, "UNAVAILABLE", "Too many streams follow sessions already", {
    hint: "Close some of them, or read the history from time to time",
    retryable: true,
    retryAfterMs: RETRY_MS,
  });
}

function frameOf(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}

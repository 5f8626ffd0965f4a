/**
 * Answers that are kept for a while, so that a repeated invoke is answered and not run again.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import { ANSWER_TTL_MS, MAX_KEPT_ANSWER_CHARS, MAX_KEPT_ANSWERS } from "./limits.ts";

/** An answer as it goes to the gateway. */
export type NodeAnswer =
  | { readonly ok: true; readonly payloadJSON: string }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** One invoke, under way or answered. */
export interface KeptAnswer {
  /** What was asked, to tell a repeat from another question under the same key. */
  readonly question: string;
  /** Never rejects. */
  readonly answer: Promise<NodeAnswer>;
}

interface Entry extends KeptAnswer {
  readonly keys: readonly string[];
  chars: number;
  /** Absent while it is under way. */
  answeredAt?: number;
}

/**
 * Invokes by id and by idempotency key. Those under way are never forgotten; a refused one is at once,
 * since it did nothing and may do something the next time.
 */
export class KeptAnswers {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Entry>();
  /** Answered ones, oldest first. */
  readonly #answered = new Set<Entry>();
  #chars = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The number of invokes under way or kept. */
  get size(): number {
    return new Set(this.#byKey.values()).size;
  }

  /** The invoke of one of these keys. */
  find(keys: readonly string[]): KeptAnswer | undefined {
    this.#dropOld();
    return keys.map((key) => this.#byKey.get(key)).find((entry) => entry !== undefined);
  }

  /** Keeps an invoke that has just begun. */
  add(keys: readonly string[], question: string, answer: Promise<NodeAnswer>): void {
    const entry: Entry = { keys, question, answer, chars: 0 };
    for (const key of keys) this.#byKey.set(key, entry);
    answer.then((given) => {
      if (!given.ok) return this.#forget(entry);
      entry.answeredAt = this.#clock.monotonic();
      entry.chars = question.length + given.payloadJSON.length;
      this.#chars += entry.chars;
      this.#answered.add(entry);
      this.#dropOld();
    });
  }

  #dropOld(): void {
    const now = this.#clock.monotonic();
    for (const entry of this.#answered) {
      const isOld = now - entry.answeredAt! >= ANSWER_TTL_MS;
      const isTooMuch = this.#answered.size > MAX_KEPT_ANSWERS ||
        this.#chars > MAX_KEPT_ANSWER_CHARS;
      if (!isOld && !isTooMuch) return;
      this.#answered.delete(entry);
      this.#chars -= entry.chars;
      this.#forget(entry);
    }
  }

  #forget(entry: Entry): void {
    for (const key of entry.keys) {
      if (this.#byKey.get(key) === entry) this.#byKey.delete(key);
    }
  }
}

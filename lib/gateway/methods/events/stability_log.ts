/**
 * The last things that tell whether a gateway is well: who came and went, what was refused, which runs
 * failed. Names and codes only: what was said or configured never gets in here.
 *
 * @module
 */
import type { Clock } from "../../../base/mod.ts";
import { MAX_STABILITY_EVENTS } from "../../../protocol/mod.ts";

/** What happened. */
export type StabilityEventType =
  | "client.connected"
  | "client.disconnected"
  | "rpc.refused"
  | "run.failed"
  | "run.aborted"
  | "config.changed"
  | "gateway.started"
  | "gateway.restarting"
  | "gateway.stopping"
  | "memory.sample"
  | "event-loop.delayed";

/** One event. */
export interface StabilityEvent {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly ts: number;
  readonly type: StabilityEventType;
  readonly [fact: string]: string | number;
}

/** Which events are wanted. */
export interface StabilityQuery {
  readonly limit?: number | undefined;
  readonly type?: string | undefined;
  /** Only events after this one. */
  readonly sinceSeq?: number | undefined;
}

/** A ring of events. */
export class StabilityLog {
  readonly #clock: Clock;
  readonly #events: StabilityEvent[] = [];
  #lastSeq = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds an event; the oldest makes room. */
  record(type: StabilityEventType, facts: Readonly<Record<string, string | number>> = {}): void {
    this.#events.push({ ...facts, seq: ++this.#lastSeq, ts: this.#clock.now(), type });
    if (this.#events.length > MAX_STABILITY_EVENTS) this.#events.shift();
  }

  /** The newest events that match, oldest first, and how often each type is kept. */
  report({ limit = MAX_STABILITY_EVENTS, type, sinceSeq = 0 }: StabilityQuery) {
    const byType: Record<string, number> = {};
    for (const event of this.#events) byType[event.type] = (byType[event.type] ?? 0) + 1;
    const events = this.#events
      .filter((event) => event.seq > sinceSeq && (type === undefined || event.type === type));
    const shown = events.slice(-limit);
    return {
      generatedAt: new Date(this.#clock.now()).toISOString(),
      capacity: MAX_STABILITY_EVENTS,
      count: this.#events.length,
      dropped: this.#lastSeq - this.#events.length,
      ...(this.#events.length === 0
        ? {}
        : { firstSeq: this.#events[0]!.seq, lastSeq: this.#lastSeq }),
      events: shown,
      summary: { byType, matched: events.length, shown: shown.length },
    };
  }
}

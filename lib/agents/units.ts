/**
 * A conversation in the steps a client knows: what the agent did between two of them is inside one.
 *
 * Clients of stateless dialects send everything that was said each time. Whether a session holds it
 * already is told by comparing the two step by step.
 *
 * @module
 */
import type { ModelMessage } from "../models/mod.ts";
import type { GivenToolResult } from "../sessions/mod.ts";

/** One step. */
export interface Unit {
  role: "summary" | "user" | "assistant" | "tool";
  /** What was said, as the client knows it, without white space. */
  said: string;
  /** Names of the client's functions that were called. */
  callNames: string[];
  messages: ModelMessage[];
  /** The call of the client's that this step answers. */
  callId?: string;
  /** Whether the answer to that call is still to come. */
  isOpen?: boolean;
}

/** A step that waits for nothing. */
export function unitOf(role: Unit["role"], text: string, messages: ModelMessage[]): Unit {
  return { role, said: comparable(text), callNames: [], messages };
}

/** The place for the answer to a call. */
export function openUnit(id: string, name: string): Unit {
  const message: ModelMessage = {
    role: "tool",
    toolCallId: id,
    toolName: name,
    text: NO_RESULT_TEXT,
    isError: true,
  };
  return { ...unitOf("tool", "", [message]), callId: id, isOpen: true };
}

/** Steps in order, and the calls among them that wait for an answer. */
export class Units {
  #list: Unit[] = [];
  readonly #open = new Map<string, Unit[]>();
  /** The newest answered call of each id. */
  readonly #answered = new Map<string, Unit>();

  /** All of them; changes with the next call. */
  get list(): readonly Unit[] {
    return this.#list;
  }

  /** The newest. */
  get last(): Unit | undefined {
    return this.#list.at(-1);
  }

  /** Adds one at the end. */
  push(unit: Unit): void {
    this.#list.push(unit);
    this.#register(unit);
  }

  /** Adds some at the front, in their order. */
  putInFront(units: readonly Unit[]): void {
    this.#list = [...units, ...this.#list];
    for (const unit of units) this.#register(unit);
  }

  /**
   * Puts an answer in the place of the newest call of that id that waits; where none does it was told
   * again, as after a run that failed, and the newest counts.
   *
   * @returns The step, when there is such a call.
   */
  fill({ id, text, isError = false }: GivenToolResult): Unit | undefined {
    const unit = this.#open.get(id)?.pop() ?? this.#answered.get(id);
    const [message] = unit?.messages ?? [];
    if (unit === undefined || message?.role !== "tool") return undefined;
    unit.messages = [{ ...message, text, isError }];
    unit.said = comparable(text);
    unit.isOpen = false;
    this.#answered.set(id, unit);
    return unit;
  }

  #register(unit: Unit): void {
    if (!unit.isOpen || unit.callId === undefined) return;
    const waiting = this.#open.get(unit.callId);
    if (waiting) waiting.push(unit);
    else this.#open.set(unit.callId, [unit]);
  }
}

/** How much of what a client sent along a conversation holds. */
export interface Overlap {
  /** How many steps the client has before the shared ones. */
  lead: number;
  /** Where the client's steps behind the shared ones begin. */
  end: number;
  /** The shared steps, newest first: as the conversation has them, and as the client has them. */
  pairs: [known: Unit, given: Unit][];
}

/** Comparisons after which nothing is taken as shared: only made-up histories need so many. */
const MAX_COMPARISONS = 200_000;

/** What the model reads where a client never answered a call. */
const NO_RESULT_TEXT = "(no result: the call was not answered)";

/** The text of a step for comparisons. */
export function comparable(text: string): string {
  return text.replace(/\s+/g, "");
}

/**
 * Finds what a client sent along in a conversation: at its end, where the client may know more before
 * and after, else as a whole anywhere in it. Messages of the user that were never answered do not
 * matter: clients drop them, or send them again.
 *
 * @param known Without a summary in front.
 */
export function overlapOf(known: readonly Unit[], given: readonly Unit[]): Overlap | undefined {
  const walk = new Walk(known, given);
  for (let end = given.length; end > 0; end--) {
    if (walk.back(known.length, end) && (walk.isGivenOver || walk.isKnownOver)) {
      return walk.overlap(known.length, end);
    }
  }
  for (let end = known.length - 1; end >= given.length && given.length > 0; end--) {
    if (walk.back(end, given.length) && walk.isGivenOver) return walk.overlap(end, given.length);
  }
  return undefined;
}

/** Compares two conversations backwards. */
class Walk {
  readonly #known: readonly Unit[];
  readonly #given: readonly Unit[];
  #comparisonsLeft = MAX_COMPARISONS;
  #knownAt = 0;
  #givenAt = 0;

  constructor(known: readonly Unit[], given: readonly Unit[]) {
    this.#known = known;
    this.#given = given;
  }

  /** Whether all of what the client sent, up to where it was begun, is shared. */
  get isGivenOver(): boolean {
    return this.#givenAt < 0;
  }

  /** The same of the conversation. */
  get isKnownOver(): boolean {
    return this.#knownAt < 0;
  }

  /** Goes back from two places as far as they are the same; answers whether that is a step at least. */
  back(knownEnd: number, givenEnd: number, pairs?: Overlap["pairs"]): boolean {
    this.#knownAt = knownEnd - 1;
    this.#givenAt = givenEnd - 1;
    while (this.#knownAt >= 0 && this.#givenAt >= 0 && this.#comparisonsLeft-- > 0) {
      const known = this.#known[this.#knownAt]!;
      const given = this.#given[this.#givenAt]!;
      if (isSame(known, given)) {
        pairs?.push([known, given]);
        this.#givenAt--;
      } else if (!this.#isUnanswered(this.#knownAt)) break;
      this.#knownAt--;
    }
    return this.#givenAt < givenEnd - 1;
  }

  /** What the walk from two places found. */
  overlap(knownEnd: number, givenEnd: number): Overlap {
    const pairs: Overlap["pairs"] = [];
    this.#comparisonsLeft = MAX_COMPARISONS;
    this.back(knownEnd, givenEnd, pairs);
    return { lead: this.#givenAt + 1, end: givenEnd, pairs };
  }

  #isUnanswered(index: number): boolean {
    const next = this.#known[index + 1];
    return this.#known[index]!.role === "user" && (next === undefined || next.role === "user");
  }
}

function isSame(a: Unit, b: Unit): boolean {
  if (a.role !== b.role) return false;
  // An answer that is still to come may be any.
  if (a.isOpen || b.isOpen) return true;
  return a.said === b.said && a.callNames.length === b.callNames.length &&
    a.callNames.every((name, index) => name === b.callNames[index]);
}

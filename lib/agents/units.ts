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

  /** Puts an answer in the place of the newest call of that id that waits; answers which it was. */
  fill({ id, text, isError = false }: GivenToolResult): Unit | undefined {
    const unit = this.#open.get(id)?.pop();
    const [message] = unit?.messages ?? [];
    if (unit === undefined || message?.role !== "tool") return undefined;
    unit.messages = [{ ...message, text, isError }];
    unit.said = comparable(text);
    unit.isOpen = false;
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
  /** Where in the conversation the first of the shared steps stands. */
  start: number;
  /** How many steps the client has before them. */
  lead: number;
  /** How many steps are shared. */
  length: number;
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
 * and after, else as a whole anywhere in it.
 *
 * @param known Without a summary in front.
 */
export function overlapOf(known: readonly Unit[], given: readonly Unit[]): Overlap | undefined {
  const budget = { left: MAX_COMPARISONS };
  for (let end = given.length; end > 0; end--) {
    const length = sharedBefore(known, known.length, given, end, budget);
    const isTold = length === end || (length > 0 && length === known.length);
    if (isTold) return { start: known.length - length, lead: end - length, length };
  }
  for (let end = known.length - 1; end >= given.length && given.length > 0; end--) {
    const length = sharedBefore(known, end, given, given.length, budget);
    if (length === given.length) return { start: end - length, lead: 0, length };
  }
  return undefined;
}

/** How many steps before two places are the same. */
function sharedBefore(
  known: readonly Unit[],
  knownEnd: number,
  given: readonly Unit[],
  givenEnd: number,
  budget: { left: number },
): number {
  const most = Math.min(knownEnd, givenEnd);
  let length = 0;
  while (length < most && budget.left-- > 0) {
    if (!isSame(known[knownEnd - 1 - length]!, given[givenEnd - 1 - length]!)) break;
    length++;
  }
  return length;
}

function isSame(a: Unit, b: Unit): boolean {
  if (a.role !== b.role) return false;
  // An answer that is still to come may be any.
  if (a.isOpen || b.isOpen) return true;
  return a.said === b.said && a.callNames.length === b.callNames.length &&
    a.callNames.every((name, index) => name === b.callNames[index]);
}

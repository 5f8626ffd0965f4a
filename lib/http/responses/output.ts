/**
 * The output of a response as a run makes it: items that open, grow and close, one at a time, and the
 * events that tell a stream's reader of it. Pure translation.
 *
 * @module
 */
import { splitText } from "../../base/mod.ts";
import { TOOL_ARGUMENT_FRAGMENT_CHARS } from "../limits.ts";
import type { HttpRunEvent } from "../types.ts";
import {
  closedItem,
  endEvents,
  type ItemStatus,
  type MessagePhase,
  type OpenItem,
  pieceEvent,
  type ResponseEvent,
  startEvents,
} from "./item_events.ts";
import type { OutputItem } from "./response_object.ts";

/** Gathers the output of one response. Every method answers with the events of what it did. */
export class OutputBuilder {
  /** What is there, closed items as clients keep them. */
  readonly items: OutputItem[] = [];
  readonly #idBase: string;
  /** Calls that are closed, by the ids that clients answer. */
  readonly #closedCalls = new Set<string>();
  #open: OpenItem | undefined;

  /** @param responseId Items get ids made of it, by which they are found again. */
  constructor(responseId: string) {
    this.#idBase = responseId.slice("resp_".length);
  }

  /** Whether a message is open. */
  get isSpeaking(): boolean {
    return this.#open?.kind === "message";
  }

  /** Adds a piece of the reply. */
  text(delta: string): ResponseEvent[] {
    return delta === "" ? [] : this.#say("message", delta);
  }

  /** Adds a piece of what the model thought. */
  thinking(delta: string): ResponseEvent[] {
    return delta === "" ? [] : this.#say("reasoning", delta);
  }

  /** Adds a piece of the arguments of a call; what comes behind a call means that it is whole. */
  callPiece({ id, name, delta }: HttpRunEvent & { type: "toolCallDelta" }): ResponseEvent[] {
    return [...this.#openCall({ id, name }), ...this.#growCall(delta)];
  }

  /** Adds a call of a client's function, or the rest of one that has begun. */
  toolCall(call: HttpRunEvent & { type: "toolCall" }): ResponseEvent[] {
    if (this.#closedCalls.has(call.id)) return [];
    const events = this.#openCall(call);
    events.push(...this.#growCall(call.arguments.slice(this.#open!.text.length)));
    events.push(...this.close(call.isCut ? "incomplete" : "completed", "commentary"));
    return events;
  }

  /** Ends the item that is open, if one is. */
  close(status: ItemStatus, phase: MessagePhase): ResponseEvent[] {
    const item = this.#open;
    if (item === undefined) return [];
    this.#open = undefined;
    if (item.call !== undefined) this.#closedCalls.add(item.call.id);
    const done = closedItem(item, status, phase);
    this.items.push(done);
    return endEvents(item, done);
  }

  #say(kind: "message" | "reasoning", delta: string): ResponseEvent[] {
    const events = this.#open?.kind === kind ? [] : this.#start(kind);
    events.push(this.#grow(delta));
    return events;
  }

  #openCall({ id, name }: { id: string; name: string }): ResponseEvent[] {
    return this.#open?.call?.id === id ? [] : this.#start("function_call", { id, name });
  }

  /** Opens an item; the one before it is closed. */
  #start(kind: OpenItem["kind"], call?: OpenItem["call"]): ResponseEvent[] {
    const events = this.close("completed", "commentary");
    const index = this.items.length;
    const id = `${ID_PREFIXES[kind]}_${this.#idBase}_${index}`;
    this.#open = { kind, id, index, text: "", ...(call === undefined ? {} : { call }) };
    events.push(...startEvents(this.#open));
    return events;
  }

  #growCall(text: string): ResponseEvent[] {
    return splitText(text, TOOL_ARGUMENT_FRAGMENT_CHARS).map((delta) => this.#grow(delta));
  }

  #grow(delta: string): ResponseEvent {
    const item = this.#open!;
    item.text += delta;
    return pieceEvent(item, delta);
  }
}

const ID_PREFIXES = { message: "msg", reasoning: "rs", function_call: "fc" } as const;

/**
 * The arguments of tool calls as they come, so that they can be shown before they are whole.
 *
 * Providers may write several calls at once; here they come one after the other, each only when the
 * one before it is a whole JSON object.
 *
 * @module
 */
import { isObject, parseJsonOrUndefined } from "../base/mod.ts";
import { StreamFault } from "./faults.ts";
import type { ModelEvent } from "./types.ts";

/** Hands out pieces of one call after the other. */
export class CallPieces {
  /** Place of the call that is handed out. */
  #index = 0;
  #hasBegun = false;
  #hasText = false;
  /** Blanks that may be the last ones, or half a character. */
  #held = "";
  #ready = "";

  /**
   * Takes note of a new call.
   *
   * @param before The arguments of the call before it; it can be followed once they are whole.
   */
  begin(index: number, before: string): void {
    if (index !== this.#index + 1 || !isObject(parseJsonOrUndefined(before))) return;
    this.#index = index;
    this.#hasBegun = this.#hasText = false;
    this.#held = this.#ready = "";
  }

  /**
   * Takes a piece of the arguments of a call.
   *
   * @throws {StreamFault} When the call was whole already.
   */
  take(index: number, text: string): void {
    const isBlank = text.trim() === "";
    if (index < this.#index && !isBlank) throw changed();
    if (index !== this.#index) return;
    // Appended as it is: there are models that write blanks without end.
    if (isBlank && this.#hasText) this.#held += text;
    if (isBlank) return;
    const all = this.#hasText ? this.#held + text : text.trimStart();
    const ready = /[\uD800-\uDBFF]$/.test(all.slice(-1)) ? all.slice(0, -1) : all.trimEnd();
    this.#held = all.slice(ready.length);
    this.#ready += ready;
    this.#hasText = true;
  }

  /**
   * Takes arguments that came whole, in place of what came before.
   *
   * @throws {StreamFault} When something else was handed out.
   */
  replace(index: number, before: string, text: string): void {
    if (index > this.#index || before === text) return;
    if (index < this.#index || this.#hasText) throw changed();
    this.take(index, text);
  }

  /** What can be handed out of a call; nothing before its name is known. */
  next(index: number, name: string): ModelEvent[] {
    if (index !== this.#index || name === "") return [];
    if (this.#hasBegun && this.#ready === "") return [];
    const delta = this.#ready;
    this.#hasBegun = true;
    this.#ready = "";
    return [{ type: "toolCallDelta", index, name, delta }];
  }
}

function changed(): StreamFault {
  return new StreamFault("garbage", "changed the arguments of a tool call that it had written");
}

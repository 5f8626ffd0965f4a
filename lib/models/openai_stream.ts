/**
 * Puts the chunks of a streamed chat completion together.
 *
 * Takes what providers really send: tool calls without index or in one piece, reasoning under two
 * names, usage in the last chunk, in a choice, or not at all.
 *
 * @module
 */
import {
  isObject,
  type JsonObject,
  parseJsonOrUndefined,
  parseObjectOrUndefined,
  randomHex,
} from "../base/mod.ts";
import { CallPieces } from "./call_pieces.ts";
import { StreamFault, StreamRefusal } from "./faults.ts";
import type { ModelEvent, ModelStopReason, ModelToolCall, ModelUsage } from "./types.ts";
import { emptyUsage } from "./usage.ts";

/** Longest answer kept, in characters of text, reasoning and arguments together. */
export const MAX_ANSWER_CHARS = 16 * 1024 * 1024;

/** Most tool calls taken in one answer. */
export const MAX_TOOL_CALLS = 256;

/** Higher counts are no counts: sums of many stay exact. */
const MAX_TOKENS = 1e9;

interface PartialCall {
  /** Its place in the answer. */
  readonly place: number;
  id: string;
  name: string;
  arguments: string;
}

/** The state of one streamed answer. */
export class CompletionAssembler {
  readonly #calls: PartialCall[] = [];
  /** The newest call of each index. */
  readonly #callsByIndex = new Map<unknown, PartialCall>();
  readonly #pieces = new CallPieces();
  readonly #shown: ReadonlySet<string>;
  #usage: ModelUsage = emptyUsage();
  #responseId: string | undefined;
  #finishReason: string | undefined;
  #stopSequence: string | undefined;
  #isDone = false;
  #chunkCount = 0;
  #chars = 0;

  /** @param shown Names of the tools whose calls are handed out in pieces. */
  constructor(shown: ReadonlySet<string> = new Set()) {
    this.#shown = shown;
  }

  /** Whether the provider said that nothing comes any more. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether the model said why it stopped; usage may still come. */
  get isFinished(): boolean {
    return this.#finishReason !== undefined;
  }

  /**
   * Takes the data of one event.
   *
   * @returns Text, reasoning and pieces of calls in it; whole calls come with {@linkcode end}.
   * @throws {StreamFault} When it is not a chunk.
   * @throws {StreamRefusal} When it is an error of the provider.
   */
  accept(data: string): ModelEvent[] {
    if (data.trim() === "[DONE]") {
      this.#isDone = true;
      return [];
    }
    const chunk = parseJsonOrUndefined(data);
    if (!isObject(chunk)) {
      throw new StreamFault("garbage", "sent a line that is not a JSON object");
    }
    if (chunk.error !== undefined && chunk.error !== null) {
      throw new StreamRefusal(chunk);
    }
    this.#chunkCount++;
    if (typeof chunk.id === "string" && chunk.id !== "") {
      this.#responseId ??= chunk.id;
    }
    this.#takeUsage(chunk.usage);
    const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    return isObject(choice) ? this.#acceptChoice(choice) : [];
  }

  /**
   * Ends the answer.
   *
   * @returns The tool calls, then the `end`. Where the length ran out, the last call may be half a one.
   * @throws {StreamFault} When the answer is not whole.
   */
  end(): ModelEvent[] {
    if (this.#chunkCount === 0) {
      throw this.#isDone
        ? new StreamFault("garbage", "sent an empty answer")
        : new StreamFault("cut", "closed the stream before the answer began");
    }
    if (this.#finishReason === undefined && !this.#isDone) {
      throw new StreamFault("cut", "closed the stream in the middle of the answer");
    }
    const stopReason = this.#stopReason();
    const isCut = stopReason === "length";
    const calls = this.#calls.filter(({ name }) => !isCut || name !== "")
      .map((call) => toToolCall(call, isCut));
    const usage = this.#usage;
    const id = this.#responseId;
    const stop = this.#stopSequence;
    return [
      ...calls.map((call): ModelEvent => ({ type: "toolCall", call })),
      {
        type: "end",
        stopReason,
        usage,
        ...(id === undefined ? {} : { responseId: id }),
        ...(stop === undefined ? {} : { stopSequence: stop }),
      },
    ];
  }

  #acceptChoice(choice: JsonObject): ModelEvent[] {
    this.#takeUsage(choice.usage);
    const events: ModelEvent[] = [];
    if (isObject(choice.delta)) this.#acceptDelta(choice.delta, events);
    if (
      typeof choice.finish_reason === "string" && choice.finish_reason !== ""
    ) {
      this.#finishReason = choice.finish_reason;
    }
    // Servers of open models tell which text it was, or the number of a token.
    const stop = choice.stop_reason ?? choice.matched_stop;
    if (typeof stop === "string" && stop !== "") this.#stopSequence = stop;
    return events;
  }

  #acceptDelta(delta: JsonObject, events: ModelEvent[]): void {
    const thinking = delta.reasoning_content ?? delta.reasoning;
    if (typeof thinking === "string") this.#say(events, "thinking", thinking);
    if (typeof delta.content === "string") {
      this.#say(events, "text", delta.content);
    } else if (Array.isArray(delta.content)) {
      this.#acceptParts(delta.content, events);
    }
    if (typeof delta.refusal === "string") {
      this.#say(events, "text", delta.refusal);
    }
    if (!Array.isArray(delta.tool_calls)) return;
    for (const piece of delta.tool_calls) {
      if (isObject(piece)) events.push(...this.#acceptCall(piece));
    }
  }

  #acceptParts(parts: readonly unknown[], events: ModelEvent[]): void {
    for (const part of parts) {
      if (!isObject(part)) continue;
      if (typeof part.text === "string") this.#say(events, "text", part.text);
      if (!Array.isArray(part.thinking)) continue;
      for (const thought of part.thinking) {
        if (isObject(thought) && typeof thought.text === "string") {
          this.#say(events, "thinking", thought.text);
        }
      }
    }
  }

  #say(events: ModelEvent[], type: "text" | "thinking", delta: string): void {
    if (delta === "") return;
    this.#grow(delta.length);
    events.push({ type, delta });
  }

  #acceptCall(piece: JsonObject): ModelEvent[] {
    const fn = isObject(piece.function) ? piece.function : {};
    const id = typeof piece.id === "string" ? piece.id : "";
    const name = typeof fn.name === "string" ? fn.name : "";
    const call = this.#callFor(piece.index, id, name);
    if (call.id === "") call.id = id;
    if (call.name === "") call.name = name;
    if (typeof fn.arguments === "string") {
      this.#grow(fn.arguments.length);
      call.arguments += fn.arguments;
      this.#pieces.take(call.place, fn.arguments);
    } else if (isObject(fn.arguments)) {
      const whole = JSON.stringify(fn.arguments);
      this.#grow(whole.length);
      this.#pieces.replace(call.place, call.arguments, whole);
      call.arguments = whole;
    }
    return this.#shown.has(call.name) ? this.#pieces.next(call.place, call.name) : [];
  }

  /** The call a piece belongs to; a new id with a name starts a new call whatever its index. */
  #callFor(index: unknown, id: string, name: string): PartialCall {
    const last = index === undefined ? this.#calls.at(-1) : this.#callsByIndex.get(index);
    const startsNew = last === undefined ||
      (id !== "" && name !== "" && last.id !== "" && last.id !== id);
    if (!startsNew) return last;
    if (this.#calls.length === MAX_TOOL_CALLS) {
      throw new StreamFault("garbage", `asked for over ${MAX_TOOL_CALLS} tools at once`);
    }
    const place = this.#calls.length;
    this.#pieces.begin(place, this.#calls.at(-1)?.arguments ?? "");
    const call: PartialCall = { place, id: "", name: "", arguments: "" };
    this.#calls.push(call);
    this.#callsByIndex.set(index, call);
    return call;
  }

  #grow(chars: number): void {
    this.#chars += chars;
    if (this.#chars > MAX_ANSWER_CHARS) {
      throw new StreamFault("garbage", `sent an answer of over ${MAX_ANSWER_CHARS} characters`);
    }
  }

  #takeUsage(usage: unknown): void {
    if (!isObject(usage)) return;
    const details = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
    const cacheRead = count(details.cached_tokens) ||
      count(usage.prompt_cache_hit_tokens);
    const cacheWrite = count(details.cache_write_tokens);
    const outputDetails = usage.completion_tokens_details;
    const reasoning = isObject(outputDetails) ? count(outputDetails.reasoning_tokens) : 0;
    this.#usage = {
      input: Math.max(0, count(usage.prompt_tokens) - cacheRead - cacheWrite),
      output: count(usage.completion_tokens),
      cacheRead,
      cacheWrite,
      ...(reasoning > 0 ? { reasoning } : {}),
    };
  }

  #stopReason(): ModelStopReason {
    switch (this.#finishReason) {
      case "length":
      case "max_tokens":
        return "length";
      case "content_filter":
        throw new StreamFault("refusal", "held the answer back by its content filter");
      case "error":
        throw new StreamFault("cut", "gave up in the middle of the answer");
      default:
        return this.#calls.length > 0 ? "toolUse" : "stop";
    }
  }
}

/** Arguments that are no JSON object are kept as text: whoever carries out the call decides. */
function toToolCall(call: PartialCall, isCut: boolean): ModelToolCall {
  if (call.name === "") {
    throw new StreamFault("garbage", "asked for a tool without naming it");
  }
  const text = call.arguments.trim();
  const args = parseObjectOrUndefined(text) ?? {};
  // Arguments that are missing where the length ran out are not the same as none.
  const isSame = text === "" ? !isCut : JSON.stringify(args) === text;
  const id = call.id || `call${randomHex(12)}`;
  const plain = { id, name: call.name, arguments: args };
  return isSame ? plain : { ...plain, argumentsText: text };
}

function count(value: unknown): number {
  return typeof value === "number" && value > 0 && value <= MAX_TOKENS ? Math.trunc(value) : 0;
}

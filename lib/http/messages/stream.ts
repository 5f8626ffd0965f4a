/**
 * Anthropic's answers: events of a run in, events of a stream or one message out. Pure translation.
 *
 * @module
 */
import { runError } from "../errors.ts";
import { TOOL_ARGUMENT_FRAGMENT_CHARS } from "../limits.ts";
import { type FinalRunEvent, isFinal } from "../run_stream.ts";
import { parseObjectOrUndefined, splitText } from "../../base/mod.ts";
import type { HttpRunEvent } from "../types.ts";
import { anthropicErrorBody } from "./error_body.ts";

/** What identifies one message, and what its client wants to see. */
export interface MessageHead {
  /** Id of the message. */
  id: string;
  /** Echo of the request's `model`. */
  model: string;
  /** Id of the request, which an error in the middle of a stream names. */
  requestId: string;
  showsThinking: boolean;
  /** Texts that end the answer. */
  stopSequences: readonly string[];
}

type EndEvent = HttpRunEvent & { type: "end" };
type ToolCallEvent = HttpRunEvent & { type: "toolCall" };
type TextKind = "text" | "thinking";

/** A block under way. */
type OpenBlock = { kind: TextKind } | OpenCall;

interface OpenCall {
  kind: "tool_use";
  id: string;
  /** How much of its input is told. */
  sentChars: number;
  /** Whether its input begins as an object; unknown until it begins. */
  isObject?: boolean;
}

/** Writes the events of one streamed message. */
export class MessageStreamWriter {
  readonly #head: MessageHead;
  /** Index of the block under way, or of the next one. */
  #index = 0;
  #open: OpenBlock | undefined;
  /** Calls whose blocks have ended, by their ids. */
  readonly #endedCalls = new Set<string>();
  #hasText = false;
  #hasCalls = false;

  constructor(head: MessageHead) {
    this.#head = head;
  }

  /** The events that open every stream. */
  open(): string {
    const message = { ...emptyMessage(this.#head), usage: usageOf(NO_USAGE) };
    return frame({ type: "message_start", message }) + frame({ type: "ping" });
  }

  /** The events of one event of the run; `""` for what the client does not want to see. */
  write(event: HttpRunEvent): string {
    switch (event.type) {
      case "text":
        return this.#delta("text", event.delta);
      case "thinking":
        return this.#head.showsThinking ? this.#delta("thinking", event.delta) : "";
      case "toolCallDelta":
        return this.#callPiece(event);
      case "toolCall":
        return this.#call(event);
      case "end":
        return this.#end(event);
      case "error":
        return frame(anthropicErrorBody(runError(event), this.#head.requestId));
    }
  }

  #delta(kind: TextKind, text: string): string {
    if (text === "") return "";
    this.#hasText ||= kind === "text";
    let frames = "";
    if (this.#open?.kind !== kind) {
      frames += this.#close();
      this.#open = { kind };
      frames += this.#start(emptyBlock(kind));
    }
    return frames + this.#change({ type: `${kind}_delta`, [kind]: text });
  }

  #callPiece({ id, name, delta }: HttpRunEvent & { type: "toolCallDelta" }): string {
    const { frames, block } = this.#openCall(id, name);
    if (delta !== "") block.isObject ??= delta.startsWith("{");
    // What does not begin as an object is not told as it is, see `streamedInput()`.
    return block.isObject ? frames + this.#tell(block, delta) : frames;
  }

  /** A call, or what is left of one that has begun. */
  #call({ id, name, arguments: text }: ToolCallEvent): string {
    this.#hasCalls = true;
    if (this.#endedCalls.has(id)) return "";
    const { frames, block } = this.#openCall(id, name);
    return frames + this.#tell(block, streamedInput(text).slice(block.sentChars)) + this.#close();
  }

  #openCall(id: string, name: string) {
    const open = this.#open;
    if (open?.kind === "tool_use" && open.id === id) return { frames: "", block: open };
    const block: OpenCall = { kind: "tool_use", id, sentChars: 0 };
    const frames = this.#close() + this.#start({ type: "tool_use", id, name, input: {} });
    this.#open = block;
    return { frames, block };
  }

  #tell(block: OpenCall, text: string): string {
    block.sentChars += text.length;
    return splitText(text, TOOL_ARGUMENT_FRAGMENT_CHARS)
      .map((piece) => this.#change({ type: "input_json_delta", partial_json: piece })).join("");
  }

  #end(event: EndEvent): string {
    // A reply that came whole, without a piece before it.
    let frames = this.#hasText ? "" : this.#delta("text", event.text);
    frames += this.#close();
    const delta = stopOf(event, this.#hasCalls, this.#head);
    frames += frame({ type: "message_delta", delta, usage: usageOf(event.usage) });
    return frames + frame({ type: "message_stop" });
  }

  /** Ends the block that is under way. */
  #close(): string {
    const open = this.#open;
    if (open === undefined) return "";
    this.#open = undefined;
    if (open.kind === "tool_use") this.#endedCalls.add(open.id);
    const signature = open.kind === "thinking"
      ? this.#change({ type: "signature_delta", signature: SIGNATURE })
      : "";
    return signature + this.#stop();
  }

  #start(block: unknown): string {
    return frame({ type: "content_block_start", index: this.#index, content_block: block });
  }

  #change(delta: unknown): string {
    return frame({ type: "content_block_delta", index: this.#index, delta });
  }

  #stop(): string {
    return frame({ type: "content_block_stop", index: this.#index++ });
  }
}

/** Gathers a run into one message. */
export class MessageBuilder {
  readonly #head: MessageHead;
  readonly #content: Block[] = [];

  constructor(head: MessageHead) {
    this.#head = head;
  }

  /** Takes an event; answers with the final one when it comes. */
  add(event: HttpRunEvent): FinalRunEvent | undefined {
    if (event.type === "text") this.#append("text", event.delta);
    if (event.type === "thinking" && this.#head.showsThinking) {
      this.#append("thinking", event.delta);
    }
    if (event.type === "toolCall") {
      const { id, name, arguments: text } = event;
      this.#content.push({ type: "tool_use", id, name, input: parseInput(text) });
    }
    return isFinal(event) ? event : undefined;
  }

  /** The message, ready for `JSON.stringify()`. */
  build(event: EndEvent): unknown {
    if (!this.#content.some(({ type }) => type === "text")) this.#append("text", event.text);
    const hasCalls = this.#content.some(({ type }) => type === "tool_use");
    return {
      ...emptyMessage(this.#head),
      content: this.#content.map((block) =>
        block.type === "thinking" ? { ...block, signature: SIGNATURE } : block
      ),
      ...stopOf(event, hasCalls, this.#head),
      usage: usageOf(event.usage),
    };
  }

  #append(kind: TextKind, text: string): void {
    if (text === "") return;
    const last = this.#content.at(-1);
    if (last?.type === kind) last[kind] += text;
    else this.#content.push({ ...emptyBlock(kind), [kind]: text });
  }
}

/** A block of an answer. */
type Block =
  | { type: TextKind; [field: string]: unknown }
  | { type: "tool_use"; id: string; name: string; input: unknown };

/**
 * What stands for a signature: thoughts come from models that sign nothing, and clients leave out
 * thoughts that have none.
 */
const SIGNATURE = "openclaw-unsigned";

function emptyBlock(kind: TextKind): { type: TextKind; [field: string]: unknown } {
  return kind === "text"
    ? { type: "text", text: "", citations: null }
    : { type: "thinking", thinking: "", signature: "" };
}

function emptyMessage({ id, model }: MessageHead) {
  return {
    id,
    type: "message",
    role: "assistant",
    model,
    content: [] as unknown[],
    stop_reason: null as string | null,
    stop_sequence: null as string | null,
  };
}

/**
 * Arguments that are no object, which a model may well write, are kept where they can be seen: a client
 * could not send them back otherwise.
 */
function parseInput(text: string): unknown {
  return text === "" ? {} : parseObjectOrUndefined(text) ?? { raw_arguments: text };
}

/** The same for a stream, where what begins as an object is told before anybody knows how it ends. */
function streamedInput(text: string): string {
  return text === "" || text.startsWith("{") ? text : JSON.stringify(parseInput(text));
}

/** Why a message ended. */
interface Stop {
  stop_reason: "max_tokens" | "tool_use" | "stop_sequence" | "end_turn";
  stop_sequence: string | null;
}

function stopOf(event: EndEvent, hasCalls: boolean, { stopSequences }: MessageHead): Stop {
  if (event.stopReason === "length") return { stop_reason: "max_tokens", stop_sequence: null };
  if (event.stopReason === "toolUse" && hasCalls) {
    return { stop_reason: "tool_use", stop_sequence: null };
  }
  // The provider says which it was, or leaves it at the end of the text, or nobody knows.
  const named = stopSequences.find((text) => text === event.stopSequence) ??
    stopSequences.find((text) => text !== "" && event.text.endsWith(text));
  return named === undefined
    ? { stop_reason: "end_turn", stop_sequence: null }
    : { stop_reason: "stop_sequence", stop_sequence: named };
}

const NO_USAGE: EndEvent["usage"] = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

function usageOf({ input, output, cacheRead, cacheWrite }: EndEvent["usage"]) {
  return {
    input_tokens: input,
    output_tokens: output,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
  };
}

/** One server-sent event, named by its type. */
function frame(event: Record<string, unknown>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

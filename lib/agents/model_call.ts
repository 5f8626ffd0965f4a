/**
 * One call of a model: what it streams becomes a message of the transcript.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import {
  type Model,
  type ModelError,
  type ModelEvent,
  type ModelStopReason,
  type ModelToolCall,
  type ModelUsage,
  usageCost,
} from "../models/mod.ts";
import type { AssistantMessage, StopReason } from "../sessions/mod.ts";

/** What became of a call. */
export interface CallOutcome {
  message: AssistantMessage;
  /** Calls in the message, in order. */
  calls: ModelToolCall[];
  error?: ModelError;
  /** Whether somebody was shown a part of it that the message does not hold. */
  hasShown?: boolean;
}

/** Collects what one model call streams into a transcript message. */
export class ModelCall {
  readonly #model: Model;
  readonly #clock: Clock;
  readonly #readCalls: (calls: ModelToolCall[], stopReason: ModelStopReason) => ModelToolCall[];
  readonly #calls: ModelToolCall[] = [];
  #text = "";
  #thinking = "";
  #stopReason: ModelStopReason = "stop";
  #responseId: string | undefined;
  /** The text that ended it, where the provider tells. */
  stopSequence: string | undefined;
  usage: ModelUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

  /** @param readCalls Which of the calls stand, and under which ids. */
  constructor(
    model: Model,
    clock: Clock,
    readCalls: (calls: ModelToolCall[], stopReason: ModelStopReason) => ModelToolCall[],
  ) {
    this.#model = model;
    this.#clock = clock;
    this.#readCalls = readCalls;
  }

  /** Takes an event of the model. */
  take(event: ModelEvent): void {
    switch (event.type) {
      case "text":
        this.#text += event.delta;
        break;
      case "thinking":
        this.#thinking += event.delta;
        break;
      case "toolCall":
        this.#calls.push(event.call);
        break;
      case "end":
        this.usage = event.usage;
        this.#responseId = event.responseId;
        this.stopSequence = event.stopSequence;
        this.#stopReason = event.stopReason;
    }
  }

  /** The message; one that was cut short holds no calls. */
  end(cutBy?: "aborted" | "error", errorMessage?: string): CallOutcome {
    const { info } = this.#model;
    const content: AssistantMessage["content"] = [];
    if (this.#thinking) content.push({ type: "thinking", thinking: this.#thinking });
    if (this.#text) content.push({ type: "text", text: this.#text });
    const calls = cutBy ? [] : this.#readCalls(this.#calls, this.#stopReason);
    for (const call of calls) content.push({ type: "toolCall", ...call });
    const { input, output, cacheRead, cacheWrite } = this.usage;
    const message: AssistantMessage = {
      role: "assistant",
      content,
      timestamp: this.#clock.now(),
      api: info.api,
      provider: info.provider,
      model: info.model,
      usage: {
        ...this.usage,
        totalTokens: input + output + cacheRead + cacheWrite,
        cost: usageCost(this.usage, info.cost),
      },
      stopReason: cutBy ?? stopReasonOf(this.#stopReason, calls.length > 0),
    };
    if (this.#responseId) message.responseId = this.#responseId;
    if (errorMessage) message.errorMessage = errorMessage;
    return { message, calls };
  }
}

/** Tool use without a call would be asked again and again; what was said is the answer. */
function stopReasonOf(reason: ModelStopReason, hasCalls: boolean): StopReason {
  if (reason === "length") return reason;
  return hasCalls ? "toolUse" : "stop";
}

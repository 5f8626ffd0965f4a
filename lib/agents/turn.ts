/**
 * One turn: calls the model, carries out the tools it asks for, calls it again, until it answers.
 *
 * Owns no storage and no queue; it is handed a conversation and hands back what was said.
 *
 * @module
 */
import { type Clock, errorMessage } from "../base/mod.ts";
import {
  type Model,
  ModelError,
  type ModelEvent,
  type ModelMessage,
  type ModelRequest,
  type ModelStopReason,
  type ModelToolCall,
  type ModelUsage,
  usageCost,
} from "../models/mod.ts";
import type { AssistantMessage, StopReason, ToolResultMessage } from "../sessions/mod.ts";
import { toModelMessages } from "./context.ts";
import type { AgentTool, ToolContext } from "./tools.ts";

/** Rounds of tool calls after which a turn is ended. */
const MAX_TOOL_ROUNDS = 64;

/** What happens while a turn is under way. */
export type TurnEvent =
  | { type: "text"; delta: string }
  | { type: "thinking"; delta: string }
  | { type: "toolStart"; call: ModelToolCall }
  | { type: "toolResult"; call: ModelToolCall; result: ToolResultMessage }
  | { type: "fallback"; from: string; to: string; reason: string };

/** What a turn needs. */
export interface TurnInput {
  /** The model to call, then those to try when it fails before saying anything. */
  models: readonly [Model, ...Model[]];
  system: string;
  conversation: readonly ModelMessage[];
  tools: readonly AgentTool[];
  toolContext: Omit<ToolContext, "signal">;
  maxTokens?: number;
  thinking?: ModelRequest["thinking"];
  sampling?: ModelRequest["sampling"];
  signal: AbortSignal;
  clock: Clock;
}

/** What a turn said, also when it failed or was cut short. */
export interface TurnResult {
  /** Assistant messages and tool results, in order; at least one assistant message. */
  messages: (AssistantMessage | ToolResultMessage)[];
  /** Text of all assistant messages, in order. */
  text: string;
  stopReason: StopReason;
  usage: ModelUsage;
  /** Tokens of the last call's input: how full the context is. */
  promptTokens: number;
  model: Model;
  error?: ModelError;
}

/**
 * Runs a turn to its end.
 *
 * @param emit Called synchronously for everything that happens.
 * @returns Also on failure and abort, with what was said until then; never throws for those.
 */
export async function runTurn(
  input: TurnInput,
  emit: (event: TurnEvent) => void,
): Promise<TurnResult> {
  const turn = new Turn(input, emit);
  return await turn.run();
}

interface CallOutcome {
  message: AssistantMessage;
  calls: ModelToolCall[];
  error?: ModelError;
}

class Turn {
  readonly #input: TurnInput;
  readonly #emit: (event: TurnEvent) => void;
  readonly #messages: TurnResult["messages"] = [];
  readonly #usage: ModelUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  #text = "";
  #promptTokens = 0;
  #modelIndex = 0;

  constructor(input: TurnInput, emit: (event: TurnEvent) => void) {
    this.#input = input;
    this.#emit = emit;
  }

  async run(): Promise<TurnResult> {
    for (let round = 0; round < MAX_TOOL_ROUNDS; round++) {
      const { message, calls, error } = await this.#callWithFallback();
      this.#messages.push(message);
      if (error || message.stopReason !== "toolUse") return this.#result(message.stopReason, error);
      await this.#runTools(calls);
      if (this.#input.signal.aborted) return this.#result("aborted", undefined);
    }
    return this.#result(
      "error",
      new ModelError(
        "RUN_TOOL_LOOP",
        "unknown",
        `Run ended after ${MAX_TOOL_ROUNDS} rounds of tool calls without an answer`,
        { hint: "Ask for a smaller step, or try another model" },
      ),
    );
  }

  async #callWithFallback(): Promise<CallOutcome> {
    while (true) {
      const outcome = await this.#callModel();
      const next = this.#input.models[this.#modelIndex + 1];
      const saidSomething = outcome.message.content.length > 0 || this.#messages.length > 0;
      if (!outcome.error || !next || saidSomething || !isWorthFallback(outcome.error)) {
        return outcome;
      }
      this.#emit({
        type: "fallback",
        from: modelName(this.#model),
        to: modelName(next),
        reason: outcome.error.kind,
      });
      this.#modelIndex++;
    }
  }

  async #callModel(): Promise<CallOutcome> {
    const call = new ModelCall(this.#model, this.#input.clock);
    try {
      for await (const event of this.#model.stream(this.#request())) {
        call.take(event);
        if (event.type === "text") this.#text += event.delta;
        if (event.type === "text" || event.type === "thinking") this.#emit(event);
      }
    } catch (thrown) {
      if (this.#input.signal.aborted) return call.end("aborted");
      const error = thrown instanceof ModelError ? thrown : unexpected(thrown);
      return { ...call.end("error", error.message), error };
    } finally {
      this.#count(call.usage);
    }
    return this.#input.signal.aborted ? call.end("aborted") : call.end();
  }

  #request(): ModelRequest {
    const { system, conversation, tools, maxTokens, thinking, sampling, signal } = this.#input;
    const said = this.#messages.flatMap((message) => toModelMessages(message));
    const request: ModelRequest = { system, messages: [...conversation, ...said], signal };
    if (tools.length > 0) {
      request.tools = tools.map(({ name, description, parameters }) => ({
        name,
        description,
        parameters,
      }));
    }
    if (maxTokens !== undefined) request.maxTokens = maxTokens;
    if (thinking !== undefined) request.thinking = thinking;
    if (sampling !== undefined) request.sampling = sampling;
    return request;
  }

  async #runTools(calls: readonly ModelToolCall[]): Promise<void> {
    for (const call of calls) {
      if (this.#input.signal.aborted) return;
      this.#emit({ type: "toolStart", call });
      const result = await this.#runTool(call);
      this.#messages.push(result);
      this.#emit({ type: "toolResult", call, result });
    }
  }

  async #runTool(call: ModelToolCall): Promise<ToolResultMessage> {
    const { tools, toolContext, signal, clock } = this.#input;
    const tool = tools.find(({ name }) => name === call.name);
    const answer = (
      content: ToolResultMessage["content"],
      isError: boolean,
    ): ToolResultMessage => ({
      role: "toolResult",
      toolCallId: call.id,
      toolName: call.name,
      content,
      isError,
      timestamp: clock.now(),
    });
    if (!tool) return answer([{ type: "text", text: `Tool ${call.name} not found` }], true);
    try {
      const { content, isError } = await tool.execute(call.arguments, { ...toolContext, signal });
      return answer(content, isError);
    } catch (error) {
      // A failing tool is the model's to deal with, not the run's end.
      return answer([{ type: "text", text: errorMessage(error) }], true);
    }
  }

  #count(usage: ModelUsage): void {
    this.#usage.input += usage.input;
    this.#usage.output += usage.output;
    this.#usage.cacheRead += usage.cacheRead;
    this.#usage.cacheWrite += usage.cacheWrite;
    this.#promptTokens = usage.input + usage.cacheRead + usage.cacheWrite;
  }

  get #model(): Model {
    return this.#input.models[this.#modelIndex] ?? this.#input.models[0];
  }

  #result(stopReason: StopReason, error: ModelError | undefined): TurnResult {
    return {
      messages: this.#messages,
      text: this.#text,
      stopReason,
      usage: this.#usage,
      promptTokens: this.#promptTokens,
      model: this.#model,
      ...(error ? { error } : {}),
    };
  }
}

/** Collects what one model call streams into a transcript message. */
class ModelCall {
  readonly #model: Model;
  readonly #clock: Clock;
  readonly #calls: ModelToolCall[] = [];
  #text = "";
  #thinking = "";
  #stopReason: StopReason = "stop";
  #responseId: string | undefined;
  usage: ModelUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

  constructor(model: Model, clock: Clock) {
    this.#model = model;
    this.#clock = clock;
  }

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
        this.#stopReason = this.#calls.length > 0 ? "toolUse" : withoutCalls(event.stopReason);
    }
  }

  end(cutBy?: "aborted" | "error", errorMessage?: string): CallOutcome {
    const { info } = this.#model;
    const content: AssistantMessage["content"] = [];
    if (this.#thinking) content.push({ type: "thinking", thinking: this.#thinking });
    if (this.#text) content.push({ type: "text", text: this.#text });
    const calls = cutBy ? [] : this.#calls;
    for (const call of calls) content.push({ type: "toolCall", ...call });
    const message: AssistantMessage = {
      role: "assistant",
      content,
      timestamp: this.#clock.now(),
      api: info.api,
      provider: info.provider,
      model: info.model,
      usage: {
        ...this.usage,
        totalTokens: this.usage.input + this.usage.output + this.usage.cacheRead +
          this.usage.cacheWrite,
        cost: usageCost(this.usage, info.cost),
      },
      stopReason: cutBy ?? this.#stopReason,
    };
    if (this.#responseId) message.responseId = this.#responseId;
    if (errorMessage) message.errorMessage = errorMessage;
    return { message, calls };
  }
}

/** Tool use without a call would be asked again and again; what was said is the answer. */
function withoutCalls(reason: ModelStopReason): StopReason {
  return reason === "toolUse" ? "stop" : reason;
}

/** Whether another model may do better; a request that is wrong itself fails everywhere. */
function isWorthFallback(error: ModelError): boolean {
  return error.kind !== "bad_request" && error.kind !== "refusal";
}

function modelName({ info }: Model): string {
  return `${info.provider}/${info.model}`;
}

function unexpected(thrown: unknown): ModelError {
  return new ModelError("INTERNAL", "unknown", `Run failed: ${errorMessage(thrown)}`, {
    cause: thrown,
  });
}

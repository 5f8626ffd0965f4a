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
  type ModelMessage,
  type ModelRequest,
  type ModelToolCall,
  type ModelUsage,
} from "../models/mod.ts";
import type { AssistantMessage, StopReason, ToolResultMessage } from "../sessions/mod.ts";
import {
  BegunCalls,
  type ClientTools,
  hasObject,
  isClientCall,
  offeredTools,
  pendingResult,
  standingCalls,
} from "./client_tools.ts";
import { toModelMessages } from "./model_messages.ts";
import { type CallOutcome, ModelCall } from "./model_call.ts";
import type { AgentTool, ToolContext } from "./tools.ts";

/** Rounds of tool calls after which a turn is ended. */
const MAX_TOOL_ROUNDS = 64;

/** What happens while a turn is under way. */
export type TurnEvent =
  | { type: "text"; delta: string }
  | { type: "thinking"; delta: string }
  | { type: "toolStart"; call: ModelToolCall }
  | { type: "toolResult"; call: ModelToolCall; result: ToolResultMessage }
  /** A piece of the arguments of such a call, which may still come to nothing. */
  | { type: "toolCallDelta"; id: string; name: string; delta: string }
  /** A call that the client carries out; the turn ends with it. */
  | {
    type: "toolCall";
    call: ModelToolCall;
    /** The length ran out in the middle of it. */
    isCut?: boolean;
  }
  | { type: "fallback"; from: string; to: string; reason: string };

/** What a turn needs. */
export interface TurnInput {
  /** The model to call, then those to try when it fails before saying anything. */
  models: readonly [Model, ...Model[]];
  system: string;
  conversation: readonly ModelMessage[];
  tools: readonly AgentTool[];
  /** Tools of who asks; none when absent. */
  clientTools?: ClientTools;
  toolContext: Omit<ToolContext, "signal">;
  maxTokens?: number;
  thinking?: ModelRequest["thinking"];
  sampling?: ModelRequest["sampling"];
  hints?: ModelRequest["hints"];
  responseFormat?: ModelRequest["responseFormat"];
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
  /** The text that ended the last call, where the provider tells. */
  stopSequence?: string;
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

const NO_CLIENT_TOOLS: ClientTools = { tools: [] };

class Turn {
  readonly #input: TurnInput;
  readonly #clientTools: ClientTools;
  readonly #emit: (event: TurnEvent) => void;
  readonly #messages: TurnResult["messages"] = [];
  readonly #usage: ModelUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  /** Whether a call of the client has begun and is not handed over. */
  #hasOpenCall = false;
  /** What was said meanwhile. */
  readonly #late: TurnEvent[] = [];
  #text = "";
  #promptTokens = 0;
  #stopSequence: string | undefined;
  #modelIndex = 0;

  constructor(input: TurnInput, emit: (event: TurnEvent) => void) {
    this.#input = input;
    this.#clientTools = input.clientTools ?? NO_CLIENT_TOOLS;
    this.#emit = emit;
  }

  async run(): Promise<TurnResult> {
    for (let round = 0; round < MAX_TOOL_ROUNDS; round++) {
      const { message, calls, error } = await this.#callWithFallback();
      this.#messages.push(message);
      const forClient = calls.filter((call) => isClientCall(this.#clientTools, call));
      if (message.stopReason === "toolUse") {
        await this.#runTools(calls.filter((call) => !forClient.includes(call)));
        if (this.#input.signal.aborted) return this.#result("aborted", undefined);
      }
      this.#handOver(forClient, message.stopReason === "length");
      if (forClient.length > 0 || message.stopReason !== "toolUse") {
        return this.#result(message.stopReason, error);
      }
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
      const saidSomething = outcome.hasShown || outcome.message.content.length > 0 ||
        this.#messages.length > 0;
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
    const begun = new BegunCalls(this.#clientTools);
    const call = new ModelCall(
      this.#model,
      this.#input.clock,
      (calls, stopReason) => standingCalls(this.#clientTools, calls, stopReason, begun),
    );
    try {
      for await (const event of this.#model.stream(this.#request())) {
        call.take(event);
        if (event.type === "text") this.#text += event.delta;
        if (event.type === "text" || event.type === "thinking") this.#show(event);
        if (event.type === "toolCallDelta") this.#showPiece(begun.take(event));
      }
    } catch (thrown) {
      if (this.#input.signal.aborted) return call.end("aborted");
      const error = thrown instanceof ModelError ? thrown : unexpected(thrown);
      return { ...call.end("error", error.message), error, hasShown: begun.isAny };
    } finally {
      this.#count(call.usage);
      this.#stopSequence = call.stopSequence;
    }
    return this.#input.signal.aborted ? call.end("aborted") : call.end();
  }

  /** What is said while a call of the client is under way waits for its end: the two are not mixed. */
  #show(event: TurnEvent): void {
    if (this.#hasOpenCall) this.#late.push(event);
    else this.#emit(event);
  }

  #showPiece(piece: TurnEvent | undefined): void {
    if (piece === undefined) return;
    this.#hasOpenCall = true;
    this.#emit(piece);
  }

  #request(): ModelRequest {
    const { system, conversation, tools, signal } = this.#input;
    const { maxTokens, thinking, sampling, hints, responseFormat } = this.#input;
    const said = this.#messages.flatMap((message) => toModelMessages(message));
    const request: ModelRequest = {
      system,
      messages: [...conversation, ...said],
      ...offeredTools(tools, this.#clientTools, this.#messages.length === 0),
      signal,
    };
    if (maxTokens !== undefined) request.maxTokens = maxTokens;
    if (thinking !== undefined) request.thinking = thinking;
    if (sampling !== undefined) request.sampling = sampling;
    if (hints !== undefined) request.hints = hints;
    if (responseFormat !== undefined) request.responseFormat = responseFormat;
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

  /** Leaves the client's own calls to it; what it answers comes with a later message. */
  #handOver(calls: readonly ModelToolCall[], isCut: boolean): void {
    for (const call of calls) {
      this.#messages.push(pendingResult(call, this.#input.clock.now()));
      const cut = isCut && !hasObject(call) ? { isCut } : {};
      this.#emit({ type: "toolCall", call, ...cut });
    }
    this.#hasOpenCall = false;
    for (const event of this.#late.splice(0)) this.#emit(event);
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
    if (!hasObject(call)) {
      return answer([{ type: "text", text: "The arguments are not a JSON object" }], true);
    }
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
    if (usage.reasoning !== undefined) {
      this.#usage.reasoning = (this.#usage.reasoning ?? 0) + usage.reasoning;
    }
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
      ...(this.#stopSequence === undefined ? {} : { stopSequence: this.#stopSequence }),
      model: this.#model,
      ...(error ? { error } : {}),
    };
  }
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

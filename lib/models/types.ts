/**
 * What a model provider is asked and what it streams back, whatever its wire format.
 *
 * @module
 */
import { AppError, type AppErrorOptions } from "../base/mod.ts";

/** A model by provider and id; written `provider/model`, split at the first slash. */
export interface ModelRef {
  provider: string;
  model: string;
}

/** One part of a message sent to a model. */
export type ModelContentPart =
  | { type: "text"; text: string }
  | { type: "image"; data: string; mimeType: string };

/** A function the model asked for. */
export interface ModelToolCall {
  id: string;
  name: string;
  /** Parsed arguments; an object, empty where the model wrote no JSON object. */
  arguments: Record<string, unknown>;
  /** The arguments as the model wrote them, where `arguments` as JSON is not the same text. */
  argumentsText?: string;
}

/** One message of the conversation sent to a model. */
export type ModelMessage =
  | { role: "user"; content: ModelContentPart[] }
  | { role: "assistant"; text: string; toolCalls: ModelToolCall[] }
  | { role: "tool"; toolCallId: string; toolName: string; text: string; isError: boolean };

/** A function offered to the model. */
export interface ModelTool {
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>;
  /** Whether the provider shall hold the model to `parameters`; left to the provider when absent. */
  strict?: boolean;
}

/** Whether the model may, must or must not call a function, or which one it must call. */
export type ModelToolChoice = "auto" | "none" | "required" | { name: string };

/** The shape the text of an answer shall have. */
export type ModelResponseFormat =
  | { type: "text" }
  | { type: "json_object" }
  | {
    type: "json_schema";
    name: string;
    description?: string;
    schema: Record<string, unknown>;
    strict?: boolean;
  };

/** How an answer is sampled; a setting goes to the providers that have a field for it. */
export interface ModelSampling {
  temperature?: number;
  topP?: number;
  topK?: number;
  stop?: string[];
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
}

/** What a client tells the provider beside the question; it goes to those that are known to take it. */
export interface ModelHints {
  /** How fast, at which price. */
  serviceTier?: string;
  /** How much is to be said: `low`, `medium` or `high`. */
  verbosity?: string;
  /** Requests with the same one likely begin alike. */
  promptCacheKey?: string;
  /** Who asks, for the provider's own rules; not a name. */
  safetyIdentifier?: string;
  /** Whether the provider shall keep the answer on its side, and what stands with it there. */
  store?: boolean;
  metadata?: Record<string, string>;
}

/** How long a model may think before it answers; `adaptive` leaves it to the model. */
export const THINKING_LEVELS = [
  "off",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "adaptive",
  "max",
] as const;

/** One of {@linkcode THINKING_LEVELS}. */
export type ThinkingLevel = typeof THINKING_LEVELS[number];

/** One call of a model. */
export interface ModelRequest {
  system: string;
  messages: ModelMessage[];
  tools?: ModelTool[];
  /** Names of those whose calls are handed out in pieces; what was not shown can be tried again. */
  shownTools?: ReadonlySet<string>;
  /** `auto` when absent; without `tools` it says nothing. */
  toolChoice?: ModelToolChoice;
  /** Whether several calls may come in one answer; left to the provider when absent. */
  parallelToolCalls?: boolean;
  responseFormat?: ModelResponseFormat;
  /** Upper bound of generated tokens. */
  maxTokens?: number;
  /** Left to the provider when absent; models that do not reason are not told. */
  thinking?: ThinkingLevel;
  sampling?: ModelSampling;
  hints?: ModelHints;
  /** Ends the call; the stream then throws the signal's reason. */
  signal: AbortSignal;
}

/** Token counts of one call; `input` excludes what was read from a cache. */
export interface ModelUsage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  /** The part of `output` that was thinking, where the provider tells. */
  reasoning?: number;
}

/** Why the model stopped. */
export type ModelStopReason = "stop" | "length" | "toolUse";

/** What a model streams; exactly one `end` comes, last. */
export type ModelEvent =
  | { type: "text"; delta: string }
  | { type: "thinking"; delta: string }
  /**
   * A piece of the arguments of the call at a place of the answer, from 0; the first may be empty. It
   * comes for calls of `shownTools` only.
   * Pieces of one call follow each other, and where another begins the one before is a whole JSON
   * object. All calls come as `toolCall` at the end, whose texts begin with what their pieces say.
   */
  | { type: "toolCallDelta"; index: number; name: string; delta: string }
  | { type: "toolCall"; call: ModelToolCall }
  | {
    type: "end";
    stopReason: ModelStopReason;
    usage: ModelUsage;
    responseId?: string;
    /** Which of the texts of `sampling.stop` ended the answer, where the provider tells. */
    stopSequence?: string;
  };

/** What is known of a model without calling it. */
export interface ModelInfo extends ModelRef {
  /** For people. */
  name: string;
  /** Wire format, such as `openai-completions` or `demo`. */
  api: string;
  /** Tokens of input and output together. */
  contextWindow: number;
  maxTokens: number;
  reasoning: boolean;
  input: ("text" | "image")[];
  /** US dollars per million tokens. */
  cost: { input: number; output: number; cacheRead: number; cacheWrite: number };
}

/** A model that can be called. */
export interface Model {
  readonly info: ModelInfo;
  /**
   * Starts one call.
   *
   * @throws {ModelError} From the iterator, when the provider refuses, fails or is cut off.
   */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>;
}

/** What went wrong with a provider, as far as a caller acts on it. */
export type ModelErrorKind =
  | "auth"
  | "billing"
  | "rate_limit"
  | "context_length"
  | "refusal"
  | "timeout"
  | "overloaded"
  | "unreachable"
  | "cut"
  | "bad_request"
  | "garbage"
  | "unknown";

/** A failed model call. */
export class ModelError extends AppError {
  override readonly name = "ModelError";
  readonly kind: ModelErrorKind;
  /** HTTP status of the provider's answer, when there was one. */
  readonly status: number | undefined;
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    kind: ModelErrorKind,
    message: string,
    options: AppErrorOptions & { status?: number; retryAfterMs?: number } = {},
  ) {
    super(code, message, options);
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

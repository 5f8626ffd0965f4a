/**
 * The body of `POST /v1/chat/completions`, from `unknown` to typed.
 *
 * Unknown fields and non-object bodies are tolerated; a field that is used must have its type.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { type ChatTurn, parseChatMessages } from "./messages.ts";
import { checkChatTools } from "./tools.ts";
import { invalidRequest } from "../errors.ts";
import { MAX_NAME_CHARS } from "../limits.ts";
import type { HttpRunRequest } from "../types.ts";

/** Sampling settings that are forwarded to the model. */
export type ChatSampling = NonNullable<HttpRunRequest["sampling"]>;

/** What a chat request asks for. */
export interface ChatRequest extends ChatTurn {
  /** As sent; the answer echoes it. */
  model: string;
  user?: string;
  isStream: boolean;
  /** Whether a stream ends with a usage chunk. */
  includesUsage: boolean;
  maxTokens?: number;
  sampling?: ChatSampling;
}

/**
 * Parses the body of a chat request.
 *
 * @throws {HttpError} `INVALID_REQUEST` or `TOOLS_UNSUPPORTED`, both 400.
 */
export function parseChatRequest(body: unknown): ChatRequest {
  const fields = isObject(body) ? body : {};
  const streamOptions = isObject(fields.stream_options) ? fields.stream_options : {};
  const model = fields.model ?? "openclaw";
  checkChatTools(fields);
  return {
    // Anything but text is refused later, as text that names no agent.
    model: typeof model === "string" ? model : JSON.stringify(model),
    user: readUser(fields.user),
    isStream: fields.stream === true,
    includesUsage: streamOptions.include_usage === true,
    maxTokens: readMaxTokens(fields),
    sampling: readSampling(fields),
    ...parseChatMessages(fields.messages),
  };
}

function readUser(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const user = value.trim();
  if (user.length > MAX_NAME_CHARS) throw invalidRequest("Invalid `user`.");
  return user === "" ? undefined : user;
}

/** Zero and less mean "no limit" to several clients. */
function readMaxTokens(fields: JsonObject): number | undefined {
  const limit = readNumber(fields, "max_completion_tokens") ?? readNumber(fields, "max_tokens");
  return limit === undefined || limit < 1 ? undefined : Math.floor(limit);
}

function readSampling(fields: JsonObject): ChatSampling | undefined {
  const sampling: ChatSampling = {};
  const temperature = readNumber(fields, "temperature");
  const topP = readNumber(fields, "top_p");
  const seed = readNumber(fields, "seed");
  const stop = readStop(fields.stop);
  if (temperature !== undefined) sampling.temperature = temperature;
  if (topP !== undefined) sampling.topP = topP;
  if (seed !== undefined) sampling.seed = seed;
  if (stop !== undefined) sampling.stop = stop;
  return Object.keys(sampling).length === 0 ? undefined : sampling;
}

function readNumber(fields: JsonObject, name: string): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  // JSON has no NaN, but 1e999 parses to infinity.
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw invalidRequest(`Invalid \`${name}\`: expected a number.`);
  }
  return value;
}

function readStop(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((item) => typeof item === "string")) {
    throw invalidRequest("Invalid `stop`: expected a string or an array of strings.");
  }
  return list.length === 0 ? undefined : list;
}

/**
 * The body of `POST /v1/chat/completions`, from `unknown` to typed.
 *
 * Unknown fields and non-object bodies are tolerated; a field that is used must have its type.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { type HttpError, invalidRequest } from "../errors.ts";
import { MAX_NAME_CHARS } from "../limits.ts";
import { givenHints } from "../hints.ts";
import type { HttpHints, HttpResponseFormat, HttpRunRequest } from "../types.ts";
import { type ChatTurn, parseChatMessages } from "./messages.ts";
import { type ChatBody, chatSchema } from "./schema.ts";
import { type ChatToolSettings, readChatTools, usesFunctions } from "./tools.ts";

/** Sampling settings that are forwarded to the model. */
export type ChatSampling = NonNullable<HttpRunRequest["sampling"]>;

/** How a chat request wants its answer worded. */
export interface ChatAnswerForm {
  /** As sent; the answer echoes it. */
  model: string;
  isStream: boolean;
  /** Whether a stream ends with a usage chunk. */
  includesUsage: boolean;
  /** Whether calls are told as it was done before there were tools. */
  usesFunctions: boolean;
}

/** What a chat request asks for. */
export interface ChatRequest {
  form: ChatAnswerForm;
  user: string | undefined;
  /** The images of the current message, as they were sent. */
  imageParts: unknown[];
  /** The files of all messages, as they were sent. */
  fileParts: unknown[];
  /** The part of it that goes to the agent as it is. */
  run: Omit<ChatTurn, "imageParts" | "fileParts"> & ChatToolSettings & ChatSettings;
}

/** How the answer is made. */
export type ChatSettings = Pick<
  HttpRunRequest,
  "maxTokens" | "sampling" | "hints" | "responseFormat" | "thinking"
>;

/**
 * Parses the body of a chat request.
 *
 * @throws {HttpError} `INVALID_REQUEST`.
 */
export function parseChatRequest(given: unknown): ChatRequest {
  const body = checkBody(given);
  const streamOptions = isObject(body.stream_options) ? body.stream_options : {};
  const model = body.model ?? "openclaw";
  const { imageParts, fileParts, ...turn } = parseChatMessages(body.messages);
  return {
    form: {
      // Anything but text is refused later, as text that names no agent.
      model: typeof model === "string" ? model : JSON.stringify(model),
      isStream: Boolean(body.stream),
      includesUsage: streamOptions.include_usage === true,
      usesFunctions: usesFunctions(body),
    },
    user: readUser(body.user),
    imageParts,
    fileParts,
    run: { ...turn, ...readChatTools(body), ...readSettings(body) },
  };
}

let schema: ReturnType<typeof chatSchema> | undefined;

function checkBody(given: unknown): ChatBody {
  schema ??= chatSchema();
  const result = schema.safeParse(isObject(given) ? given : {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw fieldError(String(issue?.path[0]), issue?.message ?? "");
}

/** Fields whose errors the wire reference names together. */
const TOOL_FIELDS: readonly string[] = [
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "functions",
  "function_call",
];

function fieldError(name: string, detail: string): HttpError {
  return invalidRequest(
    TOOL_FIELDS.includes(name)
      ? `Invalid tools/tool_choice: ${detail}`
      : `Invalid \`${name}\`: ${detail}.`,
  );
}

function readUser(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const user = value.trim();
  if (user.length > MAX_NAME_CHARS) throw invalidRequest("Invalid `user`.");
  return user === "" ? undefined : user;
}

function readSettings(body: ChatBody): ChatSettings {
  const maxTokens = readMaxTokens(body);
  const sampling = readSampling(body);
  const responseFormat = readFormat(body.response_format);
  const hints = readHints(body);
  const effort = body.reasoning_effort ?? undefined;
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(sampling === undefined ? {} : { sampling }),
    ...(hints === undefined ? {} : { hints }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(effort === undefined ? {} : { thinking: effort === "none" ? "off" : effort }),
  };
}

/** Zero and less mean "no limit" to several clients. */
function readMaxTokens(body: ChatBody): number | undefined {
  const limit = body.max_completion_tokens ?? body.max_tokens ?? 0;
  return limit < 1 ? undefined : Math.floor(limit);
}

function readSampling(body: ChatBody): ChatSampling | undefined {
  // Nothing ends at an empty text, and providers refuse one.
  const stop = [body.stop ?? []].flat().filter((text) => text !== "");
  const fields: ChatSampling = {};
  const settings = [
    ["temperature", body.temperature],
    ["topP", body.top_p],
    ["topK", body.top_k],
    ["seed", body.seed],
    ["frequencyPenalty", body.frequency_penalty],
    ["presencePenalty", body.presence_penalty],
  ] as const;
  for (const [name, value] of settings) {
    if (typeof value === "number") fields[name] = value;
  }
  if (stop.length > 0) fields.stop = stop;
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function readHints(body: ChatBody): HttpHints | undefined {
  const text = (value: unknown) => typeof value === "string" && value !== "" ? value : undefined;
  const isFit = isObject(body.metadata) &&
    Object.values(body.metadata).every((value) => typeof value === "string");
  return givenHints({
    serviceTier: text(body.service_tier),
    verbosity: text(body.verbosity),
    promptCacheKey: text(body.prompt_cache_key),
    safetyIdentifier: text(body.safety_identifier),
    store: typeof body.store === "boolean" ? body.store : undefined,
    metadata: isFit ? body.metadata as Record<string, string> : undefined,
  });
}

function readFormat(format: ChatBody["response_format"]): HttpResponseFormat | undefined {
  if (format === undefined || format === null) return undefined;
  if (format.type !== "json_schema") return { type: format.type };
  const { name, description, schema: shape, strict } = format.json_schema;
  return {
    type: "json_schema",
    name,
    schema: shape ?? {},
    ...(typeof description === "string" ? { description } : {}),
    ...(typeof strict === "boolean" ? { strict } : {}),
  };
}

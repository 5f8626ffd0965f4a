/**
 * The response object: every field that OpenAI's clients read, whatever became of the run.
 *
 * @module
 */
import { type HttpError, openAiCode } from "../errors.ts";
import type { HttpUsage } from "../types.ts";
import type { ResponsesRequest } from "./request.ts";
import type { ResponsesBody } from "./schema.ts";
import { chosenName } from "./tools.ts";

/** What identifies one response. */
export interface ResponseHead {
  id: string;
  /** Seconds since the epoch. */
  createdAt: number;
}

/** How far a response is. */
export type ResponseStatus =
  | "queued"
  | "in_progress"
  | "completed"
  | "incomplete"
  | "failed"
  | "cancelled";

/** One item of a response's output, as clients read it. */
export type OutputItem = Record<string, unknown> & { id: string; type: string };

/** A response as clients read it. */
export type ResponseObject = Record<string, unknown> & {
  id: string;
  status: ResponseStatus;
  output: OutputItem[];
};

/** What changes while a response is made. */
export interface ResponseState {
  status: ResponseStatus;
  output?: OutputItem[];
  usage?: HttpUsage;
  error?: HttpError;
  /** Seconds since the epoch; when it ended well. */
  completedAt?: number;
}

/** Makes the object of a response in some state. */
export function toResponseObject(
  { id, createdAt }: ResponseHead,
  { body, isBackground, isStored }: ResponsesRequest,
  { status, output = [], usage, error, completedAt }: ResponseState,
): ResponseObject {
  return {
    id,
    object: "response",
    created_at: createdAt,
    status,
    completed_at: completedAt ?? null,
    background: isBackground,
    error: error === undefined ? null : toResponseError(error),
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: body.model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: {
      effort: body.reasoning?.effort ?? null,
      summary: body.reasoning?.summary ?? null,
    },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: body.service_tier ?? "default",
    store: isStored,
    temperature: body.temperature ?? null,
    text: textConfig(body),
    tool_choice: toolChoice(body),
    tools: (body.tools ?? []).map(toolOf),
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? null,
    truncation: body.truncation ?? "disabled",
    usage: usage === undefined ? null : toUsage(usage),
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

/**
 * A failure as part of a response. `code` is one that OpenAI's clients know;
 * `openclaw_code` tells which failure it was.
 */
function toResponseError({ status, code, message, hint }: HttpError) {
  return {
    code: openAiCode(code) ?? (status === 429 ? "rate_limit_exceeded" : "server_error"),
    message,
    openclaw_code: code,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** What the model read, cached or not, is input. */
function toUsage({ input, output, cacheRead, cacheWrite, reasoning }: HttpUsage) {
  const inputTokens = input + cacheRead + cacheWrite;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning ?? 0 },
    total_tokens: inputTokens + output,
  };
}

function textConfig({ text }: ResponsesBody) {
  const format = text?.format ?? { type: "text" as const };
  return {
    format: format.type === "json_schema"
      ? { ...format, description: format.description ?? null, strict: format.strict ?? false }
      : format,
    verbosity: text?.verbosity ?? "medium",
  };
}

function toolChoice({ tool_choice: choice }: ResponsesBody) {
  if (choice === null || choice === undefined) return "auto";
  if (typeof choice === "string" || choice.type !== "function") return choice;
  return { type: "function", name: chosenName(choice) };
}

function toolOf({ name, description, parameters, strict }: NonNullable<ResponsesBody["tools"]>[0]) {
  return {
    type: "function",
    name,
    description: description ?? null,
    parameters: parameters ?? { type: "object", properties: {} },
    strict: strict ?? false,
  };
}

/**
 * The body of `POST /v1/responses`, from `unknown` to what a run needs.
 *
 * @module
 */
import { isObject, randomId } from "../../base/mod.ts";
import { type HttpError, invalidRequest } from "../errors.ts";
import { givenHints } from "../hints.ts";
import { MAX_NAME_CHARS } from "../limits.ts";
import type { HttpResponseFormat, HttpRunRequest, HttpSampling } from "../types.ts";
import { parseBody } from "../validate.ts";
import { type InputItem, NESTED_KEYS, type ResponsesBody, responsesSchema } from "./schema.ts";
import { parseTools } from "./tools.ts";

/** What a responses request asks for. */
export interface ResponsesRequest {
  /** As sent, for what the answer echoes. */
  body: ResponsesBody;
  items: InputItem[];
  user?: string;
  isStream: boolean;
  isBackground: boolean;
  isStored: boolean;
  previousId?: string;
  /** The settings of its run. */
  run: Pick<
    HttpRunRequest,
    | "hints"
    | "maxTokens"
    | "parallelToolCalls"
    | "responseFormat"
    | "sampling"
    | "thinking"
    | "toolChoice"
    | "tools"
  >;
}

/**
 * Parses the body of a request.
 *
 * @throws {HttpError} `INVALID_REQUEST` for the first thing that is wrong with it.
 */
export function parseResponsesRequest(value: unknown): ResponsesRequest {
  refuseHostedTools(value);
  const schema = responsesSchema();
  const body = parseBody(schema, value, [...Object.keys(schema.shape), ...NESTED_KEYS]);
  refuseUnserved(body);
  const user = body.user?.trim();
  if (user !== undefined && user.length > MAX_NAME_CHARS) throw invalidRequest("Invalid `user`.");
  return {
    body,
    items: typeof body.input === "string" ? [{ role: "user", content: body.input }] : body.input,
    ...(user ? { user } : {}),
    isStream: body.stream === true,
    isBackground: body.background === true,
    isStored: body.store !== false,
    ...(body.previous_response_id ? { previousId: body.previous_response_id } : {}),
    run: runSettings(body),
  };
}

/** A new id for a response; its items have ids that are made of it. */
export function newResponseId(): string {
  return `resp_${randomId()}`;
}

/** What OpenAI's clients may send and this gateway does not do. */
function refuseUnserved(body: ResponsesBody): void {
  if (present(body.conversation)) {
    throw unserved(
      "conversation:",
      "Send `previous_response_id`, or name a session in the header x-openclaw-session-key",
    );
  }
  if (present(body.prompt)) throw unserved("prompt:", "Send the text as `instructions`");
  if (!body.background) return;
  if (body.store === false) {
    throw invalidRequest("background: needs `store`", "Leave out `store`, or send true");
  }
}

/** Tools that OpenAI carries out itself; the schema would only say that they are no functions. */
function refuseHostedTools(body: unknown): void {
  const tools = isObject(body) && Array.isArray(body.tools) ? body.tools : [];
  const index = tools.findIndex((tool) =>
    isObject(tool) && typeof tool.type === "string" && tool.type !== "function"
  );
  if (index < 0) return;
  const { type } = tools[index] as { type: string };
  throw unserved(
    `tools.${index}.type: "${type.slice(0, MAX_SHOWN_CHARS)}"`,
    'Offer a tool of type "function" and carry it out in the client, or let the agent use its own tools',
  );
}

const MAX_SHOWN_CHARS = 80;

function present(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function unserved(what: string, hint: string): HttpError {
  return invalidRequest(`${what} is not supported here`, hint);
}

function runSettings(body: ResponsesBody): ResponsesRequest["run"] {
  const responseFormat = formatOf(body);
  const sampling = samplingOf(body);
  const effort = body.reasoning?.effort;
  const hints = givenHints({
    serviceTier: body.service_tier || undefined,
    verbosity: body.text?.verbosity ?? undefined,
    promptCacheKey: body.prompt_cache_key || undefined,
    safetyIdentifier: body.safety_identifier || undefined,
  });
  return {
    ...parseTools(body),
    ...(body.max_output_tokens ? { maxTokens: body.max_output_tokens } : {}),
    ...(body.parallel_tool_calls === false ? { parallelToolCalls: false } : {}),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(sampling === undefined ? {} : { sampling }),
    ...(hints === undefined ? {} : { hints }),
    ...(effort ? { thinking: effort === "none" ? "off" : effort } : {}),
  };
}

function formatOf({ text }: ResponsesBody): HttpResponseFormat | undefined {
  const format = text?.format ?? undefined;
  if (format === undefined || format.type !== "json_schema") return format;
  const { name, schema, description, strict } = format;
  return {
    type: "json_schema",
    name,
    schema,
    ...(description ? { description } : {}),
    ...(strict === null || strict === undefined ? {} : { strict }),
  };
}

function samplingOf({ temperature, top_p: topP }: ResponsesBody): HttpSampling | undefined {
  const sampling: HttpSampling = {};
  if (typeof temperature === "number") sampling.temperature = temperature;
  if (typeof topP === "number") sampling.topP = topP;
  return Object.keys(sampling).length === 0 ? undefined : sampling;
}

/**
 * The shape of `POST /v1/chat/completions`.
 *
 * Fields that are not here are tolerated and not used. Where the wire reference tolerates any value, a
 * field is `unknown` with its usual shape as metadata.
 *
 * @module
 */
import * as z from "zod/mini";

/** The body of a request, after it was checked. */
export type ChatBody = z.infer<ReturnType<typeof chatSchema>>;

/** One entry of `tools`. */
export type ChatTool = NonNullable<ChatBody["tools"]>[number];

/** Builds the schema of a request; what an error says stands behind the name of the field. */
export function chatSchema() {
  return z.looseObject({
    ...toolFields(),
    model: described("An agent: `openclaw` or `openclaw/<agentId>`", { type: "string" }),
    messages: described("The conversation; the last user or tool message is answered", MESSAGES),
    stream: described("Answer with server-sent events", { type: "boolean" }),
    stream_options: described("`include_usage`: end the stream with a chunk of token counts", {
      type: "object",
      properties: { include_usage: { type: "boolean" } },
    }),
    user: described("Keeps one session for all requests with the same value", { type: "string" }),
    max_completion_tokens: number("Upper bound of generated tokens"),
    max_tokens: number("Older name of max_completion_tokens"),
    temperature: number("Sampling temperature"),
    top_p: number("Share of probability to sample from"),
    top_k: number("Number of tokens to sample from, where the provider takes it"),
    frequency_penalty: number("Penalty on repeated tokens"),
    presence_penalty: number("Penalty on tokens that occurred"),
    seed: number("Seed of the sampling"),
    n: z.nullish(
      z.literal(1, { error: "only 1 is supported, send the request once for each answer" }),
    ),
    stop: z.nullish(
      z.union([z.string(), z.array(z.string())], {
        error: "expected a string or an array of strings",
      }),
    ),
    response_format: z.nullish(responseFormat()),
    reasoning_effort: z.nullish(
      z.enum(EFFORTS, { error: `expected one of ${EFFORTS.join(", ")}` }),
    ),
    ...hintFields(),
  });
}

/** What the provider is told where it takes it; of the wrong type, it is not. */
function hintFields() {
  const text = { type: "string" };
  return {
    service_tier: described("Told to the provider: how fast, at which price", text),
    verbosity: described("Told to the provider: low, medium or high", text),
    prompt_cache_key: described("Told to the provider: which requests begin alike", text),
    safety_identifier: described("Told to the provider: who asks", text),
    store: described("Told to the provider: whether it keeps the answer", { type: "boolean" }),
    metadata: described("Told to the provider with `store`", {
      type: "object",
      additionalProperties: text,
    }),
    logprobs: described("Taken; answers have none", { type: "boolean" }),
  };
}

/** What the model may be asked to think; `none` switches it off. */
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** What a part of a message holds, by its type. */
const PART = {
  type: "object",
  required: ["type"],
  properties: {
    type: { type: "string", description: "`text`, `image_url`, `file` and others" },
    text: { type: "string" },
    image_url: { type: "object", required: ["url"], properties: { url: { type: "string" } } },
    file: {
      type: "object",
      required: ["file_data"],
      properties: {
        filename: { type: "string" },
        file_data: { type: "string", description: "Base64, bare or as a `data:` address" },
      },
    },
  },
};

const MESSAGES = {
  type: "array",
  items: {
    type: "object",
    required: ["role"],
    properties: {
      role: { enum: ["system", "developer", "user", "assistant", "tool", "function"] },
      content: {
        anyOf: [{ type: "string" }, { type: "array", items: PART }, { type: "null" }],
      },
      tool_calls: { type: "array", items: { type: "object" } },
      tool_call_id: { type: "string" },
    },
  },
};

function described(description: string, shape: Record<string, unknown>) {
  return z.optional(z.unknown().check(z.meta({ description, ...shape })));
}

function number(description: string) {
  return z.nullish(z.number({ error: "expected a number" })).check(z.describe(description));
}

function toolFields() {
  const tool = z.looseObject({
    type: z.literal("function", { error: "only function tools are supported" }),
    function: declaration("tool.function", { error: "tool.function is required" }),
  }, { error: "each tool must be an object" });
  const named = declaration("function", { error: "each function must be an object" });
  return {
    tools: z.nullish(z.array(tool, { error: "tools must be an array" })),
    tool_choice: z.nullish(toolChoice()),
    parallel_tool_calls: z.nullish(
      z.boolean({ error: "parallel_tool_calls must be a boolean" }),
    ),
    functions: z.nullish(z.array(named, { error: "functions must be an array" })),
    function_call: z.nullish(
      z.union([z.enum(["auto", "none"]), z.looseObject({ name: z.string() })], {
        error: "function_call must be auto, none or an object with a name",
      }),
    ),
  };
}

/** A function as a client declares it; `place` names it in errors. */
function declaration(place: string, params: { error: string }) {
  const noName = { error: `${place}.name is required` };
  return z.looseObject({
    name: z.string(noName).check(z.regex(/\S/, noName)),
    description: z.nullish(z.string({ error: `${place}.description must be a string` })),
    parameters: z.nullish(
      z.record(z.string(), z.unknown(), { error: `${place}.parameters must be an object` }),
    ),
    strict: z.nullish(z.boolean({ error: `${place}.strict must be a boolean` })),
  }, params);
}

function toolChoice() {
  const reference = z.looseObject({
    type: z.literal("function"),
    function: z.looseObject({ name: z.string() }),
  });
  const allowed = z.looseObject({
    type: z.literal("allowed_tools"),
    allowed_tools: z.looseObject({
      mode: z.enum(["auto", "required"]),
      tools: z.array(reference),
    }),
  });
  return z.union([z.enum(["auto", "none", "required"]), reference, allowed], {
    error: ({ input }) => choiceFault(input),
  });
}

function choiceFault(input: unknown): string {
  if (typeof input === "string") return "unsupported tool_choice type";
  if (typeof input !== "object" || Array.isArray(input) || input === null) {
    return "tool_choice must be a string or object";
  }
  const type = "type" in input ? input.type : undefined;
  if (type === "function") return "tool_choice.function.name is required";
  if (type === "allowed_tools") return "tool_choice.allowed_tools needs mode and tools";
  return typeof type === "string"
    ? `tool_choice ${type} is not supported`
    : "unsupported tool_choice type";
}

function responseFormat() {
  const jsonSchema = z.looseObject({
    type: z.literal("json_schema"),
    json_schema: z.looseObject({
      name: z.string({ error: "json_schema.name is required" }),
      description: z.nullish(z.string()),
      schema: z.nullish(
        z.record(z.string(), z.unknown(), { error: "json_schema.schema must be an object" }),
      ),
      strict: z.nullish(z.boolean()),
    }, { error: "json_schema is required" }),
  });
  return z.discriminatedUnion("type", [
    z.looseObject({ type: z.literal("text") }),
    z.looseObject({ type: z.literal("json_object") }),
    jsonSchema,
  ], { error: "expected type text, json_object or json_schema" });
}

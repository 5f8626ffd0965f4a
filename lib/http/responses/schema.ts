/**
 * The body of `POST /v1/responses`: every field that OpenAI's clients send, and those of OpenClaw's
 * own dialect (`source` of images and files, the nested `tool_choice`). Anything else is refused.
 *
 * @module
 */
import * as z from "zod/mini";

/** Clients write `null` for what they leave out. */
function maybe<T extends z.ZodMiniType>(schema: T) {
  return z.optional(z.nullable(schema));
}

/** A field that the reference tells something about. */
function described<T extends z.ZodMiniType>(schema: T, description: string): T {
  return schema.check(z.describe(description)) as T;
}

function anyObject() {
  return z.record(z.string(), z.unknown());
}

function itemStatus() {
  return maybe(z.enum(["in_progress", "completed", "incomplete"]));
}

function sourceSchema() {
  return z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("url"), url: z.string() }),
    z.strictObject({
      type: z.literal("base64"),
      media_type: z.string(),
      data: z.string(),
      filename: maybe(z.string()),
    }),
  ]);
}

function inputParts() {
  const detail = maybe(z.string());
  // Marks of caches are for the provider's own cache, which is not the client's here.
  const prompt_cache_breakpoint = z.optional(z.unknown());
  return [
    z.strictObject({ type: z.literal("input_text"), text: z.string(), prompt_cache_breakpoint }),
    z.strictObject({
      type: z.literal("input_image"),
      source: z.optional(sourceSchema()),
      image_url: maybe(z.string()),
      file_id: maybe(z.string()),
      detail,
      prompt_cache_breakpoint,
    }),
    z.strictObject({
      type: z.literal("input_file"),
      source: z.optional(sourceSchema()),
      file_data: maybe(z.string()),
      file_url: maybe(z.string()),
      file_id: maybe(z.string()),
      filename: maybe(z.string()),
      detail,
      prompt_cache_breakpoint,
    }),
  ] as const;
}

function messageParts() {
  return z.discriminatedUnion("type", [
    ...inputParts(),
    z.strictObject({
      type: z.literal("output_text"),
      text: z.string(),
      annotations: maybe(z.array(z.unknown())),
      logprobs: maybe(z.array(z.unknown())),
    }),
    z.strictObject({ type: z.literal("refusal"), refusal: z.string() }),
  ]);
}

function messageItem() {
  return z.strictObject({
    type: z.optional(z.literal("message")),
    role: z.enum(["system", "developer", "user", "assistant"]),
    content: z.union([z.string(), z.array(messageParts())]),
    phase: maybe(z.enum(["commentary", "final_answer"])),
    id: maybe(z.string()),
    status: itemStatus(),
  });
}

function callItem() {
  return z.strictObject({
    type: z.literal("function_call"),
    id: maybe(z.string()),
    call_id: maybe(z.string()),
    name: z.string(),
    arguments: z.string(),
    status: itemStatus(),
    namespace: maybe(z.string()),
    caller: z.optional(z.unknown()),
    async: maybe(z.boolean()),
    created_by: maybe(z.string()),
  });
}

function callOutputItem() {
  return z.strictObject({
    type: z.literal("function_call_output"),
    call_id: z.string(),
    output: z.union([z.string(), z.array(z.discriminatedUnion("type", [...inputParts()]))]),
    id: maybe(z.string()),
    name: maybe(z.string()),
    namespace: maybe(z.string()),
    caller: z.optional(z.unknown()),
    status: itemStatus(),
  });
}

function reasoningItem() {
  return z.strictObject({
    type: z.literal("reasoning"),
    id: maybe(z.string()),
    summary: maybe(z.array(z.unknown())),
    content: maybe(z.array(z.unknown())),
    encrypted_content: maybe(z.string()),
    status: itemStatus(),
  });
}

function itemSchema() {
  return z.discriminatedUnion("type", [
    messageItem(),
    callItem(),
    callOutputItem(),
    reasoningItem(),
    z.strictObject({ type: z.literal("item_reference"), id: z.string() }),
  ]);
}

function functionTool() {
  return z.strictObject({
    type: z.literal("function"),
    name: z.string(),
    description: maybe(z.string()),
    parameters: maybe(anyObject()),
    strict: maybe(z.boolean()),
    output_schema: maybe(anyObject()),
    allowed_callers: maybe(z.array(z.string())),
    async: maybe(z.boolean()),
    defer_loading: maybe(z.boolean()),
  });
}

function toolChoice() {
  return z.union([
    z.enum(["auto", "none", "required"]),
    z.strictObject({
      type: z.literal("function"),
      name: z.optional(z.string()),
      function: z.optional(z.strictObject({ name: z.string() })),
    }),
    z.strictObject({
      type: z.literal("allowed_tools"),
      mode: z.enum(["auto", "required"]),
      tools: z.array(z.looseObject({ type: z.string(), name: z.optional(z.string()) })),
    }),
  ]);
}

function textConfig() {
  return z.strictObject({
    format: maybe(z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text") }),
      z.strictObject({ type: z.literal("json_object") }),
      z.strictObject({
        type: z.literal("json_schema"),
        name: z.string(),
        schema: anyObject(),
        description: maybe(z.string()),
        strict: maybe(z.boolean()),
      }),
    ])),
    verbosity: maybe(z.enum(["low", "medium", "high"])),
  });
}

function reasoningConfig() {
  const summary = maybe(z.enum(["auto", "concise", "detailed"]));
  return z.strictObject({
    effort: maybe(z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"])),
    summary,
    generate_summary: summary,
    context: maybe(z.string()),
    mode: maybe(z.string()),
  });
}

function buildSchema() {
  return z.strictObject({
    model: described(z.string(), "An agent: `openclaw` or `openclaw/<agentId>`"),
    input: described(
      z.union([z.string(), z.array(itemSchema())]),
      "Text, or items: messages, calls of functions and their results, references",
    ),
    instructions: described(
      maybe(z.string()),
      "Stands in front of the system prompt of this request only",
    ),
    tools: described(
      maybe(z.array(functionTool())),
      "Functions of the client that the model may call",
    ),
    tool_choice: described(
      maybe(toolChoice()),
      "Whether the model may, must or must not call a function, and which",
    ),
    parallel_tool_calls: described(maybe(z.boolean()), "`false`: at most one call in a reply"),
    stream: described(maybe(z.boolean()), "Answer with server-sent events"),
    stream_options: maybe(z.strictObject({ include_obfuscation: maybe(z.boolean()) })),
    background: described(
      maybe(z.boolean()),
      "Answer at once and go on; poll GET /v1/responses/{id}",
    ),
    store: described(
      maybe(z.boolean()),
      "Whether the response can be read and continued later; it is unless `false`",
    ),
    previous_response_id: described(maybe(z.string()), "The response whose conversation goes on"),
    conversation: z.optional(z.unknown()),
    prompt: z.optional(z.unknown()),
    user: described(maybe(z.string()), "Keeps one session for all requests with the same value"),
    metadata: described(maybe(z.record(z.string(), z.string())), "Kept with the response"),
    max_output_tokens: described(
      maybe(z.int().check(z.positive())),
      "Upper bound of generated tokens",
    ),
    max_tool_calls: maybe(z.int().check(z.positive())),
    temperature: described(
      maybe(z.number().check(z.minimum(0), z.maximum(2))),
      "Sampling temperature",
    ),
    top_p: described(
      maybe(z.number().check(z.minimum(0), z.maximum(1))),
      "Share of probability to sample from",
    ),
    top_logprobs: maybe(z.int().check(z.minimum(0), z.maximum(20))),
    text: described(
      maybe(textConfig()),
      "The form of the reply: text, any JSON, or JSON of a schema",
    ),
    reasoning: described(maybe(reasoningConfig()), "How long the model may think"),
    truncation: maybe(z.enum(["auto", "disabled"])),
    include: maybe(z.array(z.string())),
    service_tier: maybe(z.string()),
    prompt_cache_key: maybe(z.string()),
    prompt_cache_retention: maybe(z.string()),
    prompt_cache_options: maybe(anyObject()),
    safety_identifier: maybe(z.string()),
    context_management: maybe(z.array(z.unknown())),
  });
}

let schema: ReturnType<typeof buildSchema> | undefined;

/** The schema of a request, made once. */
export function responsesSchema(): ReturnType<typeof buildSchema> {
  return schema ??= buildSchema();
}

/** A body that fits. */
export type ResponsesBody = z.infer<ReturnType<typeof buildSchema>>;

/** One item of the input. */
export type InputItem = Exclude<ResponsesBody["input"], string>[number];

/** One part of an item's content. */
export type InputPart = z.infer<ReturnType<typeof messageParts>>;

/** An image or a file. */
export type MediaPart = InputPart & { type: "input_image" | "input_file" };

/** Fields below the top that a misspelt one may stand for. */
export const NESTED_KEYS: readonly string[] = [
  ...["type", "role", "content", "text", "image_url", "file_data", "file_url", "filename"],
  ...["source", "detail", "call_id", "output", "arguments", "name", "description", "parameters"],
  ...["strict", "format", "schema", "verbosity", "effort", "summary", "media_type", "data"],
];

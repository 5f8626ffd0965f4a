/**
 * The shape of `POST /v1/messages` as Anthropic publishes it, as far as it is used here.
 *
 * Fields that are not named pass without a word: clients send what newer models take.
 *
 * @module
 */
import * as z from "zod/mini";

/** The body of a request, after it was checked. */
export type MessagesBody = z.infer<ReturnType<typeof messagesSchema>>;

/** The body of `POST /v1/messages/count_tokens`, after it was checked. */
export type CountTokensBody = z.infer<ReturnType<typeof countTokensSchema>>;

/** One message as sent. */
export type SentMessage = CountTokensBody["messages"][number];

/** One block of a message of the user. */
export type UserBlock = z.infer<ReturnType<typeof userBlock>>;

/** One block of a message of the assistant. */
export type AssistantBlock = z.infer<ReturnType<typeof assistantBlock>>;

/** What a tool's result is made of. */
export type ResultBlock = z.infer<ReturnType<typeof resultBlock>>;

/** A tool as sent. */
export type SentTool = z.infer<ReturnType<typeof toolSchema>>;

/** Builds the schema of a request. */
export function messagesSchema() {
  return z.looseObject({ ...commonFields(), ...answerFields() });
}

/** Builds the schema of a request for a count. */
export function countTokensSchema() {
  return z.looseObject(commonFields());
}

/** What the model is shown. */
function commonFields() {
  return {
    model: z.string(),
    messages: z.array(message()).check(z.minLength(1)),
    system: z.nullish(z.union([z.string(), z.array(textBlock())])),
    tools: z.nullish(z.array(toolSchema())),
    tool_choice: z.nullish(toolChoice()),
    thinking: z.nullish(thinking()),
    output_config: z.nullish(outputConfig()),
  };
}

/** How it shall answer. */
function answerFields() {
  return {
    max_tokens: z.int().check(z.gte(1)),
    metadata: z.nullish(z.looseObject({
      user_id: z.nullish(z.string().check(z.maxLength(MAX_USER_ID_CHARS))),
    })),
    stop_sequences: z.nullish(z.array(z.string())),
    stream: z.nullish(z.boolean()),
    temperature: z.nullish(z.number().check(z.gte(0), z.lte(1))),
    top_p: z.nullish(z.number().check(z.gte(0), z.lte(1))),
    top_k: z.nullish(z.int().check(z.gte(0))),
  };
}

/** A session key has 512 characters, some of which name agent and dialect. */
const MAX_USER_ID_CHARS = 384;

function message() {
  return z.discriminatedUnion("role", [
    z.looseObject({ role: z.literal("user"), content: contentOf(userBlock()) }),
    z.looseObject({ role: z.literal("assistant"), content: contentOf(assistantBlock()) }),
    z.looseObject({ role: z.literal("system"), content: contentOf(textBlock()) }),
  ]);
}

function contentOf<S extends z.core.$ZodType>(block: S) {
  return z.union([z.string(), z.array(block)]);
}

function userBlock() {
  return z.discriminatedUnion("type", [
    textBlock(),
    imageBlock(),
    documentBlock(),
    searchResultBlock(),
    z.looseObject({
      type: z.literal("tool_result"),
      tool_use_id: z.string().check(z.minLength(1)),
      content: z.nullish(contentOf(resultBlock())),
      is_error: z.nullish(z.boolean()),
    }),
  ]);
}

/** What a model may have said; blocks of tools that run elsewhere are read over. */
function assistantBlock() {
  return z.discriminatedUnion("type", [
    textBlock(),
    z.looseObject({
      type: z.literal("tool_use"),
      id: z.string().check(z.minLength(1)),
      name: z.string().check(z.minLength(1)),
      input: z.record(z.string(), z.unknown()),
    }),
    z.looseObject({ type: z.enum(["thinking", "redacted_thinking"]) }),
    z.looseObject({
      type: z.enum([
        "server_tool_use",
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "mcp_tool_use",
        "mcp_tool_result",
      ]),
    }),
  ]);
}

function resultBlock() {
  return z.discriminatedUnion("type", [
    textBlock(),
    imageBlock(),
    documentBlock(),
    searchResultBlock(),
  ]);
}

function textBlock() {
  return z.looseObject({ type: z.literal("text"), text: z.string() });
}

function imageBlock() {
  return z.looseObject({
    type: z.literal("image"),
    source: z.discriminatedUnion("type", [
      z.looseObject({ type: z.literal("base64"), media_type: z.string(), data: z.string() }),
      z.looseObject({ type: z.literal("url"), url: z.string() }),
    ]),
  });
}

function documentBlock() {
  return z.looseObject({
    type: z.literal("document"),
    title: z.nullish(z.string()),
    context: z.nullish(z.string()),
    source: z.discriminatedUnion("type", [
      z.looseObject({ type: z.literal("text"), data: z.string() }),
      z.looseObject({ type: z.literal("content"), content: contentOf(textBlock()) }),
      z.looseObject({ type: z.literal("base64"), media_type: z.string(), data: z.string() }),
      z.looseObject({ type: z.literal("url"), url: z.string() }),
      z.looseObject({ type: z.literal("file") }),
    ]),
  });
}

function searchResultBlock() {
  return z.looseObject({
    type: z.literal("search_result"),
    source: z.string(),
    title: z.string(),
    content: z.array(textBlock()),
  });
}

function toolSchema() {
  return z.looseObject({
    type: z.nullish(z.string()),
    name: z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,128}$/)),
    description: z.nullish(z.string()),
    input_schema: z.optional(z.looseObject({ type: z.literal("object") })),
    strict: z.nullish(z.boolean()),
  });
}

function toolChoice() {
  const isSerial = { disable_parallel_tool_use: z.nullish(z.boolean()) };
  return z.discriminatedUnion("type", [
    z.looseObject({ type: z.enum(["auto", "any"]), ...isSerial }),
    z.looseObject({ type: z.literal("tool"), name: z.string(), ...isSerial }),
    z.looseObject({ type: z.literal("none") }),
  ]);
}

function thinking() {
  const display = z.nullish(z.string());
  return z.discriminatedUnion("type", [
    z.looseObject({
      type: z.literal("enabled"),
      budget_tokens: z.int().check(z.gte(1024)),
      display,
    }),
    z.looseObject({ type: z.literal("adaptive"), display }),
    z.looseObject({ type: z.literal("disabled") }),
  ]);
}

function outputConfig() {
  return z.looseObject({
    effort: z.nullish(z.enum(["low", "medium", "high", "xhigh", "max"])),
    format: z.nullish(z.looseObject({
      type: z.literal("json_schema"),
      schema: z.record(z.string(), z.unknown()),
    })),
  });
}

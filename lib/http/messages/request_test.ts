import { assertEquals, assertThrows } from "@std/assert";
import type { JsonObject } from "../../base/mod.ts";
import { HttpError } from "../errors.ts";
import { type MessagesRequest, parseMessagesRequest } from "./request.ts";

function body(over: JsonObject = {}): JsonObject {
  return {
    model: "openclaw",
    max_tokens: 2048,
    messages: [{ role: "user", content: "hi" }],
    ...over,
  };
}

function parse(over: JsonObject = {}): MessagesRequest {
  return parseMessagesRequest(body(over));
}

function refusal(over: JsonObject): string {
  const error = assertThrows(() => parse(over), HttpError);
  assertEquals(error.status, 400);
  return error.message;
}

const PIXEL = "iVBORw0KGgo=";
const CALL = { type: "tool_use", id: "call_1", name: "weather", input: { city: "Oslo" } };
const RESULT = { type: "tool_result", tool_use_id: "call_1", content: "rain" };

Deno.test("parseMessagesRequest() reads the smallest request", () => {
  assertEquals(parse(), {
    model: "openclaw",
    isStream: false,
    showsThinking: false,
    images: [],
    documents: [],
    run: { message: "hi", maxTokens: 2048 },
  });
});

Deno.test("parseMessagesRequest() takes null for what is left out, and fields it does not know", () => {
  const nothing = Object.fromEntries(
    ["system", "tools", "tool_choice", "thinking", "metadata", "stream", "temperature", "top_k"]
      .map((name) => [name, null]),
  );
  assertEquals(parse({ ...nothing, service_tier: "auto", betas: ["x"] }).run, parse().run);
});

Deno.test("parseMessagesRequest() forwards how the reply is sampled", () => {
  const { run } = parse({ temperature: 0, top_p: 0.5, top_k: 3, stop_sequences: ["END"] });
  assertEquals(run.sampling, { temperature: 0, topP: 0.5, topK: 3, stop: ["END"] });
  assertEquals(parse({ stop_sequences: [] }).run.sampling, undefined);
});

Deno.test("parseMessagesRequest() joins system text of every form", () => {
  const block = (text: string) => ({ type: "text", text, cache_control: { type: "ephemeral" } });
  assertEquals(parse({ system: "Be brief." }).run.extraSystemPrompt, "Be brief.");
  assertEquals(
    parse({ system: [block("A"), block(" "), block("B")] }).run.extraSystemPrompt,
    "A\n\nB",
  );
  const messages = [{ role: "system", content: "C" }, { role: "user", content: "hi" }];
  assertEquals(parse({ system: "A", messages }).run.extraSystemPrompt, "A\n\nC");
});

Deno.test("parseMessagesRequest() keeps the order of a conversation", () => {
  const { run } = parse({
    messages: [
      { role: "user", content: "first" },
      { role: "assistant", content: [{ type: "thinking", thinking: "x", signature: "s" }, CALL] },
      { role: "user", content: [RESULT, { type: "text", text: "and tomorrow?" }] },
      { role: "assistant", content: "Sun." },
      { role: "user", content: "thanks" },
      { role: "user", content: "bye" },
    ],
  });
  assertEquals(run.earlier, [
    { role: "user", text: "first" },
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "call_1", name: "weather", arguments: '{"city":"Oslo"}' }],
    },
    { role: "tool", id: "call_1", text: "rain" },
    { role: "user", text: "and tomorrow?" },
    { role: "assistant", text: "Sun." },
  ]);
  assertEquals([run.message, run.toolResults], ["thanks\nbye", undefined]);
});

Deno.test("parseMessagesRequest() hands over results of calls", () => {
  const asked = [{ role: "user", content: "go" }, {
    role: "assistant",
    content: [CALL, { ...CALL, id: "call_2" }],
  }];
  const second = {
    type: "tool_result",
    tool_use_id: "call_2",
    is_error: true,
    content: [{ type: "text", text: "no" }, { type: "text", text: "net" }],
  };
  const { run } = parse({ messages: [...asked, { role: "user", content: [RESULT, second] }] });
  assertEquals(run.toolResults, [
    { id: "call_1", text: "rain" },
    { id: "call_2", text: "no\nnet", isError: true },
  ]);
  assertEquals(run.message, "Tool:call_1: rain\nTool:call_2: no\nnet");
  const text = { type: "text", text: "so?" };
  const both = parse({ messages: [...asked, { role: "user", content: [RESULT, second, text] }] });
  assertEquals([both.run.message, both.run.toolResults?.length], ["so?", 2]);
});

Deno.test("parseMessagesRequest() takes a result whose call only the session knows", () => {
  const { run } = parse({ messages: [{ role: "user", content: [RESULT] }] });
  assertEquals(run.toolResults, [{ id: "call_1", text: "rain" }]);
  assertEquals(run.earlier, undefined);
});

Deno.test("parseMessagesRequest() names a call that nothing answers", () => {
  const messages = [
    { role: "user", content: "go" },
    { role: "assistant", content: [CALL, { ...CALL, id: "call_2" }] },
    { role: "user", content: [RESULT] },
  ];
  assertEquals(
    refusal({ messages }),
    "messages: `tool_use` without a `tool_result` in the next message: call_2",
  );
});

Deno.test("parseMessagesRequest() reads images of the turn, and of its results", () => {
  const image = {
    type: "image",
    source: { type: "base64" as const, media_type: "image/png", data: PIXEL },
  };
  const alone = parse({ messages: [{ role: "user", content: [image] }] });
  assertEquals(alone.images, [image.source]);
  assertEquals(alone.run.message, "User sent image(s) with no text.");
  const { run, images } = parse({
    messages: [
      { role: "user", content: [image, { type: "text", text: "look" }] },
      { role: "assistant", content: [CALL] },
      {
        role: "user",
        content: [{ ...RESULT, content: [{ type: "text", text: "shot" }, image] }],
      },
    ],
  });
  assertEquals(run.earlier?.[0], { role: "user", text: "look\n[image]" });
  assertEquals(run.toolResults, [{ id: "call_1", text: "shot\n[image]" }]);
  assertEquals(images.length, 1);
});

Deno.test("parseMessagesRequest() writes documents and search results into the text", () => {
  const content = [
    {
      type: "document",
      title: 'The "plan"',
      source: { type: "text", media_type: "text/plain", data: "Step 1" },
    },
    {
      type: "search_result",
      source: "https://docs.example/a",
      title: "A",
      content: [{ type: "text", text: "Found" }],
    },
    { type: "text", text: "Sum up" },
  ];
  assertEquals(
    parse({ messages: [{ role: "user", content }] }).run.message,
    '<document title="The \\"plan\\"">\nStep 1\n</document>\n' +
      '<search_result source="https://docs.example/a" title="A">\nFound\n</search_result>\nSum up',
  );
});

Deno.test("parseMessagesRequest() leaves a mark where a document is a file, and collects the files", () => {
  const base64 = { type: "base64", media_type: "application/pdf", data: "JVBERi0=" };
  const url = { type: "url", url: "https://docs.example/a.pdf" };
  const text = { type: "text", media_type: "text/plain", data: "Step 1" };
  const document = (source: JsonObject, over: JsonObject = {}) => ({
    type: "document",
    source,
    ...over,
  });
  const { run, documents } = parse({
    messages: [
      { role: "user", content: [document(base64, { title: "Old" })] },
      { role: "assistant", content: [CALL] },
      {
        role: "user",
        content: [
          { ...RESULT, content: [document(url)] },
          document(base64, { title: "New", context: "draft" }),
          document(text),
          { type: "text", text: "Sum up" },
        ],
      },
    ],
  });
  assertEquals(documents, [
    { base64: "JVBERi0=", mimeType: "application/pdf", name: "Old" },
    { url: "https://docs.example/a.pdf" },
    { base64: "JVBERi0=", mimeType: "application/pdf", name: "New" },
  ]);
  assertEquals(
    run.message,
    '<document title="New" context="draft">\n[file]\n</document>\n' +
      "<document>\nStep 1\n</document>\nSum up",
  );
  assertEquals(run.toolResults, [{ id: "call_1", text: "<document>\n[file]\n</document>" }]);
  assertEquals(run.earlier?.[0], {
    role: "user",
    text: '<document title="Old">\n[file]\n</document>',
  });
  const byId = document({ type: "file", file_id: "file_1" });
  assertEquals(
    refusal({ messages: [{ role: "user", content: [byId] }] }),
    "Files are not kept here: send the data of a document, not its `file_id`",
  );
  assertEquals(
    refusal({ messages: [{ role: "user", content: [document({ type: "base64", data: "AA" })] }] }),
    "messages.0.content.0.source.media_type: Field required",
  );
});

Deno.test("parseMessagesRequest() reads tools and how they may be used", () => {
  const tool = {
    name: "weather",
    description: "Tells the weather",
    input_schema: { type: "object", properties: { city: { type: "string" } } },
    cache_control: { type: "ephemeral" },
  };
  const read = (choice?: unknown) => {
    const { tools, toolChoice, parallelToolCalls } =
      parse({ tools: [tool], tool_choice: choice }).run;
    return [tools?.length, toolChoice, parallelToolCalls];
  };
  assertEquals(parse({ tools: [tool] }).run.tools, [{
    name: "weather",
    description: "Tells the weather",
    parameters: tool.input_schema,
  }]);
  assertEquals(read(), [1, undefined, undefined]);
  assertEquals(read({ type: "auto", disable_parallel_tool_use: true }), [1, "auto", false]);
  assertEquals(read({ type: "any" }), [1, "required", undefined]);
  assertEquals(read({ type: "tool", name: "weather" }), [1, { name: "weather" }, undefined]);
  assertEquals(read({ type: "none" }), [1, "none", undefined]);
});

Deno.test("parseMessagesRequest() refuses tools by what is wrong with them", () => {
  const tool = { name: "weather", input_schema: { type: "object" } };
  const cases: [JsonObject, string][] = [
    [{ tools: [tool, tool] }, "tools: Tool names must be unique."],
    [{ tools: [{ name: "x" }] }, "tools.0.input_schema: Field required"],
    [
      { tools: [{ type: "web_search_20250305", name: "web_search" }] },
      'tools.0.type: "web_search_20250305" is not served here',
    ],
    [
      { tools: [tool], tool_choice: { type: "tool", name: "time" } },
      "tool_choice.name: Tool 'time' not found in provided tools",
    ],
    [{ tool_choice: { type: "any" } }, "tool_choice: may only be given together with tools"],
    [{ tools: "x" }, "tools: Input should be a valid list"],
  ];
  for (const [over, message] of cases) assertEquals(refusal(over), message);
  assertEquals(parse({ tools: [], tool_choice: { type: "none" } }).run.tools, undefined);
});

Deno.test("parseMessagesRequest() turns thinking into a level", () => {
  const read = (over: JsonObject) => {
    const { run, showsThinking } = parse({ max_tokens: 100_000, ...over });
    return [run.thinking, showsThinking];
  };
  const budget = (tokens: number) => ({ thinking: { type: "enabled", budget_tokens: tokens } });
  assertEquals(read({}), [undefined, false]);
  assertEquals(read(budget(1024)), ["minimal", true]);
  assertEquals(read(budget(2048)), ["low", true]);
  assertEquals(read(budget(10_000)), ["medium", true]);
  assertEquals(read(budget(32_000)), ["high", true]);
  assertEquals(read(budget(64_000)), ["xhigh", true]);
  assertEquals(read({ thinking: { type: "disabled" } }), ["off", false]);
  assertEquals(read({ thinking: { type: "adaptive" } }), ["adaptive", true]);
  assertEquals(read({ thinking: { type: "adaptive", display: "omitted" } }), ["adaptive", false]);
  assertEquals(read({ output_config: { effort: "max" } }), ["max", false]);
  assertEquals(
    refusal({ max_tokens: 2048, ...budget(2048) }),
    "max_tokens: should be greater than thinking.budget_tokens",
  );
});

Deno.test("parseMessagesRequest() asks for an answer of a given shape", () => {
  const schema = { type: "object", properties: {} };
  const { run } = parse({ output_config: { format: { type: "json_schema", schema } } });
  assertEquals(run.responseFormat, { type: "json_schema", name: "output", schema, strict: true });
});

Deno.test("parseMessagesRequest() reads the user of the metadata", () => {
  assertEquals(parse({ metadata: { user_id: " u-1 " } }).user, "u-1");
  for (const metadata of [{}, { user_id: null }, { user_id: " " }]) {
    assertEquals(parse({ metadata }).user, undefined);
  }
});

Deno.test("parseMessagesRequest() says where a body does not fit", () => {
  const user = (content: unknown) => ({ messages: [{ role: "user", content }] });
  const cases: [JsonObject, string][] = [
    [{ max_tokens: undefined }, "max_tokens: Field required"],
    [{ max_tokens: 0 }, "max_tokens: Input should be at least 1"],
    [{ max_tokens: 1.5 }, "max_tokens: Input should be a valid integer"],
    [{ model: undefined }, "model: Field required"],
    [{ model: 1 }, "model: Input should be a valid string"],
    [{ messages: undefined }, "messages: Field required"],
    [{ messages: [] }, "messages: Length should be at least 1"],
    [{ messages: [3] }, "messages.0: Input should be a valid object"],
    [
      { messages: [{ role: "tool", content: "" }] },
      "messages.0.role: Input should be 'user' or 'assistant' or 'system'",
    ],
    [{ messages: [{ role: "user" }] }, "messages.0.content: Field required"],
    [user(3), "messages.0.content: Input should be a valid string or list"],
    [user([{ type: "text" }]), "messages.0.content.0.text: Field required"],
    [user([{}]), "messages.0.content.0.type: Field required"],
    [user([{ type: "tool_result" }]), "messages.0.content.0.tool_use_id: Field required"],
    [user(" "), "messages: the last message should not be empty"],
    [user([]), "messages: the last message should not be empty"],
    [
      { messages: [{ role: "user", content: "a" }, { role: "assistant", content: "b" }] },
      "messages: the last message should have role 'user', an answer cannot be begun by the client",
    ],
    [{ temperature: 1.1 }, "temperature: Input should be at most 1"],
    [{ temperature: "hot" }, "temperature: Input should be a valid number"],
    [{ stop_sequences: "END" }, "stop_sequences: Input should be a valid list"],
    [{ metadata: { user_id: "u".repeat(385) } }, "metadata.user_id: Length should be at most 384"],
    [
      { thinking: { type: "enabled", budget_tokens: 1 } },
      "thinking.budget_tokens: Input should be at least 1024",
    ],
  ];
  for (const [over, message] of cases) assertEquals(refusal(over), message);
});

Deno.test("parseMessagesRequest() refuses bodies that are no object", () => {
  for (const value of [null, [], 1, "x", true]) {
    const error = assertThrows(() => parseMessagesRequest(value), HttpError);
    assertEquals(error.message, "Input should be a valid object");
  }
});

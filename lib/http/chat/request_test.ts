import { assertEquals, assertThrows } from "@std/assert";
import { parseChatRequest } from "./request.ts";
import { HttpError } from "../errors.ts";

const HI = { messages: [{ role: "user", content: "hi" }] };

function refusal(body: unknown): HttpError {
  return assertThrows(() => parseChatRequest(body), HttpError);
}

Deno.test("parseChatRequest() fills in what a short request leaves out", () => {
  assertEquals(parseChatRequest(HI), {
    model: "openclaw",
    user: undefined,
    isStream: false,
    includesUsage: false,
    maxTokens: undefined,
    sampling: undefined,
    message: "hi",
    images: [],
    extraSystemPrompt: undefined,
  });
});

Deno.test("parseChatRequest() reads limits and sampling", () => {
  const request = parseChatRequest({
    ...HI,
    model: "openclaw/main",
    user: " Ann ",
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 5,
    max_completion_tokens: 9.5,
    temperature: 0,
    top_p: 0.5,
    seed: 7,
    stop: "END",
  });
  assertEquals([request.model, request.user], ["openclaw/main", "Ann"]);
  assertEquals([request.isStream, request.includesUsage, request.maxTokens], [true, true, 9]);
  assertEquals(request.sampling, { temperature: 0, topP: 0.5, seed: 7, stop: ["END"] });
});

Deno.test("parseChatRequest() takes null, empty and unknown fields as absent", () => {
  const request = parseChatRequest({
    ...HI,
    model: null,
    user: "  ",
    stream: "true",
    stream_options: null,
    max_tokens: -1,
    temperature: null,
    stop: [],
    tools: null,
    tool_choice: null,
    n: 3,
    response_format: { type: "text" },
    made_up: {},
  });
  assertEquals(request.model, "openclaw");
  assertEquals([request.user, request.maxTokens, request.sampling], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals([request.isStream, request.includesUsage], [false, false]);
});

Deno.test("parseChatRequest() falls back to max_tokens", () => {
  assertEquals(parseChatRequest({ ...HI, max_tokens: 5 }).maxTokens, 5);
});

Deno.test("parseChatRequest() refuses settings of a wrong type by name", () => {
  const cases: [string, unknown, string][] = [
    ["temperature", "warm", "Invalid `temperature`: expected a number."],
    ["max_tokens", {}, "Invalid `max_tokens`: expected a number."],
    ["seed", Infinity, "Invalid `seed`: expected a number."],
    ["stop", [1], "Invalid `stop`: expected a string or an array of strings."],
    ["user", "a".repeat(513), "Invalid `user`."],
  ];
  for (const [name, value, message] of cases) {
    const error = refusal({ ...HI, [name]: value });
    assertEquals([error.status, error.message], [400, message]);
  }
});

Deno.test("parseChatRequest() asks for a user message", () => {
  const empty: unknown[] = [
    {},
    [],
    "text",
    null,
    { messages: "hi" },
    { messages: [null, 5, {}, { role: "user" }, { role: "user", content: "  " }] },
    { messages: [{ role: "system", content: "be kind" }, { role: "assistant", content: "hi" }] },
    { messages: [{ role: "user", content: [{ type: "input_audio" }, { type: "text" }] }] },
  ];
  for (const body of empty) {
    assertEquals(refusal(body).message, "Missing user message in `messages`.");
  }
});

Deno.test("parseChatRequest() checks the shape of tools before refusing them", () => {
  const tool = { type: "function", function: { name: "f" } };
  const cases: [unknown, unknown, string][] = [
    [{}, "auto", "tools must be an array"],
    [["f"], "auto", "each tool must be an object"],
    [[{ type: "web_search" }], "auto", "only function tools are supported"],
    [[{ type: "function" }], "auto", "tool.function is required"],
    [[{ type: "function", function: {} }], "auto", "tool.function.name is required"],
    [[tool], "required", "tool_choice=required is not supported"],
    [[tool], 5, "tool_choice must be a string or object"],
    [[tool], "always", "unsupported tool_choice type"],
    [[tool], {}, "unsupported tool_choice type"],
    [[tool], { type: "function" }, "tool_choice function is not supported"],
    [[tool], "auto", "client tools are not supported yet"],
    [[tool], undefined, "client tools are not supported yet"],
  ];
  for (const [tools, choice, detail] of cases) {
    const error = refusal({ ...HI, tools, tool_choice: choice });
    assertEquals([error.status, error.message], [400, `Invalid tools/tool_choice: ${detail}`]);
  }
});

Deno.test("parseChatRequest() accepts tools that the model may not call", () => {
  const tools = [{ type: "function", function: { name: "f" } }];
  assertEquals(parseChatRequest({ ...HI, tools, tool_choice: "none" }).message, "hi");
  assertEquals(parseChatRequest({ ...HI, tools: [], tool_choice: "auto" }).message, "hi");
});

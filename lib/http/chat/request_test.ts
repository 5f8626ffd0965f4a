import { assertEquals, assertThrows } from "@std/assert";
import { parseChatRequest } from "./request.ts";
import { HttpError } from "../errors.ts";

const HI = { messages: [{ role: "user", content: "hi" }] };

function refusal(body: unknown): HttpError {
  return assertThrows(() => parseChatRequest(body), HttpError);
}

Deno.test("parseChatRequest() fills in what a short request leaves out", () => {
  assertEquals(parseChatRequest(HI), {
    form: { model: "openclaw", isStream: false, includesUsage: false, usesFunctions: false },
    user: undefined,
    imageParts: [],
    fileParts: [],
    run: { message: "hi" },
  });
});

Deno.test("parseChatRequest() reads limits, sampling, form and thinking", () => {
  const { form, user, run } = parseChatRequest({
    ...HI,
    model: "openclaw/main",
    user: " Ann ",
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 5,
    max_completion_tokens: 9.5,
    temperature: 0,
    top_p: 0.5,
    top_k: 4,
    seed: 7,
    frequency_penalty: 1,
    presence_penalty: -1,
    stop: "END",
    n: 1,
    reasoning_effort: "high",
    response_format: { type: "json_object" },
  });
  assertEquals([form.model, user, form.isStream, form.includesUsage], [
    "openclaw/main",
    "Ann",
    true,
    true,
  ]);
  assertEquals(run, {
    message: "hi",
    maxTokens: 9,
    sampling: {
      temperature: 0,
      topP: 0.5,
      topK: 4,
      seed: 7,
      frequencyPenalty: 1,
      presencePenalty: -1,
      stop: ["END"],
    },
    thinking: "high",
    responseFormat: { type: "json_object" },
  });
  assertEquals(parseChatRequest({ ...HI, reasoning_effort: "none" }).run.thinking, "off");
});

Deno.test("parseChatRequest() reads a schema of the answer", () => {
  const schema = { type: "object" };
  const asked = (json_schema: unknown) =>
    parseChatRequest({ ...HI, response_format: { type: "json_schema", json_schema } }).run
      .responseFormat;
  assertEquals(asked({ name: "s", schema, strict: true, description: "d" }), {
    type: "json_schema",
    name: "s",
    schema,
    strict: true,
    description: "d",
  });
  assertEquals(asked({ name: "s", strict: null }), { type: "json_schema", name: "s", schema: {} });
});

Deno.test("parseChatRequest() takes null, empty and unknown fields as absent", () => {
  const { form, user, run } = parseChatRequest({
    ...HI,
    model: null,
    user: "  ",
    stream: null,
    stream_options: null,
    max_tokens: -1,
    temperature: null,
    stop: [],
    n: null,
    tools: null,
    tool_choice: null,
    parallel_tool_calls: null,
    functions: [],
    function_call: null,
    response_format: null,
    reasoning_effort: null,
    made_up: {},
  });
  assertEquals(form, {
    model: "openclaw",
    isStream: false,
    includesUsage: false,
    usesFunctions: false,
  });
  assertEquals([user, run], [undefined, { message: "hi" }]);
});

Deno.test("parseChatRequest() falls back to max_tokens", () => {
  assertEquals(parseChatRequest({ ...HI, max_tokens: 5 }).run.maxTokens, 5);
});

Deno.test("parseChatRequest() streams for every value that is not empty, as the wire shows", () => {
  const streams = (stream: unknown) => parseChatRequest({ ...HI, stream }).form.isStream;
  assertEquals([true, "true", 1, {}].map(streams), [true, true, true, true]);
  assertEquals([false, null, 0, "", undefined].map(streams), [false, false, false, false, false]);
});

Deno.test("parseChatRequest() leaves out ends that are no text", () => {
  const stopOf = (stop: unknown) =>
    parseChatRequest({ messages: [{ role: "user", content: "x" }], stop }).run.sampling?.stop;
  assertEquals([stopOf(""), stopOf([]), stopOf(["", "a"]), stopOf("b")], [
    undefined,
    undefined,
    ["a"],
    ["b"],
  ]);
});

Deno.test("parseChatRequest() refuses settings of a wrong type by name", () => {
  const cases: [string, unknown, string][] = [
    ["temperature", "warm", "Invalid `temperature`: expected a number."],
    ["max_tokens", {}, "Invalid `max_tokens`: expected a number."],
    ["seed", Infinity, "Invalid `seed`: expected a number."],
    ["stop", [1], "Invalid `stop`: expected a string or an array of strings."],
    ["user", "a".repeat(513), "Invalid `user`."],
    ["n", 2, "Invalid `n`: only 1 is supported, send the request once for each answer."],
    [
      "reasoning_effort",
      "hard",
      "Invalid `reasoning_effort`: expected one of none, minimal, low, medium, high, xhigh, max.",
    ],
    [
      "response_format",
      "json",
      "Invalid `response_format`: expected type text, json_object or json_schema.",
    ],
    [
      "response_format",
      { type: "json_schema" },
      "Invalid `response_format`: json_schema is required.",
    ],
    [
      "response_format",
      { type: "json_schema", json_schema: {} },
      "Invalid `response_format`: json_schema.name is required.",
    ],
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

const TOOL = { type: "function", function: { name: "f" } };

Deno.test("parseChatRequest() refuses malformed tools and choices by what is wrong", () => {
  const cases: [unknown, unknown, string][] = [
    [{}, "auto", "tools must be an array"],
    [["f"], "auto", "each tool must be an object"],
    [[{ type: "web_search" }], "auto", "only function tools are supported"],
    [[{ type: "function" }], "auto", "tool.function is required"],
    [[{ type: "function", function: {} }], "auto", "tool.function.name is required"],
    [[{ type: "function", function: { name: " " } }], "auto", "tool.function.name is required"],
    [
      [{ type: "function", function: { name: "f", parameters: [] } }],
      "auto",
      "tool.function.parameters must be an object",
    ],
    [[TOOL], 5, "tool_choice must be a string or object"],
    [[TOOL], "always", "unsupported tool_choice type"],
    [[TOOL], {}, "unsupported tool_choice type"],
    [[TOOL], { type: "function" }, "tool_choice.function.name is required"],
    [[TOOL], { type: "custom" }, "tool_choice custom is not supported"],
    [[TOOL], { type: "allowed_tools" }, "tool_choice.allowed_tools needs mode and tools"],
  ];
  for (const [tools, choice, detail] of cases) {
    const error = refusal({ ...HI, tools, tool_choice: choice });
    assertEquals([error.status, error.message], [400, `Invalid tools/tool_choice: ${detail}`]);
  }
});

Deno.test("parseChatRequest() reads tools and the choice among them", () => {
  const parameters = { type: "object" };
  const declared = { name: "g", description: "d", parameters, strict: true };
  const tools = [TOOL, { type: "function", function: declared }];
  const read = (rest: unknown) => {
    const { run } = parseChatRequest({ ...HI, tools, ...rest as Record<string, unknown> });
    return [run.tools?.map(({ name }) => name), run.toolChoice, run.parallelToolCalls];
  };
  assertEquals(parseChatRequest({ ...HI, tools }).run.tools, [{ name: "f" }, declared]);
  assertEquals(read({}), [["f", "g"], undefined, undefined]);
  for (const choice of ["auto", "none", "required"] as const) {
    assertEquals(read({ tool_choice: choice }), [["f", "g"], choice, undefined]);
  }
  const reference = { type: "function", function: { name: "g" } };
  assertEquals(read({ tool_choice: reference, parallel_tool_calls: false }), [
    ["f", "g"],
    { name: "g" },
    false,
  ]);
  const allowed_tools = { mode: "required", tools: [reference] };
  assertEquals(read({ tool_choice: { type: "allowed_tools", allowed_tools } }), [
    ["g"],
    "required",
    undefined,
  ]);
  assertEquals(read({ tools: [], tool_choice: "auto" }), [undefined, "auto", undefined]);
});

Deno.test("parseChatRequest() reads functions as they were told before there were tools", () => {
  const functions = [{ name: "f", parameters: {} }];
  const { form, run } = parseChatRequest({ ...HI, functions, function_call: { name: "f" } });
  assertEquals(form.usesFunctions, true);
  assertEquals([run.tools, run.toolChoice, run.parallelToolCalls], [
    functions,
    { name: "f" },
    false,
  ]);
  assertEquals(parseChatRequest({ ...HI, functions, tools: [TOOL] }).form.usesFunctions, false);
});

Deno.test("parseChatRequest() reads what is for the provider, and leaves what does not fit", () => {
  const hints = (fields: Record<string, unknown>) =>
    parseChatRequest({ ...HI, ...fields }).run.hints;
  const fields = {
    service_tier: "flex",
    verbosity: "low",
    prompt_cache_key: "k",
    safety_identifier: "s",
    store: true,
    metadata: { a: "b" },
    logprobs: true,
    top_logprobs: 2,
    parallel_tool_calls: true,
  };
  assertEquals(hints(fields), {
    serviceTier: "flex",
    verbosity: "low",
    promptCacheKey: "k",
    safetyIdentifier: "s",
    store: true,
    metadata: { a: "b" },
  });
  const names = Object.keys(fields).filter((name) => name !== "parallel_tool_calls");
  for (const value of [null, 7, "", [], { a: 1 }]) {
    assertEquals(hints(Object.fromEntries(names.map((name) => [name, value]))), undefined);
  }
});

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { HttpError } from "../errors.ts";
import { parseResponsesRequest } from "./request.ts";

const BASE = { model: "openclaw", input: "hi" };

function refusalOf(body: unknown): [message: string, hint: string | undefined] {
  const { status, code, message, hint } = assertThrows(
    () => parseResponsesRequest(body),
    HttpError,
  );
  assertEquals([status, code], [400, "INVALID_REQUEST"]);
  return [message, hint];
}

/** What official clients send, field by field. */
const ACCEPTED: Record<string, unknown>[] = [
  { input: [] },
  { input: [{ role: "user", content: "hi" }] },
  { input: [{ type: "message", role: "developer", content: [] }] },
  { input: [{ role: "assistant", content: "x", phase: "final_answer", id: "m", status: null }] },
  {
    input: [{
      type: "message",
      id: "msg_1",
      role: "assistant",
      status: "completed",
      phase: "commentary",
      content: [
        { type: "output_text", text: "x", annotations: [], logprobs: [] },
        { type: "refusal", refusal: "no" },
      ],
    }],
  },
  { input: [{ role: "user", content: [{ type: "input_image", image_url: "x", detail: "auto" }] }] },
  {
    input: [{
      role: "user",
      content: [{ type: "input_image", source: { type: "url", url: "https://x" } }],
    }],
  },
  {
    input: [{
      role: "user",
      content: [{ type: "input_file", filename: "a", file_data: "data:text/plain;base64,eA==" }],
    }],
  },
  {
    input: [{
      role: "user",
      content: [{
        type: "input_file",
        source: { type: "base64", media_type: "text/plain", data: "eA==", filename: "a" },
      }],
    }],
  },
  { input: [{ type: "function_call", call_id: "c", name: "f", arguments: "{}", id: "fc_1" }] },
  { input: [{ type: "function_call_output", call_id: "c", output: "x", status: "completed" }] },
  {
    input: [{
      type: "function_call_output",
      call_id: "c",
      output: [{ type: "input_text", text: "x" }],
    }],
  },
  { input: [{ type: "reasoning", id: "rs_1", summary: [], encrypted_content: null }] },
  { input: [{ type: "item_reference", id: "msg_1" }] },
  { tools: [{ type: "function", name: "f", description: null, parameters: {}, strict: true }] },
  { tools: [{ type: "function", name: "f" }], tool_choice: { type: "function", name: "f" } },
  {
    tools: [{ type: "function", name: "f" }],
    tool_choice: { type: "function", function: { name: "f" } },
  },
  {
    tools: [{ type: "function", name: "f" }],
    tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] },
  },
  { text: { format: { type: "json_schema", name: "n", schema: {}, strict: true } } },
  { text: { format: { type: "json_object" }, verbosity: "low" } },
  { reasoning: { effort: "high", summary: "auto" } },
  { include: ["reasoning.encrypted_content"], store: false, truncation: "auto" },
  { service_tier: "auto", prompt_cache_key: "k", safety_identifier: "s", metadata: { a: "b" } },
  { stream: true, stream_options: { include_obfuscation: false }, parallel_tool_calls: false },
  { temperature: 0, top_p: 1, max_output_tokens: 1, max_tool_calls: 2, top_logprobs: 0 },
  { instructions: null, user: null, tools: null, tool_choice: null, metadata: null, text: null },
  { background: true },
];

Deno.test("parseResponsesRequest() takes what OpenAI's clients and OpenClaw's own send", () => {
  for (const fields of ACCEPTED) parseResponsesRequest({ ...BASE, ...fields });
});

const REFUSED: [fields: Record<string, unknown>, message: string][] = [
  [{ model: undefined }, "model: Invalid input: expected string, received undefined"],
  [{ input: undefined }, "input: Invalid input"],
  [{ input: 5 }, "input: Invalid input"],
  [{ foo: 1 }, ': Unrecognized key: "foo"'],
  [{ input: [{ role: "user", content: "x", foo: 1 }] }, 'input.0: Unrecognized key: "foo"'],
  [{ input: [{ role: "user" }] }, "input.0.content: Invalid input"],
  [
    { input: [{ role: "user", content: [{ type: "input_text" }] }] },
    "input.0.content.0.text: Invalid input: expected string, received undefined",
  ],
  [
    { input: [{ type: "function_call_output", output: "x" }] },
    "input.0.call_id: Invalid input: expected string, received undefined",
  ],
  [
    { tools: [{ type: "function", function: { name: "f" } }] },
    "tools.0.name: Invalid input: expected string, received undefined",
  ],
  [{ tools: [{ type: "web_search" }] }, 'tools.0.type: "web_search" is not supported here'],
  [
    { max_output_tokens: 0 },
    "max_output_tokens: Too small: expected number to be >0",
  ],
  [{ temperature: 3 }, "temperature: Too big: expected number to be <=2"],
  [{ metadata: { a: 1 } }, "metadata.a: Invalid input: expected string, received number"],
  [{ tool_choice: "required" }, "invalid tool configuration"],
  [
    { tools: [{ type: "function", name: "f" }], tool_choice: { type: "function", name: "g" } },
    "invalid tool configuration",
  ],
  [
    { tools: [{ type: "function", name: "f" }, { type: "function", name: "f" }] },
    "invalid tool configuration",
  ],
  [{ conversation: "conv_1" }, "conversation: is not supported here"],
  [{ prompt: { id: "pmpt_1" } }, "prompt: is not supported here"],
  [{ background: true, store: false }, "background: needs `store`"],
  [{ user: "x".repeat(600) }, "Invalid `user`."],
];

Deno.test("parseResponsesRequest() refuses all else by its path", () => {
  for (const [fields, message] of REFUSED) {
    assertEquals(refusalOf({ ...BASE, ...fields })[0], message);
  }
  for (const body of [null, [], "x", 1, {}]) refusalOf(body);
});

Deno.test("parseResponsesRequest() names the field that was likely meant", () => {
  assertEquals(refusalOf({ ...BASE, instruction: "x" })[1], 'Did you mean "instructions"?');
  const part = { type: "input_image", imageurl: "x" };
  assertEquals(
    refusalOf({ ...BASE, input: [{ role: "user", content: [part] }] })[1],
    'Did you mean "image_url"?',
  );
  assertEquals(refusalOf({ ...BASE, xyzzy: 1 })[1], undefined);
});

Deno.test("parseResponsesRequest() reads the settings of a run", () => {
  const tool = { type: "function", name: "f", description: "d", parameters: { type: "object" } };
  const { run, isStream, isStored, user, previousId } = parseResponsesRequest({
    ...BASE,
    tools: [tool, { type: "function", name: "g", strict: true }],
    tool_choice: "required",
    parallel_tool_calls: false,
    max_output_tokens: 9,
    temperature: 0,
    top_p: 0.5,
    reasoning: { effort: "none" },
    text: { format: { type: "json_schema", name: "n", schema: {}, description: null } },
    user: " kit ",
    previous_response_id: "resp_1",
    stream: true,
  });
  assertEquals(run, {
    tools: [
      { name: "f", description: "d", parameters: { type: "object" } },
      { name: "g", strict: true },
    ],
    toolChoice: "required",
    maxTokens: 9,
    parallelToolCalls: false,
    responseFormat: { type: "json_schema", name: "n", schema: {} },
    sampling: { temperature: 0, topP: 0.5 },
    thinking: "off",
  });
  assertEquals([isStream, isStored, user, previousId], [true, true, "kit", "resp_1"]);
  assertEquals(parseResponsesRequest(BASE).run, {});
});

Deno.test("parseResponsesRequest() leaves the model the allowed tools only", () => {
  const tools = ["f", "g"].map((name) => ({ type: "function", name }));
  const allowed = { type: "allowed_tools", mode: "required", tools: [tools[1]] };
  assertEquals(parseResponsesRequest({ ...BASE, tools, tool_choice: allowed }).run, {
    tools: [{ name: "g" }],
    toolChoice: "required",
  });
});

Deno.test("parseResponsesRequest() reads what is for the provider", () => {
  const { run } = parseResponsesRequest({
    ...BASE,
    service_tier: "flex",
    text: { verbosity: "low" },
    prompt_cache_key: "k",
    safety_identifier: "s",
    store: true,
    metadata: { a: "b" },
  });
  // What is to be stored is stored here.
  assertEquals(run.hints, {
    serviceTier: "flex",
    verbosity: "low",
    promptCacheKey: "k",
    safetyIdentifier: "s",
  });
});

Deno.test("parseResponsesRequest() says what to do instead of what it does not serve", () => {
  const cases: [fields: Record<string, unknown>, hint: RegExp][] = [
    [{ conversation: { id: "conv_1" } }, /previous_response_id.*x-openclaw-session-key/],
    [{ prompt: { id: "pmpt_1" } }, /instructions/],
    ...["web_search", "file_search", "computer_use_preview", "mcp", "code_interpreter"].map((
      type,
    ): [Record<string, unknown>, RegExp] => [{ tools: [{ type }] }, /type "function"/]),
  ];
  for (const [fields, hint] of cases) {
    const [message, text] = refusalOf({ ...BASE, ...fields });
    assertMatch(message!, / is not supported here$/);
    assertMatch(text!, hint);
  }
});

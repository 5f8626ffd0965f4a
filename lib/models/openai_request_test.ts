import { assertEquals } from "@std/assert";
import { ask } from "./_fake_provider.ts";
import { buildCompletionBody } from "./openai_request.ts";
import type { ModelTarget } from "./providers.ts";
import type { ModelInfo, ModelMessage, ModelRequest, ThinkingLevel } from "./types.ts";

function target(rest: Partial<ModelTarget> = {}, info: Partial<ModelInfo> = {}): ModelTarget {
  return {
    info: {
      provider: "fake",
      model: "m1",
      name: "m1",
      api: "openai-completions",
      contextWindow: 1000,
      maxTokens: 100,
      reasoning: false,
      input: ["text", "image"],
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      ...info,
    },
    baseUrl: "http://127.0.0.1/v1",
    headers: {},
    compat: {},
    params: {},
    hasStatedLimit: true,
    ...rest,
  };
}

const PICTURE: ModelMessage[] = [{
  role: "user",
  content: [{ type: "text", text: "see" }, { type: "image", data: "AAAA", mimeType: "image/png" }],
}];

Deno.test("buildCompletionBody() sends images as parts, or says that they are left out", () => {
  const request = ask("", { system: "", messages: PICTURE });
  const url = "data:image/png;base64,AAAA";
  assertEquals(buildCompletionBody(target(), request).messages, [{
    role: "user",
    content: [{ type: "text", text: "see" }, { type: "image_url", image_url: { url } }],
  }]);
  const note = "(image left out: this model takes text only)";
  assertEquals(
    buildCompletionBody(target({}, { input: ["text"] }), request).messages,
    [{ role: "user", content: [{ type: "text", text: "see" }, { type: "text", text: note }] }],
  );
  const strict = target({ compat: { requiresStringContent: true } });
  assertEquals(buildCompletionBody(strict, request).messages, [
    { role: "user", content: `see\n${note}` },
  ]);
});

Deno.test("buildCompletionBody() strips call ids to letters and digits and keeps them apart", () => {
  const call = (id: string) => ({ id, name: "f", arguments: { a: 1 } });
  const result = (toolCallId: string): ModelMessage => ({
    role: "tool",
    toolCallId,
    toolName: "f",
    text: toolCallId === "a-1" ? "" : "done",
    isError: false,
  });
  const messages: ModelMessage[] = [
    { role: "assistant", text: "", toolCalls: [call("a_1"), call("a-1")] },
    result("a_1"),
    result("a-1"),
  ];
  const wire = (id: string) => ({
    id,
    type: "function",
    function: { name: "f", arguments: '{"a":1}' },
  });
  assertEquals(
    buildCompletionBody(target(), ask("", { system: "", messages })).messages,
    [
      { role: "assistant", content: null, tool_calls: [wire("a1"), wire("a12")] },
      { role: "tool", tool_call_id: "a1", content: "done" },
      { role: "tool", tool_call_id: "a12", content: "(no output)" },
    ],
  );
});

Deno.test("buildCompletionBody() honours the provider's differences", () => {
  const compat = {
    maxTokensField: "max_tokens" as const,
    supportsTools: false,
    supportsUsageInStreaming: false,
  };
  const tools = [{ name: "f", description: "", parameters: {} }];
  const params = { top_k: 3, stream: false };
  const body = buildCompletionBody(target({ compat, params }), ask("hi", { tools }));
  assertEquals(body.max_tokens, 100);
  assertEquals(Object.keys(body).sort(), ["max_tokens", "messages", "model", "stream", "top_k"]);
  assertEquals(body.stream, true);
});

Deno.test("buildCompletionBody() keeps to the stated limit and sends no guess", () => {
  const limit = (stated: boolean, maxTokens?: number) =>
    buildCompletionBody(
      target({ hasStatedLimit: stated }),
      ask("hi", maxTokens === undefined ? {} : { maxTokens }),
    ).max_completion_tokens;
  assertEquals([limit(true), limit(true, 50), limit(true, 500)], [100, 50, 100]);
  assertEquals([limit(false), limit(false, 500)], [undefined, 500]);
});

Deno.test("buildCompletionBody() names the effort where model and provider know one", () => {
  const reasons = { reasoning: true };
  const official = { baseUrl: "https://api.openai.com/v1" };
  const told = { compat: { supportsReasoningEffort: true } };
  const cases: [
    target: ModelTarget,
    level: ThinkingLevel | undefined,
    effort: string | undefined,
  ][] = [
    [target(told, reasons), "high", "high"],
    [target(told, reasons), "max", "xhigh"],
    [target(told, reasons), "off", undefined],
    [target(told, reasons), "adaptive", undefined],
    [target(told, reasons), undefined, undefined],
    [target(told), "high", undefined],
    [target({}, reasons), "high", undefined],
    [target(official, reasons), "low", "low"],
    [
      target({ ...official, compat: { supportsReasoningEffort: false } }, reasons),
      "low",
      undefined,
    ],
  ];
  for (const [model, thinking, effort] of cases) {
    const request = ask("hi", thinking === undefined ? {} : { thinking });
    assertEquals(buildCompletionBody(model, request).reasoning_effort, effort);
  }
});

Deno.test("buildCompletionBody() sends nothing that was not asked for", () => {
  const tools = [{ name: "f", description: "d", parameters: {} }];
  assertEquals(
    JSON.stringify(buildCompletionBody(target(), ask("hi", { tools }))),
    '{"model":"m1","messages":[{"role":"system","content":"Be brief."},' +
      '{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true},' +
      '"max_completion_tokens":100,"tools":[{"type":"function",' +
      '"function":{"name":"f","description":"d","parameters":{}}}],"tool_choice":"auto"}',
  );
});

Deno.test("buildCompletionBody() words choice, format and sampling as the wire does", () => {
  const tools = [{ name: "f", description: "d", parameters: {}, strict: true }];
  const schema = { type: "object" };
  const body = buildCompletionBody(
    target(),
    ask("hi", {
      tools,
      toolChoice: { name: "f" },
      parallelToolCalls: false,
      responseFormat: { type: "json_schema", name: "s", schema, strict: true },
      sampling: { temperature: 0, topK: 4, frequencyPenalty: 1, presencePenalty: -1 },
    }),
  );
  assertEquals(body.tool_choice, { type: "function", function: { name: "f" } });
  assertEquals(body.parallel_tool_calls, false);
  assertEquals(body.tools, [{ type: "function", function: tools[0] }]);
  assertEquals(body.response_format, {
    type: "json_schema",
    json_schema: { name: "s", schema, strict: true },
  });
  const { temperature, top_k, frequency_penalty, presence_penalty } = body;
  assertEquals([temperature, top_k, frequency_penalty, presence_penalty], [0, 4, 1, -1]);
});

Deno.test("buildCompletionBody() leaves out what the provider has no field for", () => {
  const official = { baseUrl: "https://api.openai.com/v1", compat: { supportsStrictMode: false } };
  const body = buildCompletionBody(
    target(official),
    ask("hi", {
      tools: [{ name: "f", description: "", parameters: {}, strict: true }],
      responseFormat: { type: "text" },
      sampling: { topK: 4 },
    }),
  );
  assertEquals([body.top_k, body.response_format], [undefined, undefined]);
  assertEquals(body.tools, [{
    type: "function",
    function: { name: "f", parameters: {} },
  }]);
  const choice = buildCompletionBody(target(), ask("hi", { toolChoice: "required" }));
  assertEquals(choice.tool_choice, undefined);
});

Deno.test("buildCompletionBody() tells hints to OpenAI, and to others what they are known to take", () => {
  const hints = {
    serviceTier: "flex",
    verbosity: "low",
    promptCacheKey: "k",
    safetyIdentifier: "s",
    store: true,
    metadata: { a: "b" },
  };
  const names = [
    "service_tier",
    "verbosity",
    "prompt_cache_key",
    "safety_identifier",
    "store",
    "metadata",
  ];
  const told = (rest: Parameters<typeof target>[0], given: ModelRequest["hints"] = hints) => {
    const body = buildCompletionBody(target(rest), ask("hi", { hints: given }));
    return names.filter((name) => name in body);
  };
  const openai = { baseUrl: "https://api.openai.com/v1" };
  assertEquals(told(openai), names);
  assertEquals(told(openai, { ...hints, store: false }), names.slice(0, -1));
  assertEquals(told(openai, {}), []);
  assertEquals(told({}), []);
  assertEquals(told({ compat: { supportsPromptCacheKey: true } }), ["prompt_cache_key"]);
});

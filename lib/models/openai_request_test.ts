import { assertEquals } from "@std/assert";
import { ask } from "./_fake_provider.ts";
import { buildCompletionBody } from "./openai_request.ts";
import type { ModelTarget } from "./providers.ts";
import type { ModelInfo, ModelMessage, ThinkingLevel } from "./types.ts";

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

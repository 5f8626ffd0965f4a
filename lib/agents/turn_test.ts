import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Model, ModelErrorKind, ModelMessage } from "../models/mod.ts";
import type { ToolResultMessage } from "../sessions/mod.ts";
import { calls, end, fails, ManualClock, says, ScriptedModel, waits } from "./_testing.ts";
import { textOf } from "./model_messages.ts";
import type { AgentTool, ToolContext } from "./tools.ts";
import { runTurn, type TurnEvent, type TurnInput } from "./turn.ts";

const CONVERSATION: ModelMessage[] = [{ role: "user", content: [{ type: "text", text: "hi" }] }];

async function turn(models: readonly [Model, ...Model[]], over: Partial<TurnInput> = {}) {
  const events: TurnEvent[] = [];
  const result = await runTurn({
    models,
    system: "system",
    conversation: CONVERSATION,
    tools: [],
    toolContext: { runId: "r", sessionKey: "agent:main:main", agentId: "main" },
    signal: new AbortController().signal,
    clock: new ManualClock(),
    ...over,
  }, (event) => events.push(event));
  return { result, events, types: events.map(({ type }) => type) };
}

function tool(name: string, execute: AgentTool["execute"]): AgentTool {
  return { name, description: `The tool ${name}`, parameters: { type: "object" }, execute };
}

function answering(name: string, text: string): AgentTool {
  return tool(name, () => Promise.resolve({ content: [{ type: "text", text }], isError: false }));
}

function toolTexts(messages: readonly { role: string }[]): string[] {
  return messages.filter((message) => message.role === "toolResult")
    .map((message) => textOf((message as ToolResultMessage).content));
}

Deno.test("runTurn() streams text and thinking and stores both in one message", async () => {
  const model = new ScriptedModel("one", [
    [
      { type: "thinking", delta: "h" },
      { type: "thinking", delta: "m" },
      says("he"),
      says("llo"),
      end(),
    ],
  ]);
  const { result, events } = await turn([model]);
  assertEquals(events, [
    { type: "thinking", delta: "h" },
    { type: "thinking", delta: "m" },
    { type: "text", delta: "he" },
    { type: "text", delta: "llo" },
  ]);
  assertEquals(result.messages.map(({ content }) => content), [[
    { type: "thinking", thinking: "hm" },
    { type: "text", text: "hello" },
  ]]);
  assertEquals([result.text, result.stopReason, result.error], ["hello", "stop", undefined]);
});

Deno.test("runTurn() passes on limits, sampling and tools, and leaves out what is not set", async () => {
  const model = new ScriptedModel("one", [[says("x"), end({ stopReason: "length" })]]);
  const signal = new AbortController().signal;
  const sampling = { temperature: 0.5, topP: 0.9, stop: ["."], seed: 7 };
  const lookUp = answering("lookup", "x");
  const { result } = await turn([model], { maxTokens: 12, sampling, tools: [lookUp], signal });
  assertEquals(model.requests[0], {
    system: "system",
    messages: CONVERSATION,
    tools: [{ name: "lookup", description: "The tool lookup", parameters: { type: "object" } }],
    maxTokens: 12,
    sampling,
    signal,
  });
  assertEquals(result.stopReason, "length");
  await turn([model]);
  assertEquals(Object.keys(model.requests[1]!).sort(), ["messages", "signal", "system"]);
});

Deno.test("runTurn() carries out a tool and gives its answer to the model", async () => {
  const model = new ScriptedModel("one", [
    [says("Looking. "), calls("lookup", "c1", { word: "sea" }), end()],
    [says("Found."), end({ responseId: "resp-2" })],
  ]);
  const seen: [Record<string, unknown>, ToolContext][] = [];
  const lookup = tool("lookup", (args, context) => {
    seen.push([args, context]);
    return Promise.resolve({ content: [{ type: "text", text: "salt water" }], isError: false });
  });
  const { result, types } = await turn([model], { tools: [lookup] });
  assertEquals(types, ["text", "toolStart", "toolResult", "text"]);
  assertEquals(seen[0]![0], { word: "sea" });
  assertEquals([seen[0]![1].runId, seen[0]![1].agentId], ["r", "main"]);
  assertEquals(model.requests[1]!.messages.slice(1), [
    {
      role: "assistant",
      text: "Looking. ",
      toolCalls: [{ id: "c1", name: "lookup", arguments: { word: "sea" } }],
    },
    { role: "tool", toolCallId: "c1", toolName: "lookup", text: "salt water", isError: false },
  ]);
  const said = result.messages.map((message) =>
    message.role === "assistant" ? message.stopReason : message.role
  );
  assertEquals(said, ["toolUse", "toolResult", "stop"]);
  assertEquals([result.text, result.stopReason], ["Looking. Found.", "stop"]);
});

Deno.test("runTurn() sums usage over its calls, and tells how full the context is now", async () => {
  const usage = (input: number, output: number, cacheRead: number, cacheWrite: number) =>
    end({ usage: { input, output, cacheRead, cacheWrite } });
  const model = new ScriptedModel("one", [
    [calls("lookup"), usage(100, 10, 1, 2)],
    [says("done"), usage(30, 20, 100, 4)],
  ]);
  const { result } = await turn([model], { tools: [answering("lookup", "x")] });
  assertEquals(result.usage, { input: 130, output: 30, cacheRead: 101, cacheWrite: 6 });
  assertEquals(result.promptTokens, 134);
  const last = result.messages.at(-1);
  assertEquals(last?.role === "assistant" && last.usage.totalTokens, 154);
  assertEquals(last?.role === "assistant" && last.usage.cost.output, 20 * 2 / 1e6);
});

Deno.test("runTurn() tells the model of tools that fail, do not exist, or refuse", async () => {
  const model = new ScriptedModel("one", [
    [calls("broken", "c1"), calls("missing", "c2"), calls("refusing", "c3"), end()],
    [says("sorry"), end()],
  ]);
  const tools = [
    tool("broken", () => Promise.reject(new Error("no such file"))),
    tool("refusing", () => {
      throw new TypeError("bad word");
    }),
  ];
  const { result } = await turn([model], { tools });
  assertEquals(toolTexts(result.messages), ["no such file", "Tool missing not found", "bad word"]);
  const results = result.messages.filter((message) => message.role === "toolResult");
  assertEquals(results.map(({ isError }) => isError), [true, true, true]);
  assertEquals([result.text, result.error], ["sorry", undefined]);
});

Deno.test("runTurn() ends after 64 rounds of tool calls", async () => {
  const model = new ScriptedModel("one", [[calls("lookup"), end()]]);
  const { result } = await turn([model], { tools: [answering("lookup", "again")] });
  assertEquals(model.requests.length, 64);
  assertEquals([result.stopReason, result.error?.code], ["error", "RUN_TOOL_LOOP"]);
  assertEquals(toolTexts(result.messages).length, 64);
});

Deno.test("runTurn() takes a model's word for tool use only when it calls a tool", async () => {
  const model = new ScriptedModel("one", [[says("that is all"), end({ stopReason: "toolUse" })]]);
  const { result } = await turn([model]);
  assertEquals([model.requests.length, result.stopReason], [1, "stop"]);
});

Deno.test("runTurn() carries out no further tool once it is aborted", async () => {
  const controller = new AbortController();
  const model = new ScriptedModel("one", [
    [calls("first", "c1"), calls("second", "c2"), end()],
    [says("never"), end()],
  ]);
  const carriedOut: string[] = [];
  const tools = ["first", "second"].map((name) =>
    tool(name, () => {
      carriedOut.push(name);
      controller.abort();
      return Promise.resolve({ content: [], isError: false });
    })
  );
  const { result, types } = await turn([model], { tools, signal: controller.signal });
  assertEquals(carriedOut, ["first"]);
  assertEquals(types, ["toolStart", "toolResult"]);
  assertEquals([result.stopReason, model.requests.length], ["aborted", 1]);
});

Deno.test("runTurn() keeps what was said when it is aborted", async () => {
  const controller = new AbortController();
  const model = new ScriptedModel("one", [waits(says("par"), calls("lookup"))]);
  const running = turn([model, model], {
    signal: controller.signal,
    tools: [answering("lookup", "x")],
  });
  await Promise.resolve();
  controller.abort();
  const { result } = await running;
  assertEquals([result.stopReason, result.error, result.text], ["aborted", undefined, "par"]);
  assertEquals(result.messages.map(({ content }) => content), [[{ type: "text", text: "par" }]]);
});

Deno.test("runTurn() calls the next model when one fails before it speaks", async () => {
  const kinds: ModelErrorKind[] = [
    "auth",
    "rate_limit",
    "unreachable",
    "timeout",
    "context_length",
  ];
  for (const kind of kinds) {
    const first = new ScriptedModel("first", [fails(kind)]);
    const second = new ScriptedModel("second", [[says("hello"), end()]]);
    const { result, events } = await turn([first, second]);
    assertEquals(events[0], {
      type: "fallback",
      from: "fake/first",
      to: "fake/second",
      reason: kind,
    });
    assertEquals([result.text, result.model.info.model], ["hello", "second"]);
    assertEquals([result.error, result.messages.length], [undefined, 1]);
  }
});

Deno.test("runTurn() calls no other model where that would not help or would repeat things", async () => {
  const cases: [name: string, step: ReturnType<typeof fails>, expected: string][] = [
    ["a wrong request", fails("bad_request"), ""],
    ["a refusal", fails("refusal"), ""],
    ["a failure after text", fails("cut", says("half")), "half"],
    ["a failure after thinking", fails("cut", { type: "thinking", delta: "hm" }), ""],
  ];
  for (const [name, step, text] of cases) {
    const second = new ScriptedModel("second", [[says("hello"), end()]]);
    const { result } = await turn([new ScriptedModel("first", [step]), second]);
    assertEquals(second.requests.length, 0, name);
    assertEquals([result.text, result.stopReason], [text, "error"], name);
    const last = result.messages.at(-1);
    const message = last?.role === "assistant" ? last.errorMessage : undefined;
    assertEquals(message, result.error?.message, name);
  }
});

Deno.test("runTurn() calls no other model once a tool was carried out", async () => {
  const first = new ScriptedModel("first", [[calls("lookup"), end()], fails("overloaded")]);
  const second = new ScriptedModel("second", [[says("hello"), end()]]);
  const { result } = await turn([first, second], { tools: [answering("lookup", "x")] });
  assertEquals([second.requests.length, result.error?.kind], [0, "overloaded"]);
});

Deno.test("runTurn() stays with the model that took over", async () => {
  const first = new ScriptedModel("first", [fails("overloaded")]);
  const second = new ScriptedModel("second", [[calls("lookup"), end()], [says("done"), end()]]);
  await turn([first, second], { tools: [answering("lookup", "x")] });
  assertEquals([first.requests.length, second.requests.length], [1, 2]);
});

Deno.test("runTurn() reports what no provider foresaw, and never throws", async () => {
  const model = new ScriptedModel("one", [() => {
    throw new TypeError("x is not a function");
  }]);
  const { result } = await turn([model]);
  assertEquals([result.stopReason, result.error?.code], ["error", "INTERNAL"]);
  assertStringIncludes(result.error?.message ?? "", "x is not a function");
});

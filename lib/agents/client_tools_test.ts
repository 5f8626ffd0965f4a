import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import type { Model, ModelEvent, ModelTool } from "../models/mod.ts";
import type { ToolResultMessage } from "../sessions/mod.ts";
import { calls, end, ManualClock, says, ScriptedModel } from "./_testing.ts";
import { checkClientTools, type ClientTools } from "./client_tools.ts";
import type { AgentTool } from "./tools.ts";
import { runTurn, type TurnEvent } from "./turn.ts";

const [ASK, TELL] = ["ask", "tell"].map((name): ModelTool => ({
  name,
  description: `The function ${name}`,
  parameters: { type: "object" },
})) as [ModelTool, ModelTool];

/** A tool of the agent that notes when it is carried out. */
function agentTool(log: string[]): AgentTool {
  return {
    name: "read",
    description: "Reads",
    parameters: {},
    execute: () => {
      log.push("read");
      return Promise.resolve({ content: [{ type: "text", text: "was read" }], isError: false });
    },
  };
}

async function turn(
  steps: readonly (readonly ModelEvent[])[],
  client: ClientTools,
  tools: AgentTool[] = [],
) {
  const model: Model & ScriptedModel = new ScriptedModel("one", steps);
  const events: TurnEvent[] = [];
  const result = await runTurn({
    models: [model],
    system: "",
    conversation: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    tools,
    clientTools: client,
    toolContext: { runId: "r", sessionKey: "agent:main:main", agentId: "main" },
    signal: new AbortController().signal,
    clock: new ManualClock(),
  }, (event) => events.push(event));
  const handedOver = events.flatMap((event) => event.type === "toolCall" ? [event.call] : []);
  const results = result.messages.filter((message): message is ToolResultMessage =>
    message.role === "toolResult"
  );
  return { model, events, result, handedOver, results };
}

Deno.test("runTurn() ends with a call of a client's function, under an id of its own", async () => {
  const { handedOver, result, results, model } = await turn(
    [[says("let me ask"), calls("ask", "theirs", { a: 1 }), end({ stopReason: "toolUse" })]],
    { tools: [ASK, TELL] },
  );
  const [call] = handedOver;
  assertMatch(call!.id, /^call_[0-9a-f]{24}$/);
  assertEquals([call!.name, call!.arguments], ["ask", { a: 1 }]);
  assertEquals([result.stopReason, result.text, result.error], [
    "toolUse",
    "let me ask",
    undefined,
  ]);
  assertEquals(model.requests.length, 1);
  assertEquals(model.requests[0]!.tools?.map(({ name }) => name), ["ask", "tell"]);
  const [message] = result.messages;
  assertEquals(message?.content.at(-1), { type: "toolCall", ...call! });
  assertEquals(results.map(({ toolCallId, isPending }) => [toolCallId, isPending]), [
    [call!.id, true],
  ]);
});

Deno.test("runTurn() carries out the agent's tools before it hands over the client's calls", async () => {
  const log: string[] = [];
  const { events, results } = await turn(
    [[calls("ask", "a"), calls("read", "b"), calls("tell", "c"), end()]],
    { tools: [ASK, TELL] },
    [agentTool(log)],
  );
  assertEquals(log, ["read"]);
  assertEquals(events.map(({ type }) => type), [
    "toolStart",
    "toolResult",
    "toolCall",
    "toolCall",
  ]);
  assertEquals(results.map(({ toolName, isPending }) => [toolName, isPending]), [
    ["read", undefined],
    ["ask", true],
    ["tell", true],
  ]);
});

Deno.test("runTurn() holds the model to a choice in its first call only", async () => {
  const steps = [[calls("read"), end()], [says("done"), end()]];
  const auto = await turn(steps, { tools: [ASK], toolChoice: "auto" }, [agentTool([])]);
  const seen = (at: number) => {
    const { tools, toolChoice } = auto.model.requests[at]!;
    return [tools?.map(({ name }) => name), toolChoice];
  };
  assertEquals([seen(0), seen(1)], [[["read", "ask"], undefined], [["read", "ask"], undefined]]);
  for (const toolChoice of ["required", { name: "ask" }] as const) {
    const { model } = await turn(steps, { tools: [ASK], toolChoice }, [agentTool([])]);
    assertEquals(model.requests.map(({ tools, toolChoice }) => [tools?.length, toolChoice]), [
      [1, toolChoice],
      [2, undefined],
    ]);
  }
});

Deno.test("runTurn() offers none of the client's functions where none may be called", async () => {
  const client: ClientTools = { tools: [ASK], toolChoice: "none", parallelToolCalls: false };
  const { model, handedOver, results } = await turn(
    [[calls("ask"), end()], [says("sorry"), end()]],
    client,
  );
  assertEquals(Object.keys(model.requests[0]!).sort(), ["messages", "signal", "system"]);
  assertEquals([handedOver, results.map(({ isError }) => isError)], [[], [true]]);
});

Deno.test("runTurn() keeps one call where they may not be side by side", async () => {
  const { handedOver, result, model } = await turn(
    [[calls("ask", "a"), calls("tell", "b"), end()]],
    { tools: [ASK, TELL], parallelToolCalls: false },
  );
  assertEquals(handedOver.map(({ name }) => name), ["ask"]);
  assertEquals(result.messages.length, 2);
  assertEquals(model.requests[0]!.parallelToolCalls, false);
});

Deno.test("runTurn() hands over arguments as they came, and half a call with its reason", async () => {
  const broken: ModelEvent = {
    type: "toolCall",
    call: { id: "x", name: "ask", arguments: {}, argumentsText: '{"a' },
  };
  const log: string[] = [];
  const { handedOver, result } = await turn(
    [[calls("read"), broken, end({ stopReason: "length" })]],
    { tools: [ASK] },
    [agentTool(log)],
  );
  assertEquals(handedOver.map(({ argumentsText }) => argumentsText), ['{"a']);
  assertEquals([result.stopReason, log], ["length", []]);
});

Deno.test("runTurn() tells the model when an agent's tool got no JSON object", async () => {
  const log: string[] = [];
  const broken: ModelEvent = {
    type: "toolCall",
    call: { id: "x", name: "read", arguments: {}, argumentsText: "[1]" },
  };
  const { results, result } = await turn(
    [[broken, end()], [says("sorry"), end()]],
    { tools: [] },
    [agentTool(log)],
  );
  assertEquals([log, results[0]?.isError, result.text], [[], true, "sorry"]);
});

Deno.test("checkClientTools() refuses what does not go together", () => {
  const cases: ClientTools[] = [
    { tools: [ASK, ASK] },
    { tools: [{ ...ASK, name: "read" }] },
    { tools: [], toolChoice: "required" },
    { tools: [ASK], toolChoice: { name: "tell" } },
  ];
  for (const client of cases) {
    const error = assertThrows(() => checkClientTools(client, [agentTool([])]), AppError);
    assertEquals([error.code, error.message], ["INVALID_REQUEST", "invalid tool configuration"]);
    assert(error.hint);
  }
  checkClientTools({ tools: [ASK, TELL], toolChoice: { name: "ask" } }, [agentTool([])]);
});

Deno.test("runTurn() shows pieces of the client's calls under the ids of the calls", async () => {
  const piece = (index: number, name: string, delta: string): ModelEvent => ({
    type: "toolCallDelta",
    index,
    name,
    delta,
  });
  const { events, handedOver } = await turn(
    [[
      piece(0, "ask", '{"a"'),
      piece(0, "ask", ":1}"),
      says("late"),
      piece(1, "read", "{"),
      calls("ask", "theirs", { a: 1 }),
      calls("read", "own"),
      end({ stopReason: "toolUse" }),
    ]],
    { tools: [ASK] },
    [agentTool([])],
  );
  const shown = events.filter((event) => event.type === "toolCallDelta");
  assertEquals(shown.map(({ id, delta }) => [id, delta]), [
    [handedOver[0]!.id, '{"a"'],
    [handedOver[0]!.id, ":1}"],
  ]);
  const order = events.map(({ type }) => type).filter((type) =>
    !type.startsWith("tool") || type === "toolCall"
  );
  assertEquals(order, ["toolCall", "text"]);
});

Deno.test("runTurn() shows no piece of a call that may be left out of the answer", async () => {
  const piece = (index: number, name: string): ModelEvent => ({
    type: "toolCallDelta",
    index,
    name,
    delta: "{}",
  });
  const { events, handedOver } = await turn(
    [[
      piece(0, "ask"),
      piece(1, "tell"),
      calls("ask", "a"),
      calls("tell", "b"),
      end({ stopReason: "toolUse" }),
    ]],
    { tools: [ASK, TELL], parallelToolCalls: false },
  );
  const shown = events.flatMap((event) => event.type === "toolCallDelta" ? [event.name] : []);
  assertEquals([shown, handedOver.map(({ name }) => name)], [["ask"], ["ask"]]);
});

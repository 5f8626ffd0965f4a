import { assertEquals } from "@std/assert";
import type {
  AssistantMessage,
  StoredMessage,
  TranscriptMessage,
  UserMessage,
} from "../sessions/mod.ts";
import { buildConversation } from "./context.ts";
import { textOf, toModelMessages } from "./model_messages.ts";

const NOTHING_WAITS: ReadonlySet<string> = new Set();

function user(text: string): TranscriptMessage {
  return { role: "user", content: [{ type: "text", text }], timestamp: 0 };
}

function assistant(text: string, ...callIds: string[]): AssistantMessage {
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
  return {
    role: "assistant",
    content: [
      ...(text ? [{ type: "text" as const, text }] : []),
      ...callIds.map((id) => ({ type: "toolCall" as const, id, name: "read", arguments: {} })),
    ],
    timestamp: 0,
    api: "fake",
    provider: "fake",
    model: "fake",
    usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, cost },
    stopReason: "stop",
  };
}

function answer(toolCallId: string): TranscriptMessage {
  const content = [{ type: "text" as const, text: `result of ${toolCallId}` }];
  return {
    role: "toolResult",
    toolCallId,
    toolName: "read",
    content,
    isError: false,
    timestamp: 0,
  };
}

function transcript(...messages: TranscriptMessage[]): StoredMessage[] {
  return messages.map((message, index) => ({ id: `m${index + 1}`, seq: index + 1, message }));
}

/** A conversation in short: `user: text`, `assistant: text [calls]`, `tool: id`. */
function outline(conversation: ReturnType<typeof buildConversation>): string[] {
  return conversation.map((message) => {
    if (message.role === "tool") return `tool: ${message.toolCallId}`;
    if (message.role === "user") return `user: ${textOf(message.content)}`;
    const ids = message.toolCalls.map(({ id }) => id).join(" ");
    return `assistant: ${message.text}${ids ? `[${ids}]` : ""}`;
  });
}

function converse(...history: TranscriptMessage[]): string[] {
  const own = { id: "own", message: user("now") };
  return outline(buildConversation(transcript(...history), own, NOTHING_WAITS));
}

Deno.test("buildConversation() puts the own message last and leaves out those still waiting", () => {
  const history = transcript(user("one"), user("mine"), user("waits"), assistant("to one"));
  const own = { id: "m2", message: user("mine") };
  assertEquals(outline(buildConversation(history, own, new Set(["m3"]))), [
    "user: one",
    "assistant: to one",
    "user: mine",
  ]);
});

Deno.test("buildConversation() has the own message also when the history was cut behind it", () => {
  const history = transcript(user("a huge one that waits"));
  const own = { id: "cut-off", message: user("mine") };
  assertEquals(outline(buildConversation(history, own, new Set(["m1"]))), ["user: mine"]);
});

Deno.test("buildConversation() keeps calls with their answers", () => {
  assertEquals(converse(user("go"), assistant("", "a", "b"), answer("a"), answer("b")), [
    "user: go",
    "assistant: [a b]",
    "tool: a",
    "tool: b",
    "user: now",
  ]);
});

Deno.test("buildConversation() drops calls without an answer and answers without a call", () => {
  const cases: [history: TranscriptMessage[], expected: string[]][] = [
    [[assistant("", "a")], []],
    [[assistant("let me look", "a")], ["assistant: let me look"]],
    [[assistant("", "a", "b"), answer("b")], ["assistant: [b]", "tool: b"]],
    [[answer("a"), assistant("done")], ["assistant: done"]],
    [[answer("a"), assistant("", "a")], []],
    [[assistant("", "a"), user("and?"), answer("a")], ["user: and?"]],
  ];
  for (const [history, expected] of cases) {
    assertEquals(converse(...history), [...expected, "user: now"], JSON.stringify(history));
  }
});

Deno.test("buildConversation() pairs calls in place, where a provider uses the same id again", () => {
  assertEquals(converse(assistant("", "a"), answer("a"), assistant("cut", "a")), [
    "assistant: [a]",
    "tool: a",
    "assistant: cut",
    "user: now",
  ]);
});

Deno.test("toModelMessages() leaves out what a model is not shown", () => {
  const thinking = { type: "thinking" as const, thinking: "hm" };
  assertEquals(toModelMessages({ ...assistant(""), content: [thinking] }), []);
  assertEquals(toModelMessages({ role: "user", content: [], timestamp: 0 }), []);
  const image = { type: "image" as const, data: "AAAA", mimeType: "image/png" };
  const both = [{ type: "text" as const, text: "see" }, image];
  assertEquals(toModelMessages({ role: "user", content: both, timestamp: 0 }), [
    { role: "user", content: both },
  ]);
  assertEquals(
    textOf([thinking, { type: "text", text: "a" }, image, { type: "text", text: "b" }]),
    "ab",
  );
});

Deno.test("buildConversation() tells the model what happened before a message was written", () => {
  const message: UserMessage = {
    role: "user",
    content: [{ type: "text", text: "hi" }],
    timestamp: 1,
    systemEvents: ["System: [now] the kettle is on"],
  };
  const told = buildConversation([], { id: "a", message }, new Set());
  assertEquals(told, [{
    role: "user",
    content: [{ type: "text", text: "System: [now] the kettle is on\n\nhi" }],
  }]);
});

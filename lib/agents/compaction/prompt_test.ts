import { assertEquals } from "@std/assert";
import type { StoredMessage, TranscriptMessage } from "../../sessions/mod.ts";
import { conversationText } from "./prompt.ts";

function stored(...messages: unknown[]): StoredMessage[] {
  return messages.map((message, index) => ({
    id: String(index + 1),
    seq: index + 1,
    message: message as TranscriptMessage,
  }));
}

function text(value: string) {
  return [{ type: "text", text: value }];
}

Deno.test("conversationText() has what a client sent along, and its answers once", () => {
  const toolCalls = [{ id: "c1", name: "ask", arguments: '{"a":1}' }];
  const messages = stored(
    {
      role: "user",
      content: text("now"),
      earlier: [
        { role: "user", text: "one" },
        { role: "assistant", text: "let me", toolCalls },
        { role: "tool", id: "c1", text: "sunny" },
      ],
    },
    {
      role: "assistant",
      content: [{ type: "toolCall", id: "c2", name: "ask", arguments: { b: 2 } }],
    },
    { role: "toolResult", toolName: "ask", content: text("pending"), isPending: true },
    {
      role: "user",
      content: text("Tool:c2: rainy"),
      toolResults: [{ id: "c2", text: "rainy" }],
    },
    {
      role: "user",
      content: text("and?"),
      toolResults: [{ id: "c3", text: "broken", isError: true }],
    },
  );
  assertEquals(conversationText(messages), [
    "[User]: one",
    '[Assistant]: let me\n(calls ask {"a":1})',
    "[Tool c1 answered]: sunny",
    "[User]: now",
    '[Assistant]: (calls ask {"b":2})',
    "[User]: Tool:c2: rainy",
    "[Tool c3 failed]: broken",
    "[User]: and?",
  ]);
});

import { assertEquals } from "@std/assert";
import type { StoredMessage, TranscriptMessage, UserMessage } from "../../sessions/mod.ts";
import { cutConversation, estimateTokens } from "./cut.ts";

/** `u` a user's message, `a` an answer, `t` a tool's answer; each of 100 tokens. */
function conversation(roles: string): StoredMessage[] {
  const content = [{ type: "text", text: "x".repeat(400) }];
  return [...roles].map((role, index) => ({
    id: String(index + 1),
    seq: index + 1,
    message: {
      role: role === "u" ? "user" : role === "a" ? "assistant" : "toolResult",
      content,
      timestamp: 1,
    } as TranscriptMessage,
  }));
}

Deno.test("cutConversation() keeps whole turns within the budget, but never all", () => {
  const cases: [roles: string, keep: number, firstKeptSeq: number][] = [
    ["uauaua", 250, 5],
    ["uauaua", 400, 3],
    ["uauaua", 10_000, 5],
    ["uauata", 10, 3],
    ["uata", 10_000, 5],
    ["aaa", 10_000, 4],
    ["u", 10_000, 2],
  ];
  for (const [roles, keep, firstKeptSeq] of cases) {
    const cut = cutConversation(conversation(roles), keep);
    assertEquals(cut.firstKeptSeq, firstKeptSeq, `${roles} ${keep}`);
    assertEquals(cut.older.length, firstKeptSeq - 1);
    assertEquals(cut.keptTokens, (roles.length - cut.older.length) * 100);
  }
  assertEquals(estimateTokens(conversation("ua")), 200);
});

Deno.test("cutConversation() keeps the answer of a client's function with its call", () => {
  const messages = conversation("uautua");
  const results = messages[4]!.message as UserMessage;
  messages[4]!.message = { ...results, role: "user", toolResults: [{ id: "c", text: "x" }] };
  assertEquals(cutConversation(messages, 10).firstKeptSeq, 3);
});

Deno.test("estimateTokens() counts what a client sent along", () => {
  const [message] = conversation("u");
  const toolCalls = [{ id: "c", name: "name", arguments: '{"a":12}' }];
  const sent: UserMessage = {
    ...message!.message as UserMessage,
    earlier: [{ role: "user", text: "x".repeat(40) }, { role: "assistant", text: "", toolCalls }],
    toolResults: [{ id: "c", text: "x".repeat(80) }],
  };
  assertEquals(estimateTokens([{ ...message!, message: sent }]), 100 + 10 + 3 + 20);
});

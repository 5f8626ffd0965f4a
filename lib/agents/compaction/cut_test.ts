import { assertEquals } from "@std/assert";
import type { StoredMessage, TranscriptMessage } from "../../sessions/mod.ts";
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

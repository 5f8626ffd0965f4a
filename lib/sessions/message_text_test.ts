import { assert, assertEquals } from "@std/assert";
import { assistant, user, withStore } from "./_testing.ts";
import {
  indexedText,
  indexQuery,
  MAX_INDEXED_BYTES,
  messageText,
  snippetOf,
} from "./message_text.ts";

Deno.test("messageText() joins text parts and leaves the rest out", () => {
  const message = assistant("", {
    content: [
      { type: "thinking", thinking: "secret plan" },
      { type: "text", text: "one" },
      { type: "toolCall", id: "t", name: "read", arguments: { path: "x" } },
      { type: "text", text: "two" },
    ],
  });
  assertEquals(messageText(message), "one\ntwo");
  assertEquals(messageText({ ...message, content: [] }), "");
});

Deno.test("indexedText() takes at most the first 32 KiB", () => {
  assertEquals(indexedText("  short "), "short");
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  for (const letter of ["a", "é", "😀"]) {
    const length = bytes(indexedText(letter.repeat(1_000_000)));
    assert(length <= MAX_INDEXED_BYTES && length > MAX_INDEXED_BYTES - 4, `${letter} ${length}`);
  }
});

Deno.test("indexQuery() quotes every word", () => {
  assertEquals(indexQuery('a "b c:d) OR -e*'), '"a" AND "b" AND "c" AND "d" AND "OR" AND "e" *');
  assertEquals(indexQuery(" .,-* "), undefined);
  assertEquals(indexQuery(Array(40).fill("w").join(" "))!.split(" AND ").length, 16);
});

Deno.test("snippetOf() cuts around the first match", () => {
  const text = `${"before ".repeat(40)}Needle\n\nand ${"after ".repeat(60)}`;
  const snippet = snippetOf(text, "needle");
  assert(snippet.startsWith("…") && snippet.endsWith("…") && snippet.length <= 202, snippet);
  assert(snippet.includes("Needle and after"), snippet);
  assertEquals(snippetOf("short", "nothing"), "short");
});

Deno.test("beginRun() stores a message of 1 MB whole and finds its beginning", async () => {
  await withStore(async ({ store }) => {
    const text = "needle " + "hay stack ".repeat(100_000) + " pin";
    const key = "agent:main:main";
    await store.beginRun({ runId: "r", key, agentId: "main", message: user(text), now: 1 });
    assertEquals(store.history(key, { limit: 1 })[0]?.message, user(text));
    assertEquals(store.searchMessages("needle", { limit: 9 }).length, 1);
    assertEquals(store.searchMessages("pin", { limit: 9 }).length, 0);
  });
});

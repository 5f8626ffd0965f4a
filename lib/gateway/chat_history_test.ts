import { assertEquals } from "@std/assert";
import type {
  AssistantMessage,
  ContentPart,
  SessionEntry,
  SessionStore,
  StoredMessage,
} from "../sessions/mod.ts";
import { displayMessage, historyPage, type HistoryQuery } from "./chat_history.ts";

const ROOMY = 1024 * 1024;

function stored(seq: number, content: ContentPart[]): StoredMessage {
  return { id: `id-${seq}`, seq, message: { role: "user", content, timestamp: 1000 + seq } };
}

function text(seq: number, value: string): StoredMessage {
  return stored(seq, [{ type: "text", text: value }]);
}

/** Reads a page of a transcript that has `count` messages. */
function page(
  count: number,
  query: Partial<HistoryQuery> = {},
  textOf = (seq: number) => `${seq}`,
) {
  const asked: { limit: number; beforeSeq?: number }[] = [];
  const store = {
    history: (_: string, options: { limit: number; beforeSeq?: number }) => {
      asked.push(options);
      const end = Math.min(count, (options.beforeSeq ?? Infinity) - 1);
      const start = Math.max(1, end - options.limit + 1);
      return Array.from(
        { length: Math.max(0, end - start + 1) },
        (_, i) => text(start + i, textOf(start + i)),
      );
    },
  };
  const session = { key: "agent:main:main" } as SessionEntry;
  const result = historyPage(store as unknown as SessionStore, session, {
    maxBytes: ROOMY,
    ...query,
  });
  return { result, asked, seqs: result.messages.map((message) => message.__openclaw?.seq) };
}

Deno.test("historyPage() is the newest 200 messages unless told otherwise", () => {
  const { result, seqs } = page(450);
  assertEquals([seqs.length, seqs[0], seqs.at(-1), result.nextCursor], [200, 251, 450, "251"]);
  assertEquals(page(3, { limit: 2 }).seqs, [2, 3]);
  assertEquals(page(0).result, { messages: [] });
});

Deno.test("historyPage() pages back to the first message, and no further", () => {
  const { result, seqs } = page(5, { limit: 2 });
  assertEquals(seqs, [4, 5]);
  const middle = page(5, { limit: 2, cursor: result.nextCursor });
  assertEquals(middle.seqs, [2, 3]);
  const last = page(5, { limit: 2, cursor: `seq:${middle.result.nextCursor}` });
  assertEquals([last.seqs, last.result.nextCursor], [[1], undefined]);
});

Deno.test("historyPage() starts from the end where the cursor is none", () => {
  assertEquals(page(5, { limit: 2, cursor: "nonsense" }).seqs, [4, 5]);
});

Deno.test("historyPage() keeps to its bytes from the newest backwards, and has one in any case", () => {
  const oneMessage = JSON.stringify(page(1, {}, () => "x".repeat(1000)).result.messages[0]).length;
  const long = (maxBytes: number) => page(9, { maxBytes }, () => "x".repeat(1000));
  assertEquals(long(oneMessage * 3).seqs, [7, 8, 9]);
  assertEquals(long(oneMessage * 3 - 1).seqs, [8, 9]);
  assertEquals([long(1).seqs, long(1).result.nextCursor], [[9], "9"]);
});

Deno.test("historyPage() counts bytes, not characters", () => {
  const { result, seqs } = page(9, { maxBytes: 20_000 }, () => "語".repeat(2000));
  const bytes = new TextEncoder().encode(JSON.stringify(result.messages)).length;
  assertEquals([bytes <= 20_000, seqs], [true, [7, 8, 9]]);
});

Deno.test("displayMessage() cuts texts, leaves out images, and keeps the rest", () => {
  const call: ContentPart = { type: "toolCall", id: "c", name: "read", arguments: { path: "a" } };
  const shown = displayMessage(
    stored(7, [
      { type: "text", text: "0123456789" },
      { type: "thinking", thinking: "0123456789" },
      { type: "image", data: "AAAA", mimeType: "image/png" },
      call,
    ]),
    4,
  );
  assertEquals(shown, {
    role: "user",
    timestamp: 1007,
    content: [
      { type: "text", text: "012…" },
      { type: "thinking", thinking: "012…" },
      { type: "image", mimeType: "image/png", omitted: true },
      call,
    ],
    __openclaw: { id: "id-7", seq: 7 },
  });
});

Deno.test("displayMessage() shows what an assistant message says of itself", () => {
  const message = {
    role: "assistant",
    content: [],
    timestamp: 1,
    model: "one",
    stopReason: "aborted",
    openclawAbort: { aborted: true, origin: "rpc", runId: "r" },
  } as unknown as AssistantMessage;
  const shown = displayMessage({ id: "a", seq: 1, message }, 100);
  assertEquals(shown, { ...message, __openclaw: { id: "a", seq: 1 } } as unknown as typeof shown);
});

Deno.test("displayMessage() replaces a message over 128 KiB, counted in bytes", () => {
  const parts = (char: string, count: number): ContentPart[] =>
    Array.from({ length: count }, () => ({ type: "text", text: char.repeat(1000) }));
  const kept = displayMessage(stored(1, parts("x", 120)), 8000);
  assertEquals(kept.__openclaw, { id: "id-1", seq: 1 });
  for (const large of [parts("x", 130), parts("語", 45)]) {
    const shown = displayMessage(stored(2, large), 8000);
    const bytes = new TextEncoder().encode(JSON.stringify(large)).length;
    assertEquals(shown.content, [{ type: "text", text: `[message of ${bytes} bytes left out]` }]);
    assertEquals(shown.__openclaw, { id: "id-2", seq: 2, truncated: true, reason: "oversized" });
  }
});

Deno.test("displayMessage() leaves out what a client sent along for the model", () => {
  const entry = text(1, "hi");
  const earlier = [{ role: "user" as const, text: "x".repeat(1_000_000) }];
  const message = { ...entry.message, earlier, toolResults: [{ id: "c", text: "r" }] };
  const shown = displayMessage({ ...entry, message } as StoredMessage, 100);
  assertEquals(shown, displayMessage(entry, 100));
});

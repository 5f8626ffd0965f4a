import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { assistant, user, withStore } from "./_testing.ts";
import { messageText } from "./message_text.ts";
import type { SessionStore } from "./store.ts";

const KEY = "agent:main:main";
const TARGET = { key: "agent:main:other", agentId: "main" };

async function talk(store: SessionStore, turns: number): Promise<string> {
  const { sessionId } = await store.resetSession(KEY, "new", { agentId: "main" });
  for (let turn = 1; turn <= turns; turn++) {
    await store.appendMessage(KEY, user(`question ${turn}`));
    await store.appendMessage(KEY, assistant(`answer ${turn}`));
  }
  return sessionId;
}

function texts(store: SessionStore, key: string): string[] {
  return store.history(key, { limit: 1000 }).map(({ message }) => messageText(message));
}

Deno.test("branchSession() goes on from a point, and leaves its source alone", async () => {
  await withStore(async (test) => {
    const sessionId = await talk(test.store, 3);
    await test.store.branchSession({ sessionKey: KEY, sessionId, seq: 2 }, TARGET);
    await test.store.appendMessage(TARGET.key, user("other question"));
    const store = await test.reopen();
    assertEquals(texts(store, TARGET.key), ["question 1", "answer 1", "other question"]);
    assertEquals(texts(store, KEY).length, 6);
    const entry = store.getSession(TARGET.key)!;
    assertEquals([entry.extra.parentSessionKey, entry.totalTokens], [KEY, 0]);
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("branchSession() reaches into a transcript that was reset meanwhile", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 2);
    await store.resetSession(KEY, "new");
    await store.branchSession({ sessionKey: KEY, sessionId, seq: 4 }, TARGET);
    assertEquals(texts(store, TARGET.key).length, 4);
  });
});

Deno.test("branchSession() leaves nothing behind when the conversation is gone", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 2);
    const place = { sessionKey: KEY, sessionId, seq: 4 };
    const branching = store.branchSession(place, TARGET);
    const deleting = store.deleteSession(KEY);
    const error = await assertRejects(() => branching, AppError);
    await deleting;
    assertEquals(error.code, "SESSION_NOT_FOUND");
    await assertRejects(() => store.branchSession(place, TARGET), AppError);
    assertEquals([store.countSessions(), store.findProblems()], [0, []]);
    assertEquals(store.database.connection.number("SELECT count(*) FROM transcripts"), 0);
  });
});

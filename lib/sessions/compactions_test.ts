import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { assistant, user, withStore } from "./_testing.ts";
import { messageText } from "./message_text.ts";
import type { SessionStore } from "./store.ts";

const KEY = "agent:main:main";

/** A session with so many turns of two messages. */
async function talk(store: SessionStore, turns: number): Promise<string> {
  const { sessionId } = await store.resetSession(KEY, "new", { agentId: "main" });
  for (let turn = 1; turn <= turns; turn++) {
    await store.appendMessage(KEY, user(`question ${turn}`));
    await store.appendMessage(KEY, assistant(`answer ${turn}`));
  }
  return sessionId;
}

function compact(store: SessionStore, sessionId: string, firstKeptSeq: number, summary = "sum") {
  return store.compactions.compact({
    key: KEY,
    sessionId,
    summary,
    firstKeptSeq,
    tokensBefore: 100,
    tokensAfter: 10,
    reason: "manual",
  });
}

function texts(store: SessionStore, key = KEY): string[] {
  return store.history(key, { limit: 100 }).map(({ message }) => messageText(message));
}

function context(store: SessionStore, key = KEY): string[] {
  const { sessionId } = store.getSession(key)!;
  return store.contextMessages(sessionId, { maxBytes: 1e6 }).map(({ message }) =>
    messageText(message)
  );
}

Deno.test("compact() sends a summary for the older part and keeps every message", async () => {
  await withStore(async (test) => {
    const sessionId = await talk(test.store, 3);
    const { entry, checkpoint } = await compact(test.store, sessionId, 5);
    assertEquals([checkpoint.lastSeq, checkpoint.postSeq, entry.totalTokens], [6, 7, 10]);
    assertEquals(entry.extra.compactionCheckpointCount, 1);
    await test.store.appendMessage(KEY, user("question 4"));
    const store = await test.reopen();
    assertEquals(context(store), ["sum", "question 3", "answer 3", "question 4"]);
    assertEquals(texts(store).length, 8);
    assertEquals(store.searchMessages("question 1", { limit: 9 }).length, 1);
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("a second compaction starts from the first one's summary", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 3);
    await compact(store, sessionId, 5);
    assertEquals(store.compactions.pending(KEY)?.isGrown, false);
    await store.appendMessage(KEY, user("question 4"));
    const pending = store.compactions.pending(KEY)!;
    assertEquals([pending.summary, pending.isGrown, pending.messages.length], ["sum", true, 3]);
    const { entry } = await compact(store, sessionId, 9, "all");
    assertEquals(context(store), ["all"]);
    assertEquals(entry.extra.compactionCheckpointCount, 2);
    assertEquals(store.compactions.checkpoints(KEY).map(({ summary }) => summary), ["all", "sum"]);
  });
});

Deno.test("compact() refuses a session that was reset meanwhile", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 2);
    await store.resetSession(KEY, "reset");
    const error = await assertRejects(() => compact(store, sessionId, 3), AppError);
    assertEquals(error.code, "UNAVAILABLE");
    assertEquals(store.compactions.checkpoints(KEY), []);
  });
});

Deno.test("restore() and branch() bring back what was before, whatever happened since", async () => {
  await withStore(async (test) => {
    const sessionId = await talk(test.store, 3);
    const { checkpoint } = await compact(test.store, sessionId, 5);
    await test.store.appendMessage(KEY, user("later"));
    const cost = test.store.getSession(KEY)!.estimatedCostUsd;
    const { checkpointId } = checkpoint;
    const newKey = "agent:main:dashboard:x";
    const branched = await test.store.compactions.branch(KEY, checkpointId, newKey);
    assertEquals(branched.entry.extra.parentSessionKey, KEY);
    assertEquals(branched.entry.extra.compactionCheckpointCount, undefined);
    assertEquals([branched.entry.estimatedCostUsd, texts(test.store).length], [0, 8]);
    const restored = await test.store.compactions.restore(KEY, checkpointId);
    assert(restored.entry.sessionId !== sessionId);
    const store = await test.reopen();
    for (const key of [KEY, newKey]) {
      assertEquals(texts(store, key).slice(-2), ["question 3", "answer 3"]);
      assertEquals(context(store, key).length, 6);
    }
    assertEquals(store.getSession(KEY)!.estimatedCostUsd, cost);
    assertEquals([...store.exportSession(KEY, { sessionId })].length, 9);
    assertEquals(store.compactions.checkpoints(KEY).length, 1);
    assertEquals(store.findProblems(), []);
    await store.appendMessage(KEY, user("goes on"));
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("copies are not paid for twice", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 3);
    const paid = () =>
      store.database.connection.number("SELECT sum(total_cost) FROM message_usage");
    const before = paid();
    const { checkpoint } = await compact(store, sessionId, 5);
    await store.compactions.restore(KEY, checkpoint.checkpointId);
    assertEquals([before > 0, paid()], [true, before]);
  });
});

Deno.test("cutTail() goes on with the newest messages and can be undone", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 3);
    assertEquals(await store.compactions.cutTail(KEY, 6), undefined);
    const cut = await store.compactions.cutTail(KEY, 2);
    assertEquals(texts(store), ["question 3", "answer 3"]);
    assertEquals(cut?.checkpoint.sessionId, sessionId);
    await store.compactions.restore(KEY, cut!.checkpoint.checkpointId);
    assertEquals(texts(store).length, 6);
  });
});

Deno.test("a compaction within a cut tail keeps its place", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 3);
    await compact(store, sessionId, 5);
    await store.compactions.cutTail(KEY, 3);
    assertEquals(context(store), ["sum", "question 3", "answer 3"]);
  });
});

Deno.test("an export tells of a compaction as OpenClaw's transcripts do", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 2);
    await compact(store, sessionId, 3);
    const lines = [...store.exportSession(KEY)].map((line) => JSON.parse(line));
    const { type, summary, firstKeptEntryId, tokensBefore, parentId } = lines.at(-1);
    assertEquals([type, summary, tokensBefore], ["compaction", "sum", 100]);
    assertEquals([firstKeptEntryId, parentId], [lines[3].id, lines[4].id]);
  });
});

Deno.test("an unknown checkpoint is refused with its id", async () => {
  await withStore(async ({ store }) => {
    await talk(store, 1);
    const error = assertThrows(() => store.compactions.checkpoint(KEY, "x"), AppError);
    assertEquals([error.code, error.message], ["CHECKPOINT_NOT_FOUND", "checkpoint not found: x"]);
    await assertRejects(() => store.compactions.restore(KEY, "x"), AppError, "not found");
    assertEquals(store.compactions.pending("agent:main:none"), undefined);
  });
});

Deno.test("a message of the gateway itself says nothing of the session's model and tokens", async () => {
  await withStore(async ({ store }) => {
    await talk(store, 1);
    const before = store.getSession(KEY)!;
    await store.appendMessage(KEY, assistant("note", { provider: "openclaw", model: "x" }));
    const { model, modelProvider, totalTokens, inputTokens } = store.getSession(KEY)!;
    assertEquals([modelProvider, model], [before.modelProvider, before.model]);
    assertEquals([totalTokens, inputTokens], [before.totalTokens, before.inputTokens]);
  });
});

Deno.test("cutTail() and restore() refuse a session whose run has not ended, compact() does not", async () => {
  await withStore(async ({ store, clock }) => {
    const sessionId = await talk(store, 3);
    const { checkpoint } = await compact(store, sessionId, 5);
    const now = clock.advance(1);
    await store.beginRun({ runId: "r1", key: KEY, agentId: "main", message: user("four"), now });
    const { compactions } = store;
    await assertRejects(() => compactions.cutTail(KEY, 2), AppError, "has a run under way");
    const restore = () => compactions.restore(KEY, checkpoint.checkpointId);
    await assertRejects(restore, AppError, "has a run under way");
    await compact(store, sessionId, 7);
    await store.endRun({ runId: "r1", status: "ok", messages: [assistant("4")], now });
    assertEquals((await restore()).entry.status, "done");
  });
});

Deno.test("totals are an estimate from a compaction to the next call, and a reset ends that too", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await talk(store, 3);
    assertEquals(store.getSession(KEY)!.extra.totalTokensFresh, undefined);
    const { entry } = await compact(store, sessionId, 5);
    assertEquals(entry.extra.totalTokensFresh, false);
    await store.appendMessage(KEY, assistant("answer 4"));
    assertEquals(store.getSession(KEY)!.extra.totalTokensFresh, undefined);
    const cut = await store.compactions.cutTail(KEY, 2);
    assertEquals(cut!.entry.extra.totalTokensFresh, false);
    const reset = await store.resetSession(KEY, "reset");
    assertEquals(reset.extra.totalTokensFresh, undefined);
  });
});

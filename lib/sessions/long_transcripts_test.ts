import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { assistant, user, withStore } from "./_testing.ts";
import type { SessionStore } from "./store.ts";

const KEY = "agent:main:a";
/** More than two slices. */
const MESSAGES = 600;

async function longSession(store: SessionStore): Promise<string> {
  const { sessionId } = await store.resetSession(KEY, "new", { agentId: "main" });
  const said = Array.from({ length: MESSAGES / 2 }, (_, turn) => [
    store.appendMessage(KEY, user(`question ${turn}`)),
    store.appendMessage(KEY, assistant(`answer ${turn}`)),
  ]);
  await Promise.all(said.flat());
  return sessionId;
}

const count = (store: SessionStore, table: string, where = "TRUE") =>
  store.database.connection.number(`SELECT count(*) FROM ${table} WHERE ${where}`);

Deno.test("a long transcript is copied whole, in slices, and its figures count once", async () => {
  await withStore(async ({ store }) => {
    await longSession(store);
    const figures = count(store, "message_usage");
    const { commits } = store.database.stats();
    const cut = await store.compactions.cutTail(KEY, 520);
    assertEquals(store.database.stats().commits - commits > 3, true);
    assertEquals(store.lastSeq(cut!.entry.sessionId), 520);
    const [first] = store.history(KEY, { limit: 520 });
    assertEquals(first!.message.content, user("question 40").content);
    const { checkpointId } = cut!.checkpoint;
    const branch = await store.compactions.branch(KEY, checkpointId, "agent:main:b");
    assertEquals(store.lastSeq(branch.entry.sessionId), MESSAGES);
    const restored = await store.compactions.restore(KEY, checkpointId);
    assertEquals(store.lastSeq(restored.entry.sessionId), MESSAGES);
    assertEquals(count(store, "message_usage"), figures);
    assertEquals(store.transcriptIds(KEY).at(-1), restored.entry.sessionId);
    assertEquals(count(store, "transcripts", "session_key LIKE '%ing:'"), 0);
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("a message that comes while a transcript is cut is not lost: the cut is refused", async () => {
  await withStore(async ({ store }) => {
    const sessionId = await longSession(store);
    const cutting = store.compactions.cutTail(KEY, 520);
    const refusal = assertRejects(() => cutting, AppError, "was changed while it was cut");
    await store.appendMessage(KEY, user("late"));
    await refusal;
    assertEquals(store.getSession(KEY)!.sessionId, sessionId);
    assertEquals(store.lastSeq(sessionId), MESSAGES + 1);
    assertEquals(count(store, "transcripts"), 1);
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("a long session is removed with all of it, and what a crash leaves by the next start", async () => {
  await withStore(async (test) => {
    await longSession(test.store);
    await test.store.deleteSession(KEY);
    assertEquals([count(test.store, "transcripts"), count(test.store, "messages")], [0, 0]);

    await longSession(test.store);
    await longSession(test.store);
    const { connection } = test.store.database;
    const [old] = test.store.transcriptIds(KEY);
    connection.run("UPDATE transcripts SET session_key = 'removing:' WHERE session_id = ?", old!);
    connection.run(
      "INSERT INTO transcripts (session_id, session_key, started_at) VALUES ('half', 'copying:', 1)",
    );
    const store = await test.reopen();
    await store.recoverInterruptedRuns(test.clock.now());
    assertEquals(count(store, "transcripts"), 1);
    assertEquals(count(store, "messages"), MESSAGES);
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("a cleanup leaves sessions alone that were written to after it was planned", async () => {
  await withStore(async ({ store, clock }) => {
    const keys = Array.from({ length: 70 }, (_, index) => `agent:main:s${index}`);
    for (const key of keys) await store.resetSession(key, "new", { agentId: "main" });
    clock.advance(1000);
    const cleaning = store.maintenance.apply({
      agentId: "main",
      pruneAfterMs: 500,
      maxSessions: 500,
      keepKeys: new Set(),
      retireDirect: false,
    });
    const message = user("hello");
    const now = clock.now();
    await store.beginRun({ runId: "r", key: keys[69]!, agentId: "main", message, now });
    await cleaning;
    assertEquals(store.countSessions(), 1);
    assertEquals(store.history(keys[69]!, { limit: 2 }).length, 1);
  });
});

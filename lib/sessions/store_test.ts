import { assert, assertEquals, assertExists, assertFalse, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { assistant, START, toolResult, user, withStore } from "./_testing.ts";
import type { SessionStore } from "./store.ts";
import type { RunBeginning, SessionQuery } from "./types.ts";

const KEY = "agent:main:main";

function beginning(runId: string, changes: Partial<RunBeginning> = {}): RunBeginning {
  return { runId, key: KEY, agentId: "main", message: user("hello"), now: START, ...changes };
}

async function turn(store: SessionStore, runId: string, key = KEY, now = START): Promise<void> {
  await store.beginRun(beginning(runId, { key, now, message: user(`ask ${runId}`, now) }));
  await store.endRun({ runId, status: "ok", messages: [assistant(`answer ${runId}`)], now });
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, AppError)).code;
}

Deno.test("beginRun() creates the session, stores the message and opens the run", async () => {
  await withStore(async ({ store, reopen }) => {
    const begun = await store.beginRun(
      beginning("r1", { create: { model: "m", extra: { channel: "irc" } } }),
    );
    assert(begun.created);
    assertEquals(begun.message.seq, 1);
    assertEquals(begun.session.status, "running");
    assertEquals(begun.session.extra, { channel: "irc" });
    const again = await reopen();
    assertEquals(again.getSession(KEY), begun.session);
    assertEquals(again.getRun("r1"), begun.run);
    assertEquals(again.history(KEY, { limit: 5 }), [begun.message]);
  });
});

Deno.test("beginRun() refuses a used run id and writes nothing", async () => {
  await withStore(async ({ store }) => {
    await store.beginRun(beginning("r1"));
    assertEquals(await codeOf(store.beginRun(beginning("r1"))), "RUN_EXISTS");
    assertEquals(
      await codeOf(store.beginRun(beginning("r1", { key: "agent:main:new" }))),
      "RUN_EXISTS",
    );
    assertEquals(store.countSessions(), 1);
    assertEquals(store.getSession("agent:main:new"), undefined);
    assertEquals(store.history(KEY, { limit: 5 }).length, 1);
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("beginRun() accepts one of two equal runs asked for at once", async () => {
  await withStore(async ({ store }) => {
    const results = await Promise.allSettled([
      store.beginRun(beginning("same")),
      store.beginRun(beginning("same")),
      store.beginRun(beginning("other", { key: "agent:main:b" })),
    ]);
    assertEquals(results.map((each) => each.status), ["fulfilled", "rejected", "fulfilled"]);
    assertEquals(store.stats().commits, 1);
    assertEquals(store.history(KEY, { limit: 9 }).length, 1);
  });
});

Deno.test("endRun() adds messages, totals, state and the final answer in one step", async () => {
  await withStore(async ({ store, reopen }) => {
    await store.beginRun(beginning("r1"));
    const ended = await store.endRun({
      runId: "r1",
      status: "ok",
      stopReason: "stop",
      messages: [assistant("a", { stopReason: "toolUse" }), toolResult("t1", "x"), assistant("b")],
      result: { payloads: [{ text: "b" }] },
      now: START + 900,
      contextTokens: 77,
    });
    assertEquals(ended.messages.map((message) => message.seq), [2, 3, 4]);
    const again = await reopen();
    const session = again.getSession(KEY);
    assertEquals(session, ended.session);
    assertEquals(session?.status, "done");
    assertEquals(session?.endedAt, START + 900);
    assertEquals([session?.inputTokens, session?.outputTokens, session?.totalTokens], [20, 10, 10]);
    assertEquals(session?.estimatedCostUsd, 0.5);
    assertEquals([session?.modelProvider, session?.model], ["demo", "small"]);
    assertEquals(session?.contextTokens, 77);
    assertEquals(again.getRun("r1"), {
      runId: "r1",
      sessionKey: KEY,
      sessionId: session!.sessionId,
      startedAt: START,
      status: "ok",
      stopReason: "stop",
      endedAt: START + 900,
      result: { payloads: [{ text: "b" }] },
    });
  });
});

Deno.test("endRun() keeps the figures of the run before when a cut short one has none", async () => {
  await withStore(async ({ store }) => {
    await store.beginRun(beginning("r1"));
    await store.endRun({ runId: "r1", status: "ok", messages: [assistant("a")], now: START });
    await store.beginRun(beginning("r2"));
    const { usage } = assistant("");
    const none = { ...usage, input: 0, output: 0, totalTokens: 0 };
    const part = assistant("part", { stopReason: "aborted", usage: none });
    const ended = await store.endRun({
      runId: "r2",
      status: "timeout",
      messages: [part],
      now: START,
    });
    const { inputTokens, outputTokens, totalTokens } = ended.session!;
    assertEquals([inputTokens, outputTokens, totalTokens], [10, 5, 10]);
  });
});

Deno.test("endRun() maps outcomes to session states", async () => {
  await withStore(async ({ store }) => {
    const aborted = assistant("part", { stopReason: "aborted" });
    const cases = [
      [{ status: "error", error: "no" }, "failed", false],
      [{ status: "timeout", messages: [aborted] }, "timeout", true],
      [{ status: "timeout", sessionStatus: "killed" }, "killed", false],
    ] as const;
    for (const [index, [ending, status, abortedLastRun]] of cases.entries()) {
      const runId = `r${index}`;
      await store.beginRun(beginning(runId));
      const { messages = [] } = ending as { messages?: [typeof aborted] };
      const { session } = await store.endRun({ runId, now: START, ...ending, messages });
      assertEquals([session?.status, session?.abortedLastRun], [status, abortedLastRun]);
    }
  });
});

Deno.test("endRun() refuses unknown and finished runs", async () => {
  await withStore(async ({ store }) => {
    const ending = { status: "ok" as const, messages: [assistant("x")], now: START };
    assertEquals(await codeOf(store.endRun({ runId: "none", ...ending })), "RUN_NOT_FOUND");
    await turn(store, "r1");
    assertEquals(await codeOf(store.endRun({ runId: "r1", ...ending })), "RUN_NOT_FOUND");
    assertEquals(store.history(KEY, { limit: 9 }).length, 2);
  });
});

Deno.test("endRun() writes to the transcript the run began in", async () => {
  await withStore(async ({ store }) => {
    const begun = await store.beginRun(beginning("r1"));
    const reset = await store.resetSession(KEY, "new");
    const ended = await store.endRun({
      runId: "r1",
      status: "ok",
      messages: [assistant("late")],
      now: START,
    });
    assertEquals(ended.messages.map((message) => message.seq), [2]);
    assertEquals(ended.session, reset);
    assertEquals(store.lastSeq(begun.session.sessionId), 2);
    assertEquals(store.lastSeq(reset.sessionId), 0);
  });
});

Deno.test("endRun() ends a run whose session was deleted", async () => {
  await withStore(async ({ store }) => {
    await store.beginRun(beginning("r1"));
    await store.deleteSession(KEY);
    const ended = await store.endRun({
      runId: "r1",
      status: "ok",
      messages: [assistant("late")],
      now: START,
    });
    assertEquals([ended.session, ended.messages], [undefined, []]);
    assertEquals(store.getRun("r1")?.status, "ok");
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("recoverInterruptedRuns() fails what was under way and keeps everything", async () => {
  await withStore(async ({ store, reopen }) => {
    await turn(store, "done");
    await store.beginRun(beginning("cut"));
    const again = await reopen();
    const recovered = await again.recoverInterruptedRuns(START + 5);
    assertEquals(recovered.map((run) => [run.runId, run.status, run.stopReason]), [
      ["cut", "error", "interrupted"],
    ]);
    const session = again.getSession(KEY);
    assertEquals([session?.status, session?.abortedLastRun], ["failed", true]);
    assertEquals(again.history(KEY, { limit: 9 }).length, 3);
    assertEquals(await again.recoverInterruptedRuns(START + 6), []);
    await turn(again, "next");
    const roles = again.contextMessages(session!.sessionId, { maxBytes: 1e6 })
      .map((each) => each.message.role);
    assertEquals(roles, ["user", "assistant", "user", "user", "assistant"]);
  });
});

Deno.test("history() pages back from the newest message", async () => {
  await withStore(async ({ store }) => {
    for (let index = 0; index < 5; index++) await turn(store, `r${index}`);
    const newest = store.history(KEY, { limit: 3 });
    assertEquals(newest.map((message) => message.seq), [8, 9, 10]);
    const older = store.history(KEY, { limit: 4, beforeSeq: newest[0]!.seq });
    assertEquals(older.map((message) => message.seq), [4, 5, 6, 7]);
    assertEquals(store.history("agent:main:none", { limit: 4 }), []);
  });
});

Deno.test("contextMessages() keeps the newest within the budget and tool answers whole", async () => {
  await withStore(async ({ store }) => {
    const { session } = await store.beginRun(beginning("r1"));
    for (let index = 0; index < 150; index++) {
      await store.appendMessage(KEY, assistant(`filler ${index}`));
    }
    await store.appendMessage(KEY, assistant("call", { stopReason: "toolUse" }));
    await store.appendMessage(KEY, toolResult("t1", "y".repeat(5000)));
    await store.appendMessage(KEY, toolResult("t2", "z".repeat(5000)));
    const { sessionId } = session;
    const seqs = (maxBytes: number) =>
      store.contextMessages(sessionId, { maxBytes }).map((message) => message.seq);
    assertEquals(seqs(1), [152, 153, 154]);
    assertEquals(seqs(6000), [152, 153, 154]);
    const fitting = store.contextMessages(sessionId, { maxBytes: 15_000 });
    const bytes = fitting.map((each) => JSON.stringify(each.message).length);
    const total = bytes.reduce((sum, each) => sum + each, 0);
    assert(fitting.length > 3 && total <= 15_000 && total > 15_000 - 400, `${total}`);
    assertEquals(seqs(1e9).length, 154);
    assertEquals(seqs(1e9)[0], 1);
    assertEquals(store.contextMessages("no such id", { maxBytes: 1e9 }), []);
  });
});

Deno.test("appendMessage() adds to the totals and needs a session", async () => {
  await withStore(async ({ store, clock }) => {
    assertEquals(await codeOf(store.appendMessage(KEY, user("x"))), "SESSION_NOT_FOUND");
    await turn(store, "r1");
    clock.advance(50);
    const stored = await store.appendMessage(KEY, assistant("injected"));
    assertEquals(stored.seq, 3);
    assertEquals(store.getSession(KEY)?.inputTokens, 20);
    assertEquals(store.getSession(KEY)?.updatedAt, START + 50);
  });
});

Deno.test("listSessions() is ordered, filtered and counted", async () => {
  await withStore(async ({ store }) => {
    for (let index = 0; index < 9; index++) {
      const agent = index % 3 === 0 ? "ops" : "main";
      const key = `agent:${agent}:s${index}`;
      await store.beginRun(beginning(`r${index}`, { key, agentId: agent, now: START + index }));
    }
    await store.patchSession("agent:main:s1", { label: "100%_Done" });
    const list = (query: object) => {
      const { sessions, total } = store.listSessions({ limit: 2, ...query });
      return [sessions.map((session) => session.key.split(":")[2]).join(), total];
    };
    assertEquals(list({}), ["s8,s7", 9]);
    assertEquals(list({ agentId: "ops" }), ["s6,s3", 3]);
    assertEquals(list({ agentId: "none" }), ["", 0]);
    assertEquals(list({ activeSinceMs: START + 7 }), ["s8,s7", 2]);
    assertEquals(list({ search: "OPS:S" }), ["s6,s3", 3]);
    assertEquals(list({ search: "100%_d" }), ["s1", 1]);
    assertEquals(list({ search: "100_" }), ["", 0]);
    assertEquals(list({ label: "100%_Done" }), ["s1", 1]);
    assertEquals(list({ search: "ops:", agentId: "main" }), ["", 0]);
    const { sessionId } = store.getSession("agent:main:s4")!;
    assertEquals(list({ search: sessionId.slice(4, 20) }), ["s4", 1]);
    assertEquals(store.getSessionById(sessionId)?.key, "agent:main:s4");
    await store.deleteSession("agent:ops:s3");
    assertEquals([store.countSessions(), list({ agentId: "ops" })[1]], [8, 2]);
  });
});

Deno.test("patchSession() sets, keeps and clears fields", async () => {
  await withStore(async ({ store, clock, reopen }) => {
    assertEquals(await codeOf(store.patchSession(KEY, {})), "SESSION_NOT_FOUND");
    await turn(store, "r1");
    await turn(store, "r2", "agent:main:b");
    await store.patchSession(KEY, { label: "Mine", extra: { a: 1, b: { c: [2] } } });
    clock.advance(10);
    await store.patchSession(KEY, { label: "Mine", model: "big", extra: { a: null } });
    const session = (await reopen()).getSession(KEY);
    assertEquals([session?.label, session?.model, session?.updatedAt], ["Mine", "big", START + 10]);
    assertEquals(session?.extra, { b: { c: [2] } });
  });
});

Deno.test("patchSession() refuses a label that another session carries", async () => {
  await withStore(async ({ store }) => {
    await turn(store, "r1");
    await turn(store, "r2", "agent:main:b");
    await store.patchSession(KEY, { label: "Mine" });
    const taken = store.patchSession("agent:main:b", { label: "Mine", model: "big" });
    assertEquals(await codeOf(taken), "SESSION_LABEL_IN_USE");
    assertEquals(store.getSession("agent:main:b")?.model, "small");
    await store.patchSession(KEY, { label: null, modelProvider: null });
    assertFalse("label" in store.getSession(KEY)! || "modelProvider" in store.getSession(KEY)!);
    await store.patchSession("agent:main:b", { label: "Mine" });
    assertEquals(store.getSession("agent:main:b")?.label, "Mine");
  });
});

Deno.test("resetSession() starts an empty transcript and keeps the old one", async () => {
  await withStore(async ({ store, clock }) => {
    await turn(store, "r1");
    const old = await store.patchSession(KEY, { label: "L", extra: { thinkingLevel: "low" } });
    clock.advance(100);
    const fresh = await store.resetSession(KEY, "new");
    assert(fresh.sessionId !== old.sessionId);
    assertEquals([fresh.label, fresh.extra], ["L", { thinkingLevel: "low" }]);
    assertEquals([fresh.totalTokens, fresh.estimatedCostUsd, fresh.status], [0, 0, undefined]);
    assertEquals([fresh.createdAt, fresh.sessionStartedAt], [START, START + 100]);
    assertEquals(store.getSession(KEY), fresh);
    assertEquals(store.history(KEY, { limit: 9 }), []);
    assertEquals(store.transcriptIds(KEY), [old.sessionId, fresh.sessionId]);
    assertEquals(store.lastSeq(old.sessionId), 2);
    assertEquals(store.getSessionById(old.sessionId)?.key, KEY);
    assertEquals([...store.exportSession(KEY, { sessionId: old.sessionId })].length, 3);
  });
});

Deno.test("resetSession() creates a session only when it is told the agent", async () => {
  await withStore(async ({ store }) => {
    assertEquals(await codeOf(store.resetSession(KEY, "new")), "SESSION_NOT_FOUND");
    const created = await store.resetSession(KEY, "new", { agentId: "main" });
    assertEquals(store.getSession(KEY), created);
  });
});

Deno.test("deleteSession() removes transcripts and what is found in them", async () => {
  await withStore(async ({ store }) => {
    await turn(store, "first");
    await store.resetSession(KEY, "new");
    await turn(store, "second");
    await turn(store, "kept", "agent:main:b");
    const { deleted, sessionIds } = await store.deleteSession(KEY);
    assertEquals([deleted, sessionIds.length], [true, 2]);
    assertEquals(store.getSession(KEY), undefined);
    assertEquals(store.lastSeq(sessionIds[0]!), 0);
    assertEquals(store.searchMessages("first", { limit: 9 }), []);
    assertEquals(store.searchMessages("kept", { limit: 9 }).length, 2);
    assertEquals(await store.deleteSession(KEY), { deleted: false, sessionIds: [] });
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("deleteSession() can keep the transcripts", async () => {
  await withStore(async ({ store }) => {
    await turn(store, "first");
    const { sessionIds } = await store.deleteSession(KEY, { keepTranscripts: true });
    assertEquals(store.lastSeq(sessionIds[0]!), 2);
    await turn(store, "second");
    assertEquals(store.history(KEY, { limit: 9 }).length, 2);
    assertEquals(store.transcriptIds(KEY).length, 2);
  });
});

Deno.test("rememberResult() answers repeats until their time is over", async () => {
  await withStore(async ({ store, reopen }) => {
    await store.rememberResult("send", "k", { ok: [1] }, { ttlMs: 100, now: START });
    await store.rememberResult("poll", "k", null, { ttlMs: 100, now: START });
    const again = await reopen();
    assertEquals(again.recallResult("send", "k", START + 99), { result: { ok: [1] } });
    assertEquals(again.recallResult("poll", "k", START + 99), { result: null });
    assertEquals(again.recallResult("send", "k", START + 100), undefined);
    assertEquals(again.recallResult("chat", "k", START), undefined);
    await again.rememberResult("send", "k", 2, { ttlMs: 500, now: START });
    assertEquals(again.recallResult("send", "k", START + 400), { result: 2 });
  });
});

Deno.test("rememberResult() keeps the newest 1000", async () => {
  await withStore(async ({ store }) => {
    const options = { ttlMs: 1e6, now: START };
    await Promise.all(
      Array.from({ length: 1200 }, (_, i) => store.rememberResult("s", `k${i}`, i, options)),
    );
    const kept = Array.from({ length: 1200 }, (_, i) => store.recallResult("s", `k${i}`, START));
    assertEquals(kept.filter((each) => each !== undefined).length, 1000);
    assertEquals(kept[199], undefined);
    assertEquals(kept[200], { result: 200 });
  });
});

Deno.test("endRun() forgets runs a week after their end", async () => {
  await withStore(async ({ store }) => {
    await turn(store, "old");
    await store.beginRun(beginning("open", { key: "agent:main:open" }));
    const later = START + 8 * 24 * 3_600_000;
    await Promise.all(Array.from({ length: 255 }, (_, i) => turn(store, `n${i}`, KEY, later)));
    assertEquals(store.getRun("old"), undefined);
    assertExists(store.getRun("open"));
    assertExists(store.getRun("n0"));
  });
});

Deno.test("searchMessages() finds words, beginnings and characters, newest first", async () => {
  await withStore(async ({ store }) => {
    const texts = [
      "Deploy the GATEWAY-server now",
      "deploy again: Café 東京タワー",
      'say "AND" NOT *',
    ];
    for (const [index, text] of texts.entries()) {
      await store.beginRun(beginning(`r${index}`, { message: user(text, START + index) }));
    }
    const found = (query: string, limit = 9) =>
      store.searchMessages(query, { limit }).map((hit) => hit.seq);
    assertEquals(found("deploy"), [2, 1]);
    assertEquals(found("deploy", 1), [2]);
    assertEquals(found("gateway serv"), [1]);
    assertEquals(found("gateway-server"), [1]);
    assertEquals(found("cafe"), [2]);
    assertEquals(found("京タ"), [2]);
    assertEquals(found("京ワ"), []);
    assertEquals(found('"AND" NOT'), [3]);
    for (const query of ["", "  ", '"', "*", "()", "NEAR(", "text:x OR", "-", "\u0301", "\ud800"]) {
      assertEquals(found(query), [], query);
    }
    const [hit] = store.searchMessages("gateway", { limit: 1 });
    assertEquals(hit, {
      sessionKey: KEY,
      sessionId: store.getSession(KEY)!.sessionId,
      id: store.history(KEY, { limit: 9 })[0]!.id,
      seq: 1,
      role: "user",
      timestamp: START,
      snippet: texts[0]!,
    });
  });
});

Deno.test("exportSession() writes transcript lines that form a chain", async () => {
  await withStore(async ({ store }) => {
    for (let index = 0; index < 40; index++) await turn(store, `r${index}`);
    const { sessionId } = store.getSession(KEY)!;
    const lines = [...store.exportSession(KEY, { cwd: "/srv/agent" })].map((line) => {
      assertFalse(line.includes("\n"));
      return JSON.parse(line);
    });
    assertEquals(lines[0], {
      type: "session",
      version: 3,
      id: sessionId,
      timestamp: "2025-06-15T15:06:40.000Z",
      cwd: "/srv/agent",
    });
    assertEquals(lines.length, 81);
    assertEquals(lines[1].parentId, null);
    assertEquals(lines[1].message, user("ask r0"));
    for (const [index, line] of lines.entries()) {
      if (index > 1) assertEquals(line.parentId, lines[index - 1].id);
      if (index > 0) assert(/^[0-9a-f]{8}$/.test(line.id));
    }
    assertEquals(new Set(lines.map((line) => line.id)).size, 81);
  });
});

Deno.test("close() commits what waits and refuses later writes", async () => {
  await withStore(async ({ store, reopen }) => {
    const waiting = store.beginRun(beginning("r1"));
    store.close();
    store.close();
    assertEquals((await waiting).message.seq, 1);
    const error = await assertRejects(() => store.beginRun(beginning("r2")), AppError);
    assertEquals([error.code, error.retryable], ["STORE_WRITE_FAILED", true]);
    assertExists((await reopen()).getRun("r1"));
  });
});

Deno.test("stats() tells sizes and counts", async () => {
  await withStore(async ({ store }) => {
    await turn(store, "r1");
    await store.beginRun(beginning("r2"));
    const stats = store.stats();
    assert(stats.sizeBytes > 0 && stats.freeBytes >= 0);
    assertEquals([stats.sessions, stats.openRuns, stats.pendingWrites], [1, 1, 0]);
    assertEquals([stats.commits, stats.writes, stats.failedCommits], [3, 3, 0]);
    assert(stats.schemaVersion >= 1);
  });
});

Deno.test("patchSession() with an agent begins a session, in the same step or not at all", async () => {
  await withStore(async ({ store, clock }) => {
    await store.patchSession("agent:main:a", { label: "L" }, { agentId: "main" });
    const taken = () => store.patchSession("agent:main:b", { label: "L" }, { agentId: "main" });
    await assertRejects(taken, AppError, "label already in use");
    assertEquals(store.getSession("agent:main:b"), undefined);
    const run = { runId: "r", key: "agent:main:c", agentId: "main", message: user("hi") };
    // Asked for while nobody has the session yet: the message stays in it.
    await Promise.all([
      store.beginRun({ ...run, now: clock.now() }),
      store.patchSession("agent:main:c", { extra: { thinkingLevel: "low" } }, { agentId: "main" }),
    ]);
    assertEquals(store.history("agent:main:c", { limit: 9 }).length, 1);
  });
});

Deno.test("patchSession() decides on what others have left", async () => {
  await withStore(async ({ store }) => {
    await store.resetSession("agent:main:a", "new", { agentId: "main" });
    const add = () =>
      store.patchSession("agent:main:a", ({ extra }) => ({
        extra: { count: Number(extra.count ?? 0) + 1 },
      }));
    await Promise.all([add(), add(), add()]);
    assertEquals(store.getSession("agent:main:a")!.extra.count, 3);
  });
});

Deno.test("endRun() leaves a session running while another run of it has not ended", async () => {
  await withStore(async ({ store, clock }) => {
    const now = clock.now();
    const begin = (runId: string) =>
      store.beginRun({ runId, key: "agent:main:a", agentId: "main", message: user("hi"), now });
    await begin("r1");
    await begin("r2");
    const end = (runId: string) =>
      store.endRun({ runId, status: "ok", messages: [assistant("ho")], now });
    assertEquals((await end("r1")).session?.status, "running");
    assertEquals((await end("r2")).session?.status, "done");
  });
});

Deno.test("listSessions() finds what a session began, and leaves out other agents", async () => {
  await withStore(async ({ store }) => {
    const make = (agentId: string, name: string, extra = {}) =>
      store.patchSession(`agent:${agentId}:${name}`, { extra }, { agentId });
    await make("main", "a");
    await make("main", "b", { spawnedBy: "agent:main:a" });
    await make("gone", "c", { parentSessionKey: "agent:main:a" });
    const keys = (query: Partial<SessionQuery>) => {
      const { sessions, total } = store.listSessions({ limit: 10, ...query });
      assertEquals(total, sessions.length);
      return sessions.map(({ key }) => key).sort();
    };
    assertEquals(keys({ spawnedBy: "agent:main:a" }), ["agent:gone:c", "agent:main:b"]);
    assertEquals(keys({ agentIds: ["main"] }), ["agent:main:a", "agent:main:b"]);
  });
});

Deno.test("descendantsOf() and isBelow() follow who began a session, also in a circle", async () => {
  await withStore(async ({ store }) => {
    const begin = (key: string, extra: Record<string, unknown>) =>
      store.patchSession(key, { extra }, { agentId: "main" });
    await begin("agent:main:a", {});
    await begin("agent:main:b", { spawnedBy: "agent:main:a" });
    await begin("agent:main:c", { parentSessionKey: "agent:main:b" });
    await begin("agent:main:d", { spawnedBy: "agent:main:x", parentSessionKey: "agent:main:a" });
    await begin("agent:main:o1", { spawnedBy: "agent:main:o2" });
    await begin("agent:main:o2", { spawnedBy: "agent:main:o1" });
    const below = (key: string, limit = 10) => store.descendantsOf(key, { limit });
    assertEquals(below("agent:main:a"), ["agent:main:b", "agent:main:c"]);
    assertEquals(below("agent:main:a", 1), ["agent:main:b"]);
    assertEquals(below("agent:main:o1").sort(), ["agent:main:o1", "agent:main:o2"]);
    assertEquals(below("agent:main:none"), []);
    assertEquals(store.isBelow("agent:main:c", "agent:main:a"), true);
    assertEquals(store.isBelow("agent:main:d", "agent:main:a"), false);
    assertEquals(store.isBelow("agent:main:a", "agent:main:a"), false);
    assertEquals(store.isBelow("agent:main:o1", "agent:main:a"), false);
  });
});

Deno.test("messageAt() is one message, by its place", async () => {
  await withStore(async ({ store }) => {
    const key = "agent:main:a";
    const { sessionId } = await store.patchSession(key, {}, { agentId: "main" });
    for (const text of ["one", "two"]) {
      await store.appendMessage(key, {
        role: "user",
        content: [{ type: "text", text }],
        timestamp: 1,
      });
    }
    const at = (seq: number) => store.messageAt(sessionId, seq)?.message.content;
    assertEquals(at(2), [{ type: "text", text: "two" }]);
    assertEquals([at(0), at(3), at(-1), store.messageAt("none", 1)], [
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { START, user, withFolder, withStore } from "../_testing.ts";
import type { SessionStore } from "../store.ts";
import {
  Conversation,
  richConversation,
  sessionEntry,
  sessionIdOf,
  writeState,
} from "./_testing.ts";
import {
  findSessionFolders,
  hasSessionFolders,
  type ImportOptions,
  importSessions,
} from "./mod.ts";

const ID = sessionIdOf(1);
const MAIN = "agent:main:main";
const DIR = "agents/main/sessions";

interface World {
  store: SessionStore;
  /** The folder of the earlier gateway. */
  from: string;
  take(options?: ImportOptions): Promise<string[]>;
}

/** Runs a test on an empty store and an earlier gateway's folder. */
async function withWorld(test: (world: World) => Promise<void>): Promise<void> {
  await withFolder((from) =>
    withStore(async ({ store, clock }) => {
      await test({
        store,
        from,
        async take(options = {}) {
          const folders = await findSessionFolders(from);
          const { items } = await importSessions({
            store: store.database,
            clock,
            folders,
            ...options,
          });
          assertEquals(store.findProblems(), []);
          return items.map(({ action, unit, messages }) => `${action} ${unit} ${messages}`);
        },
      });
    })
  );
}

/** A state folder with one session. */
async function writeMain(from: string, talk: Conversation, updatedAt = START): Promise<void> {
  await writeState(from, {
    [`${DIR}/sessions.json`]: { [MAIN]: sessionEntry(ID, updatedAt) },
    [`${DIR}/${ID}.jsonl`]: talk.text,
  });
}

function texts(store: SessionStore, key = MAIN): string[] {
  return store.history(key, { limit: 100 }).map(({ message }) =>
    `${message.role}: ${
      message.content.map((part) => part.type === "text" ? part.text : part.type)
    }`
  );
}

Deno.test("importSessions() takes the conversation of a tree and gives every line back", async () => {
  await withWorld(async ({ store, from, take }) => {
    const talk = richConversation(ID);
    await writeMain(from, talk);
    assertEquals(await take(), [`import ${MAIN} 8`]);
    assertEquals(texts(store), [
      "user: first",
      "user: second",
      "assistant: toolCall",
      "toolResult: soul",
      "assistant: done",
      "compaction: they spoke",
      "user: third",
      "assistant: partial",
    ]);
    const stored = store.history(MAIN, { limit: 100 });
    const summary = stored[5]!.message;
    assertEquals(summary.role === "compaction" && summary.firstKeptSeq, 5);
    assertEquals(store.getSession(MAIN)?.sessionId, ID);
    const exported = [...store.exportSession(MAIN)].map((line) => JSON.parse(line));
    const shape = (lines: Record<string, unknown>[]) =>
      lines.map(({ id, parentId, type, message }) => ({ id, parentId, type, message }));
    assertEquals(shape(exported), shape(talk.lines.map((line) => ({ ...line }))));
  });
});

Deno.test("importSessions() keeps what the session is, without its ballast", async () => {
  await withWorld(async ({ store, from, take }) => {
    const fields = {
      label: "work",
      thinkingLevel: "high",
      providerOverride: "fake",
      modelOverride: "m",
      status: "running",
      lastChannel: "irc",
    };
    await writeState(from, {
      [`${DIR}/sessions.json`]: { Main: sessionEntry(ID, START + 5, fields) },
      [`${DIR}/${ID}.jsonl`]: new Conversation(ID).text,
    });
    assertEquals(await take(), [`import ${MAIN} 0`]);
    const session = store.getSession(MAIN)!;
    assertEquals([session.label, session.status, session.abortedLastRun], ["work", "failed", true]);
    assertEquals([session.updatedAt, session.totalTokens], [START + 5, 10]);
    assertEquals(session.extra, {
      thinkingLevel: "high",
      modelOverride: "fake/m",
      lastChannel: "irc",
    });
  });
});

Deno.test("importSessions() changes nothing a second time, and adds what a file has grown by", async () => {
  await withWorld(async ({ store, from, take }) => {
    const talk = richConversation(ID);
    await writeMain(from, talk);
    await take();
    const before = store.stats().writes;
    assertEquals(await take(), [`same ${MAIN} 0`]);
    assertEquals(store.stats().writes, before);
    talk.user("fourth");
    talk.assistant("more");
    await writeMain(from, talk, START + 9);
    assertEquals(await take({ dryRun: true }), [`append ${MAIN} 2`]);
    assertEquals(texts(store).length, 8);
    assertEquals(await take(), [`append ${MAIN} 2`]);
    assertEquals(texts(store).slice(-2), ["user: fourth", "assistant: more"]);
    assertEquals(store.getSession(MAIN)?.updatedAt, START + 9);
    assertEquals(await take(), [`same ${MAIN} 0`]);
  });
});

Deno.test("importSessions() leaves a line that is being written for the next time", async () => {
  await withWorld(async ({ store, from, take }) => {
    const talk = new Conversation(ID);
    talk.user("one");
    const whole = talk.text;
    talk.assistant("two");
    await writeMain(from, talk);
    const path = join(from, DIR, `${ID}.jsonl`);
    await Deno.writeTextFile(path, talk.text.slice(0, whole.length + 40));
    assertEquals(await take(), [`import ${MAIN} 1`]);
    await Deno.writeTextFile(path, talk.text.trimEnd());
    assertEquals(await take(), [`append ${MAIN} 1`]);
    await Deno.writeTextFile(path, talk.text);
    assertEquals(await take(), [`same ${MAIN} 0`]);
    assertEquals(texts(store), ["user: one", "assistant: two"]);
  });
});

Deno.test("importSessions() takes the good lines of a damaged file and tells of the bad ones", async () => {
  await withFolder((from) =>
    withStore(async ({ store, clock }) => {
      const talk = new Conversation(ID);
      talk.user("one");
      talk.assistant("two");
      talk.user("three");
      await writeMain(from, talk);
      const path = join(from, DIR, `${ID}.jsonl`);
      const lines = talk.text.trimEnd().split("\n");
      const encoder = new TextEncoder();
      await Deno.writeFile(
        path,
        new Uint8Array([
          ...encoder.encode(`${lines[0]}\n${lines[1]}\n{"type":"mess\n[1]\n`),
          ...[0xff, 0xfe, 0x0a],
          ...encoder.encode(`${lines[3]}\n`),
        ]),
      );
      const folders = await findSessionFolders(from);
      const { damaged } = await importSessions({ store: store.database, clock, folders });
      assertEquals(damaged.map(({ line, reason }) => [line, reason]), [
        [3, "it is no JSON object"],
        [4, "it is no JSON object"],
        [5, "it is no text"],
      ]);
      assertEquals(damaged[0]!.file, path);
      // The answer is lost, what was said before it is not.
      assertEquals(texts(store), ["user: one", "user: three"]);
      const kept = store.database.connection.all<{ line: number }>(
        "SELECT line FROM transcript_lines WHERE kind = 'damaged' ORDER BY line",
      );
      assertEquals(kept.map(({ line }) => line), [3, 4, 5]);
    })
  );
});

Deno.test("importSessions() does not mix two continuations, unless the session is named", async () => {
  await withWorld(async ({ store, from, take }) => {
    const talk = new Conversation(ID);
    talk.user("one");
    await writeMain(from, talk);
    await take();
    await store.appendMessage(MAIN, user("here"));
    talk.user("there");
    await writeMain(from, talk, START + 9);
    assertEquals(await take(), [`conflict ${MAIN} 0`]);
    assertEquals(texts(store), ["user: one", "user: here"]);
    assertEquals(await take({ force: new Set([MAIN]) }), [`import ${MAIN} 2`]);
    assertEquals(texts(store), ["user: one", "user: there"]);
    const [replaced] = store.transcriptIds(MAIN);
    const old = [...store.exportSession(MAIN, { sessionId: replaced! })];
    assertStringIncludes(old.at(-1)!, "here");
    assertEquals(await take(), [`same ${MAIN} 0`]);
  });
});

Deno.test("importSessions() puts an older conversation behind the newer one that is here", async () => {
  await withWorld(async ({ store, from, take }) => {
    await store.patchSession(MAIN, { label: "here" }, { agentId: "main" });
    const here = store.getSession(MAIN)!.sessionId;
    await store.appendMessage(MAIN, user("newer"));
    const talk = new Conversation(ID);
    talk.user("older");
    await writeMain(from, talk, START - 9);
    assertEquals(await take(), [`conflict ${MAIN} 1`]);
    assertEquals(store.getSession(MAIN)?.sessionId, here);
    assertEquals(store.transcriptIds(MAIN).length, 2);
    assertEquals(await take(), [`same ${MAIN} 0`]);
    assertEquals(await take({ force: new Set([MAIN]) }), [`update ${MAIN} 0`]);
    assertEquals(texts(store), ["user: older"]);
  });
});

Deno.test("importSessions() follows a reset, archives included, and takes no deleted conversation", async () => {
  await withWorld(async ({ store, from, take }) => {
    const talk = new Conversation(ID);
    talk.user("before");
    await writeMain(from, talk);
    await take();
    const next = sessionIdOf(2);
    const after = new Conversation(next);
    after.user("after");
    await Deno.rename(
      join(from, DIR, `${ID}.jsonl`),
      join(from, DIR, `${ID}.jsonl.reset.2026-11-22T08-30-00.000Z`),
    );
    const gone = new Conversation(sessionIdOf(3));
    await writeState(from, {
      [`${DIR}/sessions.json`]: { [MAIN]: sessionEntry(next, START + 60_000) },
      [`${DIR}/${next}.jsonl`]: after.text,
      [`${DIR}/${sessionIdOf(3)}.jsonl.deleted.2026-11-22T08-30-00.000Z`]: gone.text,
      [`${DIR}/${sessionIdOf(4)}.jsonl.reset.2026-01-22T08-30-00.000Z`]: richConversation(
        sessionIdOf(4),
      ).text,
    });
    const archive = `agent:main:archived:${sessionIdOf(4)}`;
    const items = await take();
    assertEquals(items.slice(1), [
      `import ${MAIN} 1`,
      `same agent:main:archived:${ID} (${ID}) 0`,
      `import ${archive} (${sessionIdOf(4)}) 8`,
    ]);
    assertStringIncludes(items[0]!, "skip");
    assertEquals(store.transcriptIds(MAIN), [ID, next]);
    assertEquals(texts(store), ["user: after"]);
    const lines = [...store.exportSession(archive, { sessionId: sessionIdOf(4) })];
    assertEquals(lines.length, richConversation(sessionIdOf(4)).lines.length);
    assertEquals(store.searchMessages("spoke", { limit: 5 })[0]?.sessionKey, archive);
  });
});

Deno.test("importSessions() tells conversations apart whose file kept its name over a reset", async () => {
  await withWorld(async ({ store, from, take }) => {
    await writeMain(from, richConversation(ID));
    await take();
    const next = sessionIdOf(2);
    const after = new Conversation(next);
    after.user("after");
    const file = join(from, DIR, `${ID}.jsonl`);
    await Deno.rename(file, `${file}.reset.2026-11-22T08-30-00.000Z`);
    await writeState(from, {
      [`${DIR}/sessions.json`]: {
        [MAIN]: sessionEntry(next, START + 9, { sessionFile: `/old/${ID}.jsonl` }),
      },
      [`${DIR}/${ID}.jsonl`]: after.text,
    });
    assertEquals(await take(), [`import ${MAIN} 1`, `same ${MAIN} (${ID}) 0`]);
    assertEquals(store.transcriptIds(MAIN), [ID, next]);
    assertEquals(texts(store), ["user: after"]);
  });
});

Deno.test("importSessions() does not bring back what was removed here", async () => {
  await withWorld(async ({ store, from, take }) => {
    await writeMain(from, richConversation(ID));
    await take();
    await store.deleteSession(MAIN);
    assertEquals(await take(), [`skip ${MAIN} 0`]);
    assertEquals(await take({ force: new Set([MAIN]) }), [`import ${MAIN} 8`]);
  });
});

Deno.test("importSessions() that ends half way leaves nothing half, and goes on the next time", async () => {
  await withWorld(async ({ store, from, take }) => {
    const other = sessionIdOf(2);
    const long = new Conversation(other);
    for (let i = 0; i < 600; i++) long.user(`message ${i}`);
    await writeState(from, {
      [`${DIR}/sessions.json`]: {
        [MAIN]: sessionEntry(ID, START + 1),
        "agent:main:long": sessionEntry(other, START),
      },
      [`${DIR}/${ID}.jsonl`]: richConversation(ID).text,
      [`${DIR}/${other}.jsonl`]: long.text,
    });
    const stop = new AbortController();
    await assertRejects(() => take({ signal: stop.signal, onItem: () => stop.abort() }));
    assertEquals(store.countSessions(), 1);
    assertEquals(store.findProblems(), []);
    assertEquals(await take(), [`same ${MAIN} 0`, "import agent:main:long 600"]);
    assertEquals(texts(store, "agent:main:long").at(-1), "user: message 599");
  });
});

Deno.test("importSessions() refuses links, ids that are none and lists that are broken, each by name", async () => {
  await withWorld(async ({ from, take }) => {
    await writeState(from, {
      "outside.jsonl": richConversation(ID).text,
      [`${DIR}/sessions.json`]: {
        [MAIN]: sessionEntry(ID, START),
        "agent:main:bad": sessionEntry("../../etc/passwd", START),
        "agent:other:": sessionEntry(sessionIdOf(2), START),
        "agent:main:lost": sessionEntry(sessionIdOf(3), START),
      },
      "agents/ops/sessions/sessions.json": "{not json",
    });
    await Deno.symlink(join(from, "outside.jsonl"), join(from, DIR, `${ID}.jsonl`));
    const items = await take();
    assert(items.every((item) => item.startsWith("skip ")), items.join("\n"));
    assertEquals(items.length, 5);
  });
});

Deno.test("hasSessionFolders() is true until the folders were taken over", async () => {
  await withWorld(async ({ store, from, take }) => {
    assertEquals(await hasSessionFolders(store.database, from), false);
    await writeMain(from, richConversation(ID));
    assertEquals(await hasSessionFolders(store.database, from), true);
    await take({ isOwnState: true } as ImportOptions);
    assertEquals(await hasSessionFolders(store.database, from), false);
  });
});

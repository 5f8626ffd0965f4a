import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { ManualClock } from "../../base/testing.ts";
import { SessionStore } from "../../sessions/mod.ts";
import { Startup } from "../startup.ts";
import { takeOverSessions } from "./sessions.ts";

const ID = "0f0f0f0f-0000-4000-8000-000000000000";

/** Runs a test in a state folder with an open store. */
async function withState(
  test: (
    state: { stateDir: string; store: SessionStore; take: () => ReturnType<typeof begin> },
  ) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "takeover-test-" });
  const store = await SessionStore.open({ stateDir, clock: new ManualClock() });
  try {
    await test({ stateDir, store, take: () => begin(stateDir, store) });
  } finally {
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}

async function begin(stateDir: string, store: SessionStore) {
  const lines: string[] = [];
  const note = (text: string) => void lines.push(text);
  const log = { debug: note, info: note, warn: note, error: note, child: () => log } as never;
  const startup = new Startup();
  const takeover = await takeOverSessions({
    stateDir,
    store: store.database,
    clock: new ManualClock(),
    log,
    startup,
  });
  return { takeover, startup, lines };
}

async function writeSession(stateDir: string): Promise<void> {
  const dir = join(stateDir, "agents", "main", "sessions");
  await Deno.mkdir(dir, { recursive: true });
  const entry = { sessionId: ID, updatedAt: 5 };
  await Deno.writeTextFile(join(dir, "sessions.json"), JSON.stringify({ main: entry }));
  const message = { role: "user", content: "hello", timestamp: 5 };
  await Deno.writeTextFile(
    join(dir, `${ID}.jsonl`),
    `${JSON.stringify({ type: "session", version: 3, id: ID })}\n` +
      `${JSON.stringify({ type: "message", id: "11111111", parentId: null, message })}\nbroken\n`,
  );
}

Deno.test("takeOverSessions() holds the start up until sessions are there, once", async () => {
  await withState(async ({ stateDir, store, take }) => {
    await writeSession(stateDir);
    const first = await take();
    assertEquals(first.startup.pending, ["session-import"]);
    await first.takeover.done;
    assertEquals(first.startup.pending, []);
    assertEquals(store.history("agent:main:main", { limit: 5 }).length, 1);
    assertMatch(first.lines.join("\n"), /conversations 1, messages 1/);
    assertMatch(first.lines.join("\n"), /jsonl:3: it is no JSON object/);
    const second = await take();
    assertEquals([second.startup.pending, second.lines], [[], []]);
  });
});

Deno.test("takeOverSessions() does nothing in a folder without sessions", async () => {
  await withState(async ({ take }) => {
    const { startup, lines } = await take();
    assertEquals([startup.pending, lines], [[], []]);
  });
});

Deno.test("takeOverSessions() that is stopped goes on at the next start", async () => {
  await withState(async ({ stateDir, store, take }) => {
    await writeSession(stateDir);
    const first = await take();
    await first.takeover.stop();
    assertEquals(first.startup.pending, []);
    assertEquals(store.countSessions(), 0);
    const second = await take();
    await second.takeover.done;
    assertEquals(store.countSessions(), 1);
  });
});

Deno.test("takeOverSessions() lets a gateway start whose folder cannot be read", async () => {
  await withState(async ({ stateDir, take }) => {
    await Deno.writeTextFile(join(stateDir, "agents"), "no folder");
    const { startup, lines } = await take();
    assertEquals(startup.pending, []);
    assertMatch(lines.join("\n"), /cannot take over sessions/);
  });
});

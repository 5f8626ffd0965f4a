/**
 * Kills a writing process at random moments: what it acknowledged must be there afterwards.
 *
 * `CRASH_ROUNDS` sets the number of kills, `CRASH_SEED` repeats a printed seed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { systemClock as clock } from "../../lib/platform/mod.ts";
import { SessionStore } from "../../lib/sessions/mod.ts";
import { type Line, replyToken, textOf } from "./_store_child.ts";
import { killAfter } from "./_killing.ts";

const CHILD = fromFileUrl(new URL("./_store_child.ts", import.meta.url));
const ROUNDS = Number(Deno.env.get("CRASH_ROUNDS") ?? 15);
const SEED = Number(Deno.env.get("CRASH_SEED") ?? Math.floor(Math.random() * 2 ** 31));
/** Longest time between the first acknowledgement and the kill. */
const MAX_LIFE_MS = 300;

/** Numbers in [0, 1) that a seed repeats. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function checkMessage(store: SessionStore, key: string, seq: number, id: string, token: string) {
  const [stored] = store.history(key, { limit: 1, beforeSeq: seq + 1 });
  assertEquals([stored?.seq, stored?.id], [seq, id], token);
  const part = stored?.message.content[0];
  assertEquals(part?.type === "text" && part.text, textOf(token));
  const hits = store.searchMessages(token, { limit: 3 }).map((hit) => [hit.sessionKey, hit.seq]);
  assert(hits.some((hit) => hit[0] === key && hit[1] === seq), `${token} is not found by search`);
}

function checkLine(store: SessionStore, line: Line): void {
  if (line.kind === "begun") {
    assert(store.getRun(line.runId) !== undefined, line.runId);
    checkMessage(store, line.key, line.seq, line.id, line.runId);
  } else if (line.kind === "ended") {
    assertEquals(store.getRun(line.runId)?.result, line.runId);
    checkMessage(store, line.key, line.seq, line.id, replyToken(line.runId));
  } else if (line.kind === "appended") {
    checkMessage(store, line.key, line.seq, line.id, line.token);
  } else if (line.kind === "remembered") {
    const kept = store.recallResult("test", line.token, clock.now());
    assertEquals(kept, { result: line.token });
  }
}

/** Opens the store as the next start does and holds it against what was acknowledged. */
async function checkStore(stateDir: string, lines: Line[]): Promise<void> {
  const store = await SessionStore.open({ stateDir, clock });
  try {
    assertEquals(store.findProblems(), []);
    for (const line of lines) checkLine(store, line);
    const open = store.stats().openRuns;
    assertEquals((await store.recoverInterruptedRuns(clock.now())).length, open);
    const { sessions } = store.listSessions({ limit: 100 });
    assertEquals(sessions.filter((session) => session.status === "running"), []);
  } finally {
    store.close();
  }
}

Deno.test("SessionStore keeps what it acknowledged when the process is killed", async () => {
  console.log(`seed ${SEED}, ${ROUNDS} rounds`);
  const random = randomNumbers(SEED);
  const stateDir = await Deno.makeTempDir({ prefix: "store-kill-" });
  try {
    let acknowledged = 0;
    let all: Line[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await killAfter<Line>(
        [CHILD, "write", stateDir, String(round)],
        random() * MAX_LIFE_MS,
      );
      assert(lines.length > 0, "nothing was acknowledged");
      await checkStore(stateDir, lines);
      acknowledged += lines.length;
      all = all.concat(lines.filter((line) => line.kind !== "remembered"));
    }
    await checkStore(stateDir, all);
    console.log(`${acknowledged} acknowledgements, none lost`);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

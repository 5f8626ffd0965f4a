/**
 * Kills a process that copies and removes long transcripts in slices: afterwards the session is what it
 * was before a step or after it, never in between, and nothing half done is left.
 *
 * `CRASH_ROUNDS` sets the number of kills, `CRASH_SEED` repeats a printed seed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { systemClock as clock } from "../../lib/platform/mod.ts";
import { SessionStore } from "../../lib/sessions/mod.ts";
import { ensureSession, KEPT, KEY, MESSAGES } from "./_transcript_child.ts";

const CHILD = fromFileUrl(new URL("./_transcript_child.ts", import.meta.url));
const ROUNDS = Number(Deno.env.get("CRASH_ROUNDS") ?? 8);
const SEED = Number(Deno.env.get("CRASH_SEED") ?? Math.floor(Math.random() * 2 ** 31));
/** Longest time between the beginning and the kill. */
const MAX_LIFE_MS = 700;

async function killAfter(stateDir: string, lifeMs: number): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, stateDir],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let killer: ReturnType<typeof setTimeout> | undefined;
  for await (const _chunk of child.stdout) {
    killer ??= setTimeout(() => child.kill("SIGKILL"), lifeMs);
  }
  clearTimeout(killer);
  assertEquals((await child.status).signal, "SIGKILL", "the child ended by itself");
}

/** Looks at the store as the next start does. */
async function checkStore(stateDir: string): Promise<void> {
  const store = await SessionStore.open({ stateDir, clock });
  try {
    await store.recoverInterruptedRuns(clock.now());
    assertEquals(store.findProblems(), []);
    const { connection } = store.database;
    const loose = "SELECT count(*) FROM transcripts WHERE session_key NOT LIKE 'agent:%'";
    assertEquals(connection.number(loose), 0);
    for (const { key, sessionId } of store.listSessions({ limit: 100 }).sessions) {
      const length = store.lastSeq(sessionId);
      assert(length === MESSAGES || (key === KEY && length === KEPT), `${key} has ${length}`);
    }
    // One that was being deleted is whole, or gone.
    const orphans = connection.number(
      `SELECT count(*) FROM transcripts AS t WHERE NOT EXISTS
        (SELECT 1 FROM sessions AS s WHERE s.key = t.session_key)`,
    );
    assertEquals(orphans, 0);
  } finally {
    store.close();
  }
}

Deno.test("transcripts that are copied and removed in slices survive a kill at any moment", async () => {
  console.log(`seed ${SEED}`);
  const stateDir = await Deno.makeTempDir({ prefix: "transcript-kill-" });
  let random = SEED >>> 0;
  try {
    const store = await SessionStore.open({ stateDir, clock });
    await ensureSession(store);
    store.close();
    for (let round = 0; round < ROUNDS; round++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      await killAfter(stateDir, Math.floor(random / 2 ** 32 * MAX_LIFE_MS));
      await checkStore(stateDir);
    }
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

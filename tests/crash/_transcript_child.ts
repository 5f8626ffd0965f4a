/**
 * A process that cuts, restores, branches and deletes a long session until it is killed.
 *
 * Usage: `_transcript_child.ts <stateDir>`; says one line when it begins.
 *
 * @module
 */
import { systemClock as clock } from "../../lib/platform/mod.ts";
import { SessionStore } from "../../lib/sessions/mod.ts";

/** The session that is worked on, and how long it is. */
export const KEY = "agent:main:long";
export const MESSAGES = 3000;
/** What of it a cut keeps. */
export const KEPT = 2000;

/** Makes the session, unless it is there. */
export async function ensureSession(store: SessionStore): Promise<void> {
  if (store.getSession(KEY)) return;
  await store.resetSession(KEY, "new", { agentId: "main" });
  const say = (index: number) =>
    store.appendMessage(KEY, {
      role: "user",
      content: [{ type: "text", text: `message ${index} ${"and more ".repeat(20)}` }],
      timestamp: clock.now(),
    });
  await Promise.all(Array.from({ length: MESSAGES }, (_, index) => say(index + 1)));
}

if (import.meta.main) {
  const store = await SessionStore.open({ stateDir: Deno.args[0]!, clock });
  await store.recoverInterruptedRuns(clock.now());
  await ensureSession(store);
  console.log("begun");
  const { compactions } = store;
  for (let round = 0;; round++) {
    // Nothing is left to be cut where the last process was killed after a cut.
    const cut = await compactions.cutTail(KEY, KEPT);
    const { checkpointId } = cut?.checkpoint ?? compactions.checkpoints(KEY)[0]!;
    const branch = `agent:main:branch-${clock.now()}-${round}`;
    await compactions.branch(KEY, checkpointId, branch);
    await compactions.restore(KEY, checkpointId);
    await store.deleteSession(branch);
  }
}

import { assertEquals } from "@std/assert";
import { user, withStore } from "./_testing.ts";
import type { CleanupPolicy } from "./maintenance.ts";

const DAY_MS = 24 * 3_600_000;

function policy(changes: Partial<CleanupPolicy> = {}): CleanupPolicy {
  return {
    agentId: "main",
    pruneAfterMs: 30 * DAY_MS,
    maxSessions: 500,
    keepKeys: new Set(),
    retireDirect: false,
    ...changes,
  };
}

Deno.test("apply() removes what is old, never main, shared or kept conversations", async () => {
  await withStore(async ({ store, clock }) => {
    const old = ["main", "a", "kept", "irc:group:x", "telegram:group:1:topic:2"];
    for (const name of old) {
      await store.resetSession(`agent:main:${name}`, "new", { agentId: "main" });
    }
    await store.resetSession("agent:other:a", "new", { agentId: "other" });
    await store.appendMessage("agent:main:a", user("said long ago"));
    const { sessionId } = store.getSession("agent:main:a")!;
    clock.advance(31 * DAY_MS);
    await store.resetSession("agent:main:young", "new", { agentId: "main" });
    const wanted = policy({ keepKeys: new Set(["agent:main:kept"]) });
    const plan = store.maintenance.plan(wanted);
    assertEquals([plan.pruned, plan.beforeCount, plan.afterCount], [["agent:main:a"], 6, 5]);
    assertEquals(store.countSessions(), 7);
    assertEquals(await store.maintenance.apply(wanted), plan);
    assertEquals(store.getSession("agent:main:a"), undefined);
    assertEquals([...store.exportSession("agent:main:a", { sessionId })].length, 2);

    clock.advance(29 * DAY_MS);
    assertEquals((await store.maintenance.apply(policy())).staleTranscripts, []);
    clock.advance(2 * DAY_MS);
    const last = store.maintenance.plan(policy({ pruneAfterMs: 30 * DAY_MS }));
    assertEquals([last.looseTranscripts, last.staleTranscripts.length], [2, 1]);
    await store.maintenance.apply(policy());
    assertEquals(store.transcriptIds("agent:main:a"), []);
    assertEquals(store.findProblems(), []);
  });
});

Deno.test("apply() removes the oldest of too many", async () => {
  await withStore(async ({ store, clock }) => {
    for (const name of ["main", "a", "b", "c"]) {
      await store.resetSession(`agent:main:${name}`, "new", { agentId: "main" });
      clock.advance(1000);
    }
    const { capped } = await store.maintenance.apply(policy({ maxSessions: 2 }));
    assertEquals(capped, ["agent:main:a", "agent:main:b"]);
    assertEquals(store.countSessions(), 2);
    const none = store.maintenance.plan(policy({ pruneAfterMs: undefined, maxSessions: 2 }));
    assertEquals([none.pruned, none.capped, none.staleTranscripts], [[], [], []]);
  });
});

Deno.test("apply() retires direct chats once all share the main session", async () => {
  await withStore(async ({ store }) => {
    for (const name of ["main", "direct:p", "irc:direct:p", "irc:acct:direct:p", "redirect:x"]) {
      await store.resetSession(`agent:main:${name}`, "new", { agentId: "main" });
    }
    const { retired } = await store.maintenance.apply(policy({ retireDirect: true }));
    assertEquals(retired.length, 3);
    assertEquals(store.getSession("agent:main:redirect:x")?.key, "agent:main:redirect:x");
  });
});

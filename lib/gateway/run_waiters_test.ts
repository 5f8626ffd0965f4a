import { assertEquals } from "@std/assert";
import type { Run, RunEvent, RunListener, RunManager } from "../agents/mod.ts";
import { clientOf, outcomeOf, runOf } from "./_testing.ts";
import { RunWaiters } from "./run_waiters.ts";

/** A manager without runs, whose followers are told by hand. */
function scene() {
  const followers: RunListener[] = [];
  const runs = {
    follow: (listener: RunListener) => followers.push(listener),
    get: () => undefined,
  } as unknown as RunManager;
  const run = runOf();
  const end = () => {
    const event: RunEvent = { type: "end", outcome: outcomeOf(run) };
    for (const each of followers) each(event, run as Run);
  };
  return { waiters: new RunWaiters(runs), followers, run, end };
}

Deno.test("RunWaiters: one follower serves all, and nobody is left when the run has ended", async () => {
  const { waiters, followers, run, end } = scene();
  const { client } = clientOf();
  const all = Array.from({ length: 500 }, () => waiters.wait(run.runId, client, 60_000));
  assertEquals([followers.length, waiters.size], [1, 500]);
  end();
  const outcomes = await Promise.all(all);
  assertEquals(new Set(outcomes.map((outcome) => outcome?.runId)), new Set([run.runId]));
  assertEquals(waiters.size, 0);
});

Deno.test("RunWaiters: a connection that has ended waits no longer, nor one whose time is over", async () => {
  const { waiters, run, end } = scene();
  const [gone, stays] = [clientOf().client, clientOf().client];
  const given = waiters.wait(run.runId, gone, 2 ** 40);
  const late = waiters.wait(run.runId, stays, 1);
  const kept = waiters.wait(run.runId, stays, 60_000);
  gone.gone();
  assertEquals([await given, await late], [undefined, undefined]);
  assertEquals(waiters.size, 1);
  end();
  assertEquals((await kept)?.runId, run.runId);
});

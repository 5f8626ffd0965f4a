import { assertEquals } from "@std/assert";
import { agentOf, snapshotOf } from "./_testing.ts";
import { type AbortReason, Run, type RunEvent, type RunOutcome } from "./run.ts";

function newRun(onFollowerError: (error: unknown) => void = () => {}): Run {
  const request = {
    runId: "run-1",
    sessionKey: "agent:main:main",
    agentId: "main",
    message: "hi",
    origin: { kind: "agent" as const },
  };
  return new Run(request, snapshotOf(agentOf(), []), 1000, onFollowerError);
}

function outcomeOf(run: Run): RunOutcome {
  const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  return {
    runId: run.runId,
    sessionKey: run.sessionKey,
    sessionId: "",
    agentId: "main",
    status: "ok",
    stopReason: "stop",
    result: {
      text: run.text,
      provider: "",
      model: "",
      contextTokens: 0,
      promptTokens: 0,
      isAborted: false,
      usage,
    },
    acceptedAt: 1000,
    startedAt: 1000,
    endedAt: 1000,
    messages: [],
  };
}

Deno.test("Run.emit() tells followers in order, gathers the text, and forgets who left", () => {
  const run = newRun();
  const heard: string[] = [];
  const leave = run.follow((event) => heard.push(`a:${event.type}`));
  run.follow((event) => heard.push(`b:${event.type}`));
  run.emit({ type: "text", delta: "hel" });
  leave();
  run.emit({ type: "text", delta: "lo" });
  run.emit({ type: "thinking", delta: "hm" });
  assertEquals(heard, ["a:text", "b:text", "b:text", "b:thinking"]);
  assertEquals(run.text, "hello");
});

Deno.test("Run.emit() keeps a follower's failure from the run and the other followers", async () => {
  const failures: unknown[] = [];
  const run = newRun((error) => failures.push(error));
  const heard: RunEvent["type"][] = [];
  const broken = new Error("broken");
  run.follow(() => {
    throw broken;
  });
  run.follow((event) => heard.push(event.type));
  run.emit({ type: "text", delta: "x" });
  run.end(outcomeOf(run));
  assertEquals([heard, failures], [["text", "end"], [broken, broken]]);
  assertEquals((await run.done).status, "ok");
});

Deno.test("Run.abort() counts the first reason only", () => {
  const run = newRun();
  run.state = "running";
  const reasons: AbortReason[] = ["rpc", "timeout", "shutdown"];
  assertEquals(reasons.map((reason) => run.abort(reason)), [true, false, false]);
  assertEquals([run.abortReason, run.signal.aborted], ["rpc", true]);
});

Deno.test("Run.abort() comes too late once the outcome stands", () => {
  for (const state of ["ending", "ended"] as const) {
    const run = newRun();
    run.state = state;
    assertEquals([run.abort("rpc"), run.abortReason], [false, undefined], state);
    assertEquals(run.signal.aborted, false, state);
  }
});

Deno.test("Run.abort() ends a run that waits through its manager, and no other", () => {
  for (const state of ["accepting", "waiting", "running"] as const) {
    const run = newRun();
    let calls = 0;
    run.onAbortWhileWaiting = () => calls++;
    run.state = state;
    run.abort("rpc");
    assertEquals(calls, state === "waiting" ? 1 : 0, state);
  }
});

Deno.test("Run.end() is the last that followers hear; Run.refuse() says nothing", async () => {
  const heard: RunEvent["type"][] = [];
  const run = newRun();
  run.follow((event) => heard.push(event.type));
  run.end(outcomeOf(run));
  run.emit({ type: "text", delta: "late" });
  assertEquals([heard, run.state], [["end"], "ended"]);
  const refused = newRun();
  refused.follow((event) => heard.push(event.type));
  refused.refuse(outcomeOf(refused));
  assertEquals([heard, (await refused.done).runId], [["end"], "run-1"]);
});

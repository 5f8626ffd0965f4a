import { assert, assertEquals } from "@std/assert";
import { ModelError } from "../models/mod.ts";
import type { RunRecord } from "../sessions/mod.ts";
import { outcomeOf, runOf } from "./_testing.ts";
import { FailedReply } from "./rpc.ts";
import { answerOfOutcome, answerOfRecord, errorOfRecord, waitResultOf } from "./run_answers.ts";

const ERROR = new ModelError("PROVIDER_CUT", "cut", "The stream broke off");

function recordOf(outcome: ReturnType<typeof outcomeOf>): RunRecord {
  const { runId, sessionKey, sessionId, status, stopReason, result, acceptedAt, endedAt } = outcome;
  const record = { runId, sessionKey, sessionId, status, stopReason, result, endedAt };
  const error = outcome.error === undefined ? {} : { error: outcome.error.message };
  return { ...record, startedAt: acceptedAt, ...error };
}

Deno.test("answerOfOutcome() is what clients of agent read", () => {
  assertEquals(answerOfOutcome(outcomeOf(runOf(), {}, { text: "hello" })), {
    runId: "run-1",
    status: "ok",
    summary: "completed",
    stopReason: "stop",
    result: {
      payloads: [{ text: "hello", mediaUrl: null }],
      meta: {
        durationMs: 500,
        aborted: false,
        stopReason: "stop",
        agentMeta: {
          sessionId: "session-1",
          provider: "fake",
          model: "one",
          contextTokens: 1000,
          promptTokens: 11,
          usage: { input: 10, output: 5, cacheRead: 1, cacheWrite: 2, total: 18 },
          lastCallUsage: { input: 10, output: 5, cacheRead: 1, cacheWrite: 2, total: 18 },
        },
      },
    },
  });
});

Deno.test("answerOfOutcome() has no payload for a run that said nothing", () => {
  const answer = answerOfOutcome(outcomeOf(runOf()));
  assert(!(answer instanceof FailedReply));
  assertEquals(answer.result?.payloads, []);
});

Deno.test("answerOfOutcome() of a failure has the error and what was said", () => {
  const outcome = outcomeOf(runOf(), { status: "error", error: ERROR }, { text: "half" });
  const answer = answerOfOutcome(outcome);
  assert(answer instanceof FailedReply);
  const { status, summary, result } = answer.payload as ReturnType<typeof payloadOf>;
  assertEquals([status, summary, result.payloads[0]?.text], ["error", "failed", "half"]);
  assertEquals([answer.error.code, answer.error.message], ["UNAVAILABLE", ERROR.message]);
});

function payloadOf(answer: ReturnType<typeof answerOfOutcome>) {
  return (answer instanceof FailedReply ? answer.payload : answer) as {
    status: string;
    summary: string;
    result: { payloads: { text: string }[]; meta: { agentMeta: Record<string, unknown> } };
  };
}

Deno.test("answerOfRecord() is the same as at the time, for every way a run can end", () => {
  const ends = [
    outcomeOf(runOf(), {}, { text: "hello" }),
    outcomeOf(runOf(), { status: "timeout", stopReason: "rpc" }, { text: "par", isAborted: true }),
    outcomeOf(
      runOf(),
      { status: "error", stopReason: "error", error: ERROR },
      { text: "half", errorCode: ERROR.code },
    ),
  ];
  for (const outcome of ends) {
    const [then, now] = [answerOfOutcome(outcome), answerOfRecord(recordOf(outcome))];
    assertEquals(payloadOf(now), payloadOf(then));
    assertEquals(now instanceof FailedReply, then instanceof FailedReply);
    if (!(now instanceof FailedReply) || !(then instanceof FailedReply)) continue;
    assertEquals([now.error.code, now.error.message], [then.error.code, then.error.message]);
  }
});

Deno.test("answerOfRecord() of a run that a dead process left open is a failure to try again", () => {
  const record: RunRecord = {
    runId: "run-1",
    sessionKey: "agent:main:main",
    sessionId: "session-1",
    startedAt: 1000,
  };
  const answer = answerOfRecord(record);
  assert(answer instanceof FailedReply);
  assertEquals(payloadOf(answer).result.payloads, []);
  assertEquals(answer.error.retryable, true);
  const { code, message, hint } = errorOfRecord(record);
  assertEquals([code, message], [
    "RUN_INTERRUPTED",
    "The gateway stopped while the run was under way",
  ]);
  assertEquals(hint !== undefined, true);
});

Deno.test("waitResultOf() leaves out what is not known", () => {
  const open: RunRecord = { runId: "r", sessionKey: "k", sessionId: "s", startedAt: 1 };
  assertEquals(waitResultOf(open), { runId: "r", status: "error", startedAt: 1 });
  const ended = waitResultOf({
    ...open,
    status: "error",
    endedAt: 5,
    error: "why",
    stopReason: "error",
  });
  assertEquals(ended, {
    runId: "r",
    status: "error",
    startedAt: 1,
    endedAt: 5,
    error: "why",
    stopReason: "error",
  });
});

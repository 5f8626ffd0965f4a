import { assertEquals } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { ModelError, type ModelErrorKind } from "../../models/mod.ts";
import { outcomeOf, runOf } from "../_testing.ts";
import { outcomeOfRun } from "./outcome.ts";

Deno.test("outcomeOfRun() keeps what was said, by which model, at what cost", () => {
  const outcome = outcomeOfRun(outcomeOf(runOf(), {}, { text: "done".repeat(1000) }));
  assertEquals([outcome.status, outcome.summary?.length], ["ok", 2000]);
  assertEquals([outcome.provider, outcome.model], ["fake", "one"]);
  assertEquals(outcome.usage, { input_tokens: 13, output_tokens: 5, total_tokens: 18 });
  assertEquals([outcome.sessionKey, outcome.sessionId], ["agent:main:main", "session-1"]);
});

Deno.test("outcomeOfRun() names failures that pass in the words of cron.retry.retryOn", () => {
  const kindOf = (error: AppError) =>
    outcomeOfRun(outcomeOf(runOf(), { status: "error", error })).errorKind;
  const cases: [ModelErrorKind, string | undefined][] = [
    ["rate_limit", "rate_limit"],
    ["unreachable", "network"],
    ["cut", "network"],
    ["garbage", "server_error"],
    ["auth", undefined],
    ["billing", undefined],
  ];
  for (const [kind, word] of cases) {
    assertEquals(kindOf(new ModelError("PROVIDER_CUT", kind, "failed")), word, kind);
  }
  assertEquals(kindOf(new AppError("INTERNAL", "failed")), undefined);
});

Deno.test("outcomeOfRun() tells a timeout from an abort and from the gateway's stop", () => {
  const ended = (stopReason: string) => {
    const run = outcomeOf(runOf(), { status: "timeout", stopReason }, { isAborted: true });
    const { status, error, errorKind, isCutOff } = outcomeOfRun(run);
    return [status, error, errorKind, isCutOff];
  };
  assertEquals(ended("timeout"), ["error", "cron: job execution timed out", "timeout", false]);
  assertEquals(ended("rpc"), ["error", "cron: run aborted (rpc)", undefined, false]);
  assertEquals(ended("shutdown")[3], true);
});

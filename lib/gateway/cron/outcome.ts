/**
 * From the end of a run to the outcome of the job that began it. Pure.
 *
 * @module
 */
import type { RunOutcome } from "../../agents/mod.ts";
import { type AppError, ellipsize } from "../../base/mod.ts";
import { type CronOutcome, MAX_SUMMARY_CHARS } from "../../cron/mod.ts";
import { ModelError, type ModelErrorKind } from "../../models/mod.ts";

/** Kinds of failure in the words of `cron.retry.retryOn`. */
const RETRY_WORDS: Partial<Record<ModelErrorKind, string>> = {
  rate_limit: "rate_limit",
  overloaded: "overloaded",
  timeout: "timeout",
  unreachable: "network",
  cut: "network",
  garbage: "server_error",
};

/** How a turn that was a job went. */
export function outcomeOfRun(outcome: RunOutcome): CronOutcome {
  const { result, sessionId, sessionKey, error, stopReason } = outcome;
  const { usage } = result;
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  const common = {
    ...(result.text === "" ? {} : { summary: ellipsize(result.text, MAX_SUMMARY_CHARS) }),
    sessionId,
    sessionKey,
    ...(result.model === "" ? {} : { model: result.model, provider: result.provider }),
    usage: {
      input_tokens: input,
      output_tokens: usage.output,
      total_tokens: input + usage.output,
    },
  };
  if (result.isAborted) {
    const isLate = stopReason === "timeout";
    return {
      ...common,
      status: "error",
      error: isLate ? "cron: job execution timed out" : `cron: run aborted (${stopReason})`,
      ...(isLate ? { errorKind: "timeout" } : {}),
      isCutOff: stopReason === "shutdown",
    };
  }
  if (error === undefined) return { ...common, status: "ok" };
  return { ...common, status: "error", error: error.message, ...kindOf(error) };
}

function kindOf(error: AppError): { errorKind?: string } {
  const word = error instanceof ModelError ? RETRY_WORDS[error.kind] : undefined;
  return word === undefined ? {} : { errorKind: word };
}

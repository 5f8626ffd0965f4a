/**
 * What clients are told at the end of a run, from the run itself or from its stored record.
 *
 * @module
 */
import type { RunOutcome, RunResult } from "../agents/mod.ts";
import { AppError, isObject } from "../base/mod.ts";
import { type AgentFinal, type AgentWaitResult, toErrorShape } from "../protocol/mod.ts";
import type { RunRecord } from "../sessions/mod.ts";
import { FailedReply } from "./rpc.ts";

/** The second answer to `agent`, for a run that has just ended. */
export function answerOfOutcome(outcome: RunOutcome): AgentFinal | FailedReply {
  const final = finalOf(outcome.runId, outcome.status, outcome.stopReason, {
    ...outcome.result,
    durationMs: outcome.endedAt - outcome.acceptedAt,
    sessionId: outcome.sessionId,
  });
  return outcome.error ? new FailedReply(final, toErrorShape(outcome.error)) : final;
}

/** The same for a run that ended earlier, perhaps in an earlier process. */
export function answerOfRecord(record: RunRecord): AgentFinal | FailedReply {
  const status = record.status ?? "error";
  const stored = isObject(record.result) ? record.result as unknown as RunResult : undefined;
  const final = finalOf(record.runId, status, record.stopReason, {
    ...(stored ?? EMPTY_RESULT),
    durationMs: (record.endedAt ?? record.startedAt) - record.startedAt,
    sessionId: record.sessionId,
  });
  if (status !== "error") return final;
  return new FailedReply(final, toErrorShape(errorOfRecord(record)));
}

/** The answer to `agent` when its message was a command, which the gateway answers itself. */
export function answerOfCommand(runId: string, reply: string): AgentFinal {
  return finalOf(runId, "ok", undefined, {
    ...EMPTY_RESULT,
    text: reply,
    durationMs: 0,
    sessionId: "",
  });
}

/** The failure that a stored run ended with. */
export function errorOfRecord(record: RunRecord): AppError {
  const stored = isObject(record.result) ? record.result : {};
  const code = typeof stored.errorCode === "string" ? stored.errorCode : "RUN_INTERRUPTED";
  return new AppError(
    code,
    record.error ?? "The gateway stopped while the run was under way",
    {
      hint: 'Send the message again, or: openclaw agent --message "continue"',
      retryable: true,
    },
  );
}

/** The answer to `agent.wait` for a run that ended earlier. */
export function waitResultOf(record: RunRecord): AgentWaitResult {
  return {
    runId: record.runId,
    status: record.status ?? "error",
    startedAt: record.startedAt,
    ...(record.endedAt === undefined ? {} : { endedAt: record.endedAt }),
    ...(record.error === undefined ? {} : { error: record.error }),
    ...(record.stopReason === undefined ? {} : { stopReason: record.stopReason }),
  };
}

const EMPTY_RESULT: RunResult = {
  text: "",
  provider: "",
  model: "",
  contextTokens: 0,
  promptTokens: 0,
  isAborted: false,
  usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
};

const SUMMARIES = {
  ok: "completed",
  timeout: "aborted",
  error: "failed",
} as const;

function finalOf(
  runId: string,
  status: AgentFinal["status"],
  stopReason: string | undefined,
  result: RunResult & { durationMs: number; sessionId: string },
): AgentFinal {
  const { usage } = result;
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    runId,
    status,
    summary: SUMMARIES[status],
    result: {
      payloads: result.text === "" ? [] : [{ text: result.text, mediaUrl: null }],
      meta: {
        durationMs: result.durationMs,
        agentMeta: {
          sessionId: result.sessionId,
          provider: result.provider,
          model: result.model,
          contextTokens: result.contextTokens,
          promptTokens: result.promptTokens,
          usage: { ...usage, total: input + usage.output },
          lastCallUsage: { ...usage, total: input + usage.output },
        },
        aborted: result.isAborted,
        ...(stopReason === undefined ? {} : { stopReason }),
      },
    },
    ...(stopReason === undefined ? {} : { stopReason }),
  };
}

/**
 * Methods that run an agent and wait for it.
 *
 * @module
 */
import type { RunOutcome } from "../../agents/mod.ts";
import { AppError } from "../../base/mod.ts";
import { AGENT_WAIT_DEFAULT_MS, type AgentWaitResult, hasScope } from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { readAttachments } from "../attachments.ts";
import type { Call, Handlers } from "../rpc.ts";
import { answerOfOutcome, answerOfRecord, waitResultOf } from "../run_answers.ts";
import { resolveRunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";

/** `agent` and `agent.wait`. */
export function agentMethods(state: GatewayState): Handlers {
  return {
    "agent": (call) => runAgent(state, call),
    "agent.wait": ({ params }) => waitForRun(state, params.runId, params.timeoutMs),
  };
}

/**
 * Runs an agent: acknowledges once the message is stored, answers again when the run has ended.
 *
 * A repeat of the same key joins the run that is under way, or gets the stored answer.
 */
async function runAgent(state: GatewayState, call: Call<MethodParams<"agent">>): Promise<unknown> {
  const { params, client, acknowledge } = call;
  const { runs, store } = state;
  const runId = params.idempotencyKey;
  const finished = runs.find(runId) ? undefined : store.getRun(runId);
  if (finished?.status) return answerOfRecord(finished);
  const run = await (runs.find(runId) ?? start());
  acknowledge({ runId, status: "accepted", acceptedAt: run.acceptedAt });
  return answerOfOutcome(await run.done);

  function start() {
    refuseUnsupported(call);
    const model = modelOf(params);
    return runs.start({
      runId,
      ...resolveRunTarget(state, params),
      message: params.message,
      images: readAttachments(params.attachments),
      origin: { kind: "agent", connId: client.connId },
      ...(model === undefined ? {} : { model }),
      ...(params.extraSystemPrompt ? { extraSystemPrompt: params.extraSystemPrompt } : {}),
      ...(params.timeout ? { timeoutMs: params.timeout * 1000 } : {}),
    });
  }
}

function refuseUnsupported({ params, client }: Call<MethodParams<"agent">>): void {
  if (modelOf(params) !== undefined && !hasScope(client.identity.scopes, "operator.admin")) {
    throw new AppError("SCOPE_MISSING", "missing scope: operator.admin", {
      hint: "Leave provider and model out, or connect with operator.admin",
    });
  }
  if (params.channel && params.channel !== "webchat" && params.channel !== "last") {
    throw new AppError("CHANNEL_NOT_CONFIGURED", `unknown channel: ${params.channel}`, {
      hint: "Leave the channel out; this build has none yet",
    });
  }
  if (params.deliver) {
    throw new AppError(
      "CHANNEL_NOT_CONFIGURED",
      "Cannot deliver the reply: no channel is configured",
      {
        hint: "Send the message with deliver set to false",
      },
    );
  }
}

function modelOf({ provider, model }: MethodParams<"agent">): string | undefined {
  if (!model) return undefined;
  return provider ? `${provider}/${model}` : model;
}

/** Timers fire at once when told to wait longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Waits for the end of a run; one that is not known may still begin before the time is over. */
async function waitForRun(
  { runs, store }: GatewayState,
  runId: string,
  timeoutMs: number = AGENT_WAIT_DEFAULT_MS,
): Promise<AgentWaitResult> {
  const record = runs.get(runId) ? undefined : store.getRun(runId);
  if (record?.status) return waitResultOf(record);
  return await new Promise((resolve) => {
    const settle = (result: AgentWaitResult) => {
      clearTimeout(timer);
      stop();
      resolve(result);
    };
    const timer = setTimeout(
      () => settle({ runId, status: "timeout" }),
      Math.min(timeoutMs, MAX_TIMER_MS),
    );
    const stop = runs.follow((event, run) => {
      if (event.type === "end" && run.runId === runId) {
        settle(outcomeResult(event.outcome));
      }
    });
    // A run that was accepted before has its own followers already.
    runs.get(runId)?.done.then((outcome) => settle(outcomeResult(outcome)));
  });
}

function outcomeResult(outcome: RunOutcome): AgentWaitResult {
  return {
    runId: outcome.runId,
    status: outcome.status,
    startedAt: outcome.startedAt,
    endedAt: outcome.endedAt,
    ...(outcome.error ? { error: outcome.error.message } : {}),
    stopReason: outcome.stopReason,
  };
}

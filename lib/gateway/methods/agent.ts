/**
 * Methods that run an agent and wait for it.
 *
 * @module
 */
import type { Run, RunOutcome } from "../../agents/mod.ts";
import { AppError } from "../../base/mod.ts";
import {
  AGENT_WAIT_DEFAULT_MS,
  type AgentWaitResult,
  hasScope,
  IDEMPOTENCY_TTL_MS,
} from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { readAttachments } from "../attachments.ts";
import { parseChatCommand, runChatCommand } from "../chat_commands.ts";
import type { Client } from "../client.ts";
import type { Call, Handlers } from "../rpc.ts";
import { answerOfCommand, answerOfOutcome, answerOfRecord, waitResultOf } from "../run_answers.ts";
import { originOf, resolveRunTarget } from "../run_target.ts";
import { RunWaiters } from "../run_waiters.ts";
import type { GatewayState } from "../state.ts";
import { readThinking } from "../thinking.ts";

/** `agent` and `agent.wait`. */
export function agentMethods(state: GatewayState): Handlers {
  const waiters = new RunWaiters(state.runs);
  return {
    "agent": (call) => runAgent(state, call),
    "agent.wait": (call) => waitForRun(state, waiters, call),
  };
}

/**
 * Runs an agent: acknowledges once the message is stored, answers again when the run has ended.
 *
 * A repeat of the same key joins the run that is under way, or gets the stored answer.
 */
async function runAgent(state: GatewayState, call: Call<MethodParams<"agent">>): Promise<unknown> {
  const { params, acknowledge } = call;
  const { runs, store, clock } = state;
  const runId = params.idempotencyKey;
  const finished = runs.find(runId) ? undefined : store.getRun(runId);
  if (finished?.status) return answerOfRecord(finished);
  const carriedOut = store.recallResult(COMMAND_SCOPE, runId, clock.now());
  if (carriedOut) return answerOfCommand(runId, String(carriedOut.result));
  const run = await (runs.find(runId) ?? startRun(state, call));
  acknowledge({ runId, status: "accepted", acceptedAt: run.acceptedAt });
  if (!("done" in run)) return answerOfCommand(runId, run.reply);
  return answerOfOutcome(await run.done);
}

/** Where the replies of carried out commands are kept, for repeats of their key. */
const COMMAND_SCOPE = "agent";

/** A command that left nothing to run. */
interface CarriedOut {
  acceptedAt: number;
  reply: string;
}

/** Starts a run, after the `/new` or `/reset` that its message may begin with. */
async function startRun(
  state: GatewayState,
  call: Call<MethodParams<"agent">>,
): Promise<Run | CarriedOut> {
  const { params, client } = call;
  refuseUnsupported(call);
  const model = modelOf(params);
  const thinking = readThinking(params.thinking);
  const images = readAttachments(params.attachments);
  const command = parseChatCommand(params.message);
  let { message } = params;
  if (command && RESETS.includes(command.name)) {
    requireAdmin(client, "Send the message without the command");
    const result = await runChatCommand(state, command, resolveRunTarget(state, params), client);
    if (result.kind !== "message") {
      return await keepReply(state, params.idempotencyKey, await result.text);
    }
    message = result.text;
  }
  return await state.runs.start({
    runId: params.idempotencyKey,
    ...resolveRunTarget(state, params),
    message,
    images,
    origin: originOf("agent", client),
    ...(model === undefined ? {} : { model }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(params.extraSystemPrompt ? { extraSystemPrompt: params.extraSystemPrompt } : {}),
    ...(params.timeout ? { timeoutMs: params.timeout * 1000 } : {}),
  });
}

/** Commands that `agent` carries out; it hands all others to the model. */
const RESETS: readonly string[] = ["new", "reset"];

async function keepReply(
  { store, clock }: GatewayState,
  runId: string,
  reply: string,
): Promise<CarriedOut> {
  const now = clock.now();
  await store.rememberResult(COMMAND_SCOPE, runId, reply, { ttlMs: IDEMPOTENCY_TTL_MS, now });
  return { acceptedAt: now, reply };
}

function requireAdmin({ identity }: Client, hint: string): void {
  if (hasScope(identity.scopes, "operator.admin")) return;
  throw new AppError("SCOPE_MISSING", "missing scope: operator.admin", {
    hint: `${hint}, or connect with operator.admin`,
  });
}

function refuseUnsupported({ params, client }: Call<MethodParams<"agent">>): void {
  if (modelOf(params) !== undefined) requireAdmin(client, "Leave provider and model out");
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

/** Waits for the end of a run; one that is not known may still begin before the time is over. */
async function waitForRun(
  { runs, store }: GatewayState,
  waiters: RunWaiters,
  { params: { runId, timeoutMs = AGENT_WAIT_DEFAULT_MS }, client }: Call<
    MethodParams<"agent.wait">
  >,
): Promise<AgentWaitResult> {
  const record = runs.get(runId) ? undefined : store.getRun(runId);
  if (record?.status) return waitResultOf(record);
  const outcome = await waiters.wait(runId, client, timeoutMs);
  return outcome ? outcomeResult(outcome) : { runId, status: "timeout" };
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

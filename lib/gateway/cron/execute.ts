/**
 * Carries a job out: queues an event for the main session, or runs a turn and delivers what it says.
 *
 * @module
 */
import { findAgent } from "../../agents/mod.ts";
import { AppError, ellipsize } from "../../base/mod.ts";
import { resolveCron } from "../../config/mod.ts";
import { type CronExecution, type CronOutcome, MAX_SUMMARY_CHARS } from "../../cron/mod.ts";
import type { CronJob } from "../../protocol/mod.ts";
import { mainSessionKey } from "../../sessions/mod.ts";
import { currentTimeLine } from "../heartbeat/moment.ts";
import { resolveRunTarget, type RunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";
import { isThinkingLevel } from "../thinking.ts";
import { UNWATCHED_CONTEXT_FILES } from "../unwatched.ts";
import { deliver } from "./delivery.ts";
import { outcomeOfRun } from "./outcome.ts";

/** A session may be named like those of jobs; it is no job's unless this fits. */
const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Carries a job out. @throws {AppError} What keeps it from beginning. */
export async function executeJob(
  state: GatewayState,
  execution: CronExecution,
): Promise<CronOutcome> {
  const { job } = execution;
  if (job.payload.kind === "systemEvent") {
    return await tellMainSession(state, job, job.payload.text);
  }
  const outcome = await runTurn(state, execution).catch((error): CronOutcome => {
    // A turn that cannot begin has failed: whoever is to be told of failures is told of this one.
    if (!(error instanceof AppError)) throw error;
    return { status: "error", error: error.message, isCutOff: error.code === "GATEWAY_CLOSED" };
  });
  return outcome.isCutOff ? outcome : await deliver(state, execution, outcome);
}

/**
 * Queues an event. The turn that tells the agent of it begins at once, unless the job leaves it to a
 * heartbeat that comes.
 */
async function tellMainSession(
  state: GatewayState,
  job: CronJob,
  text: string,
): Promise<CronOutcome> {
  const { store, heartbeats } = state;
  const { agentId, sessionKey } = resolveRunTarget(state, {
    agentId: job.agentId,
    sessionKey: job.sessionKey,
  });
  await store.addSystemEvent(sessionKey, text);
  const isTold = sessionKey === mainSessionKey(agentId) && heartbeats.comesFor(agentId);
  if (job.wakeMode === "now" || !isTold) {
    await heartbeats.wake(agentId, sessionKey);
  }
  return {
    status: "ok",
    summary: ellipsize(text, MAX_SUMMARY_CHARS),
    deliveryStatus: "not-requested",
    sessionKey,
  };
}

async function runTurn(
  state: GatewayState,
  { job, runId, startedAt, timeoutMs }: CronExecution,
): Promise<CronOutcome> {
  if (job.payload.kind !== "agentTurn") return { status: "error", error: "invalid-spec" };
  const { message, model, fallbacks, lightContext } = job.payload;
  const level = job.payload.thinking?.trim().toLowerCase();
  const target = await turnTarget(state, job);
  const snapshot = state.agents();
  const agent = findAgent(snapshot, target.agentId);
  const timeZone = agent.userTimezone ?? snapshot.timeZone;
  const asked = model?.trim() || target.model;
  const thinking = isThinkingLevel(level) ? level : target.thinking;
  const run = await state.runs.start({
    runId,
    sessionKey: target.sessionKey,
    agentId: target.agentId,
    message: `[cron:${job.id} ${job.name}] ${message}\n${currentTimeLine(startedAt, timeZone)}`,
    origin: { kind: "cron" },
    timeoutMs,
    contextFiles: lightContext ? [] : UNWATCHED_CONTEXT_FILES,
    ...(asked === undefined ? {} : { model: asked }),
    ...(fallbacks === undefined ? {} : { fallbacks }),
    ...(thinking === undefined ? {} : { thinking }),
  });
  return outcomeOfRun(await run.done);
}

/** The session of a turn; an isolated one begins anew each time. */
async function turnTarget(state: GatewayState, job: CronJob): Promise<RunTarget> {
  const { agentId, sessionKey } = job;
  const { sessionTarget } = job;
  if (sessionTarget === "current") return resolveRunTarget(state, { agentId, sessionKey });
  if (sessionTarget.startsWith("session:")) {
    return resolveRunTarget(state, { agentId, sessionKey: sessionTarget.slice("session:".length) });
  }
  const owner = resolveRunTarget(state, { agentId, sessionKey });
  const own = { agentId: owner.agentId, sessionKey: `agent:${owner.agentId}:cron:${job.id}` };
  const { store, clock, config } = state;
  await store.resetSession(own.sessionKey, "cron", { agentId: own.agentId });
  const retentionMs = resolveCron(config().config).sessionRetentionMs;
  if (retentionMs !== undefined) {
    const prefix = `agent:${own.agentId}:cron:`;
    const before = clock.now() - retentionMs;
    const gone = await store.forgetIdle(own.sessionKey, { prefix, rest: JOB_ID, before });
    for (const key of gone) state.sessionEvents.changed(key, "delete");
  }
  return own;
}

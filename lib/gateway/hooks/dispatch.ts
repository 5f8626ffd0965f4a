/**
 * Carries out what webhooks ask for. Loaded with the first one.
 *
 * @module
 */
import { dirname } from "@std/path";
import { findAgent, type RunRequest } from "../../agents/mod.ts";
import { AppError, sha256Hex } from "../../base/mod.ts";
import type { ResolvedHooks } from "../../config/mod.ts";
import type { HookAction, HookAgentRun, HookCall, HookReply, MappedHook } from "../../http/mod.ts";
import { tellSession } from "../heartbeat/tell.ts";
import { resolveRunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";
import { isThinkingLevel } from "../thinking.ts";
import { UNWATCHED_CONTEXT_FILES } from "../unwatched.ts";
import { applyMapping, findMapping } from "./mappings.ts";
import { hookMessage, plainName } from "./message.ts";
import type { HookRuns } from "./runs.ts";
import { type HookTarget, resolveHookTarget } from "./target.ts";
import { runTransform } from "./transforms.ts";

/** What the first fitting mapping makes of a request. @throws {AppError} `HOOK_MAPPING_FAILED` */
export async function mapHook(
  state: GatewayState,
  hooks: ResolvedHooks,
  call: HookCall,
): Promise<MappedHook | null | undefined> {
  const mapping = findMapping(hooks, call);
  if (mapping === undefined) return undefined;
  const name = mapping.id ?? mapping.match?.path ?? "(any)";
  const { log, clock, paths } = state;
  const place = {
    configDir: dirname(paths.configPath),
    transformsDir: hooks.transformsDir,
  };
  try {
    const now = new Date(clock.now()).toISOString();
    const mapped = await applyMapping(
      mapping,
      call,
      now,
      (transform, scope) => runTransform(place, transform, scope),
    );
    if (mapped === null) log.info(`hook: mapping "${name}" lets a request be`);
    return mapped;
  } catch (error) {
    const details = error instanceof AppError ? error.details as { reason?: string } : undefined;
    log.error(`hook: mapping "${name}" failed: ${details?.reason ?? "unexpectedly"}`);
    throw error;
  }
}

/**
 * Carries an action out; what it begins is on disk when this resolves. The log says nothing of what a
 * request had in it.
 *
 * @throws {AppError} What it is refused with.
 */
export async function dispatchHook(
  state: GatewayState,
  runs: HookRuns,
  hooks: ResolvedHooks,
  action: HookAction,
  call: HookCall,
): Promise<HookReply> {
  try {
    if (action.kind === "agent") return await beginRun(state, runs, hooks, action, call);
    const target = resolveRunTarget(state, {});
    await tellSession(state, target, { text: action.text, mode: action.mode, isUntrusted: true });
    state.log.info(`hook: the main session of agent "${target.agentId}" is told (${action.mode})`);
    return { mode: action.mode };
  } catch (error) {
    if (error instanceof AppError) state.log.warn(`hook: a request was refused: ${error.code}`);
    throw error;
  }
}

async function beginRun(
  state: GatewayState,
  runs: HookRuns,
  hooks: ResolvedHooks,
  action: HookAgentRun,
  call: HookCall,
): Promise<HookReply> {
  if (action.channel !== "last") {
    throw new AppError("INVALID_REQUEST", "channel must be last", {
      hint: "Leave the channel out: this gateway has none to deliver to",
    });
  }
  const target = resolveHookTarget(state, hooks, action);
  const { agentId } = target;
  const { deliver, wakeMode } = action;
  const runId = await runs.begin({
    report: { name: plainName(action.name), agentId, deliver, wakeMode },
    prepare: (runId) => requestOf(state, action, target, runId),
  }, await fingerprintOf(hooks, action, call));
  state.log.info(`hook: run ${runId} of agent "${agentId}"`);
  return { runId };
}

/**
 * The same for requests that ask for the same, with the same key. What a mapping makes of a request may
 * differ each time, by the clock or by its script: there, the request itself counts.
 */
async function fingerprintOf(
  { token, path }: ResolvedHooks,
  action: HookAgentRun,
  call: HookCall,
): Promise<string | undefined> {
  if (call.idempotencyKey === undefined) return undefined;
  const content = call.path === "agent" ? action : [call.payload, call.url.search];
  return await sha256Hex(JSON.stringify([token, path, call.path, call.idempotencyKey, content]));
}

async function requestOf(
  state: GatewayState,
  action: HookAgentRun,
  target: HookTarget,
  runId: string,
): Promise<RunRequest> {
  const { store, clock, log } = state;
  const { agentId, sessionKey, isIsolated } = target;
  if (isIsolated && store.getSession(sessionKey)) {
    await store.resetSession(sessionKey, "hook", { agentId });
  }
  const snapshot = state.agents();
  const timeZone = findAgent(snapshot, agentId).userTimezone ?? snapshot.timeZone;
  const level = action.thinking?.toLowerCase();
  if (level !== undefined && !isThinkingLevel(level)) {
    log.warn(`hook: run ${runId} asks for an unknown level of thinking and gets the usual one`);
  }
  const thinking = isThinkingLevel(level) ? level : target.thinking;
  const model = action.model ?? target.model;
  const { timeoutSeconds } = action;
  return {
    runId,
    sessionKey,
    agentId,
    message: hookMessage(action, { runId, at: clock.now(), timeZone }),
    origin: { kind: "hook" },
    contextFiles: UNWATCHED_CONTEXT_FILES,
    ...(model === undefined ? {} : { model }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
  };
}

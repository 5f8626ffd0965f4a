/**
 * Calls of tools from outside a turn: over HTTP and by `tools.invoke`.
 *
 * @module
 */
import type { ToolContext, ToolDelivery, ToolResult } from "../../agents/mod.ts";
import {
  canonicalToolName,
  matcherOf,
  OWNER_RULE,
  type RegisteredTool,
  ToolPolicy,
} from "../../agents/tools/mod.ts";
import { AppError, ellipsize, errorMessage, isObject, randomId } from "../../base/mod.ts";
import { errorFacts, publicFailure } from "../../protocol/mod.ts";
import { canonicalSessionKey } from "../../sessions/mod.ts";
import { resolveRunTarget, type RunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";
import { policyInput } from "./policy_input.ts";

/** Tools that callers from outside do not get unless `gateway.tools.allow` names them. */
const DENIED_OUTSIDE: readonly string[] = [
  ...["exec", "spawn", "shell", "fs_write", "fs_delete", "fs_move", "apply_patch"],
  ...["sessions_spawn", "sessions_send", "cron", "gateway", "nodes"],
];

/** Longest call from outside. */
const CALL_TIMEOUT_MS = 15 * 60 * 1000;
const MAX_LOGGED_CHARS = 80;

/** A call as its caller wrote it. */
export interface OutsideCall {
  name: string;
  args: Record<string, unknown>;
  /** Becomes the argument of that name where the tool has one and `args` does not. */
  action?: string | undefined;
  sessionKey?: string | undefined;
  agentId?: string | undefined;
  /** Becomes part of the id of the call. */
  idempotencyKey?: string | undefined;
  /** Everything is checked and nothing is done. */
  isDryRun?: boolean;
  isOwner: boolean;
  delivery?: ToolDelivery | undefined;
  /** Aborted when the caller is gone. */
  signal?: AbortSignal | undefined;
}

/** Why a call did not come to anything. */
export interface FailedCall {
  ok: false;
  type: "invalid_request" | "not_found" | "tool_error";
  /** HTTP status. */
  status: number;
  code: string;
  message: string;
  hint?: string;
}

/** What became of a call. */
export type CallOutcome =
  | { ok: true; result: { content: ToolResult["content"]; details?: unknown }; isDryRun?: true }
  | FailedCall;

/** Calls a tool for a caller from outside; failures are part of the outcome. */
export async function callTool(state: GatewayState, call: OutsideCall): Promise<CallOutcome> {
  const { clock, log } = state;
  const startedAt = clock.monotonic();
  const outcome = await carryOut(state, call);
  const tookMs = Math.round(clock.monotonic() - startedAt);
  const name = ellipsize(JSON.stringify(call.name), MAX_LOGGED_CHARS);
  const what = outcome.ok ? "ok" : outcome.code;
  log.child("tools").info(`tool ${name}: ${what} after ${tookMs}ms`);
  return outcome;
}

async function carryOut(state: GatewayState, call: OutsideCall): Promise<CallOutcome> {
  const target = targetOf(state, call);
  if ("ok" in target) return target;
  const tool = await availableTool(state, call, target);
  if ("ok" in tool) return tool;
  const args = withAction(tool, call);
  try {
    if (call.isDryRun) {
      tool.check(args);
      const details = { tool: tool.name, sessionKey: target.sessionKey, agentId: target.agentId };
      return { ok: true, isDryRun: true, result: { content: [], details } };
    }
    const { content, details } = await execute(tool, args, target, call);
    return { ok: true, result: { content, ...(details === undefined ? {} : { details }) } };
  } catch (error) {
    return failureOf(state, tool.name, error);
  }
}

/** The session that the call belongs to; the main one of the agent unless another is named. */
function targetOf(
  state: GatewayState,
  { sessionKey, agentId }: OutsideCall,
): RunTarget | FailedCall {
  const asked = agentId?.trim().toLowerCase() || undefined;
  const named = sessionKey?.trim() || undefined;
  try {
    if (asked !== undefined && named !== undefined) {
      const session = canonicalSessionKey(named, { defaultAgentId: asked });
      if (session.agentId !== asked) {
        const message = `agent id ${JSON.stringify(asked)} does not match session agent ${
          JSON.stringify(session.agentId)
        }`;
        return invalid("AGENT_SESSION_MISMATCH", message, "Leave agentId out");
      }
    }
    return resolveRunTarget(state, { agentId: asked, sessionKey: named });
  } catch (error) {
    if (!(error instanceof AppError) || errorFacts(error.code).http >= 500) throw error;
    if (error.code === "AGENT_NOT_FOUND") {
      return { ...invalid(error.code, error.message, error.hint), type: "not_found", status: 404 };
    }
    return invalid(error.code, error.message, error.hint);
  }
}

function invalid(code: string, message: string, hint: string | undefined): FailedCall {
  const failed: FailedCall = { ok: false, type: "invalid_request", status: 400, code, message };
  return hint === undefined ? failed : { ...failed, hint };
}

/** The tool of that name, if there is one and the caller has it. */
async function availableTool(
  state: GatewayState,
  { name, isOwner }: OutsideCall,
  target: RunTarget,
): Promise<RegisteredTool | FailedCall> {
  const tool = (await state.toolbox.registry()).find(name);
  if (!tool) return notAvailable(name, "openclaw gateway call tools.catalog");
  const denied = isDeniedOutside(state, tool.name)
    ? "gateway.tools"
    : new ToolPolicy(policyInput(state, target, isOwner)).deniedBy(tool);
  return denied === undefined ? tool : notAvailable(name, hintFor(denied));
}

/** Where the configuration says so: rules carry the place they stand at. */
function hintFor(rule: string): string {
  if (rule === OWNER_RULE) return "Call it with operator.admin";
  const key = /^(?:gateway\.tools|agents|tools)/.exec(rule)?.[0] ?? "tools";
  return `openclaw config get ${key}`;
}

function notAvailable(name: string, hint: string): FailedCall {
  const message = `Tool not available: ${ellipsize(name, MAX_LOGGED_CHARS)}`;
  return { ok: false, type: "not_found", status: 404, code: "TOOL_NOT_FOUND", message, hint };
}

/** Whether `gateway.tools` keeps a tool from callers from outside; what it denies stays denied. */
function isDeniedOutside(state: GatewayState, name: string): boolean {
  const { allow = [], deny = [] } = state.config().config.gateway?.tools ?? {};
  const allowed = new Set(allow.map(canonicalToolName));
  return matcherOf(deny)(name) || (DENIED_OUTSIDE.includes(name) && !allowed.has(name));
}

function withAction(
  { parameters }: RegisteredTool,
  { args, action }: OutsideCall,
): Record<string, unknown> {
  const takesAction = isObject(parameters.properties) && "action" in parameters.properties;
  return action !== undefined && takesAction && args.action === undefined
    ? { ...args, action }
    : args;
}

/** Runs a tool until it ends, its time is over, or its caller is gone. */
async function execute(
  tool: RegisteredTool,
  args: Record<string, unknown>,
  { agentId, sessionKey }: RunTarget,
  { idempotencyKey, delivery, signal }: OutsideCall,
): Promise<ToolResult> {
  if (signal?.aborted) throw callerGone();
  const controller = new AbortController();
  const onGone = () => controller.abort(callerGone());
  const timer = setTimeout(() => controller.abort(tookTooLong()), CALL_TIMEOUT_MS);
  const { promise: cut, reject } = Promise.withResolvers<never>();
  controller.signal.addEventListener("abort", () => reject(controller.signal.reason));
  signal?.addEventListener("abort", onGone, { once: true });
  const context: ToolContext = {
    runId: `tool:${idempotencyKey ?? randomId()}`,
    agentId,
    sessionKey,
    signal: controller.signal,
    ...(delivery === undefined ? {} : { delivery }),
  };
  try {
    return await Promise.race([cut, tool.execute(args, context)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onGone);
  }
}

function callerGone(): AppError {
  return new AppError("CLIENT_CLOSED", "Request aborted by the client");
}

function tookTooLong(): AppError {
  return new AppError("TOOL_TIMEOUT", "tool execution timed out", {
    hint: "Ask for less, or let the tool return before the work is done",
  });
}

/** What a caller is told of a failure: what it did wrong, and nothing of what went wrong inside. */
function failureOf(state: GatewayState, name: string, error: unknown): FailedCall {
  const failed = { ok: false, type: "tool_error" } as const;
  if (error instanceof AppError) {
    const { code } = error;
    const { hint } = publicFailure(error);
    const { http } = errorFacts(code);
    const rest = { code, ...(hint === undefined ? {} : { hint }) };
    if (code === "CLIENT_CLOSED" || code === "TOOL_TIMEOUT") {
      return { ...failed, ...rest, status: http, message: error.message };
    }
    if (http < 500) {
      return { ...failed, ...rest, status: http === 403 ? 403 : 400, message: error.message };
    }
    state.log.warn(`tool ${name} failed: ${error.message}`, { code });
    return { ...failed, ...rest, status: 500, message: FAILED };
  }
  state.log.warn(`tool ${name} failed: ${errorMessage(error)}`);
  return { ...failed, status: 500, code: "TOOL_FAILED", message: FAILED, hint: "openclaw logs" };
}

const FAILED = "tool execution failed";

/**
 * Checks the settings that a client wants to give a session.
 *
 * @module
 */
import { findAgent, modelsForRun } from "../agents/mod.ts";
import { AppError } from "../base/mod.ts";
import { THINKING_LEVELS } from "../models/mod.ts";
import type { MethodParams } from "../protocol/methods/mod.ts";
import type { SessionEntry, SessionPatch } from "../sessions/mod.ts";
import type { GatewayState } from "./state.ts";

/** Settings with a closed list of values. */
const LEVELS: Readonly<Record<string, readonly string[]>> = {
  thinkingLevel: THINKING_LEVELS,
  verboseLevel: ["off", "on", "full"],
  traceLevel: ["off", "on", "raw"],
  reasoningLevel: ["off", "on", "stream"],
  responseUsage: ["off", "tokens", "full", "on"],
  elevatedLevel: ["off", "on", "ask", "full"],
  execHost: ["auto", "sandbox", "gateway", "node"],
  execSecurity: ["deny", "allowlist", "full"],
  execAsk: ["off", "on-miss", "always"],
  sendPolicy: ["allow", "deny"],
  groupActivation: ["mention", "always"],
  subagentRole: ["orchestrator", "leaf"],
  subagentControlScope: ["children", "none"],
};

/** What only a session has that another one began, and what stays as it was set first. */
const SPAWN_FIELDS: readonly string[] = [
  "spawnedBy",
  "spawnedWorkspaceDir",
  "spawnDepth",
  "subagentRole",
  "subagentControlScope",
];
const SPAWNED_KEY = /^agent:[^:]+:(?:subagent|acp):/;

/**
 * Turns the parameters of `sessions.patch` into a change of the store; `null` clears a setting.
 *
 * @throws {AppError} `SESSION_PATCH_INVALID`, now or when the change is made, or what an unknown model
 * is refused with.
 */
export function checkSessionPatch(
  state: GatewayState,
  { key, agentId }: { key: string; agentId: string },
  { key: _key, label, model, ...settings }: MethodParams<"sessions.patch">,
): (entry: SessionEntry) => SessionPatch {
  const extra: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    refuseUnknownLevel(name, value);
    if (SPAWN_FIELDS.includes(name) && !SPAWNED_KEY.test(key)) {
      throw invalid(`${name} is only supported for subagent:* or acp:* sessions`);
    }
    extra[name] = value;
  }
  if (model !== undefined) {
    extra.modelOverride = model === null ? null : modelOfPatch(state, agentId, model);
  }
  return (entry) => {
    refuseAnotherOrigin(entry, extra);
    return { ...(label === undefined ? {} : { label }), extra };
  };
}

function refuseUnknownLevel(name: string, value: unknown): void {
  const allowed = LEVELS[name];
  if (value === null || !allowed || allowed.includes(String(value))) return;
  throw new AppError("SESSION_PATCH_INVALID", `invalid ${name} (use ${allowed.join("|")})`, {
    hint: `Send one of ${allowed.join(", ")}, or null to clear it`,
  });
}

/** Who began a session, and how deep below, does not change: limits rest on it. */
function refuseAnotherOrigin(entry: SessionEntry, patch: Record<string, unknown>): void {
  for (const name of SPAWN_FIELDS) {
    const now = entry.extra[name];
    if (now === undefined || patch[name] === undefined || patch[name] === now) continue;
    throw invalid(`${name} cannot be ${patch[name] === null ? "cleared" : "changed"} once set`);
  }
}

function invalid(message: string): AppError {
  return new AppError("SESSION_PATCH_INVALID", message, {
    hint: "openclaw gateway call sessions.describe",
  });
}

/** A model that a session may use, as `provider/model`. @throws {ModelError} */
export function modelOfPatch(state: GatewayState, agentId: string, name: string): string {
  const snapshot = state.agents();
  const [{ info }] = modelsForRun(snapshot, findAgent(snapshot, agentId), name);
  return `${info.provider}/${info.model}`;
}

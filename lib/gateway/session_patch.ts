/**
 * Checks the settings that a client wants to give a session.
 *
 * @module
 */
import { findAgent, modelsForRun } from "../agents/mod.ts";
import { AppError } from "../base/mod.ts";
import { THINKING_LEVELS } from "../models/mod.ts";
import type { MethodParams } from "../protocol/methods/mod.ts";
import type { SessionPatch } from "../sessions/mod.ts";
import type { GatewayState } from "./state.ts";

/** Settings with a closed list of values. */
const LEVELS: Readonly<Record<string, readonly string[]>> = {
  thinkingLevel: THINKING_LEVELS,
  verboseLevel: ["off", "on", "full"],
  reasoningLevel: ["off", "on", "stream"],
  elevatedLevel: ["off", "on", "ask", "full"],
  sendPolicy: ["allow", "deny"],
  groupActivation: ["mention", "always"],
};

/**
 * Turns the parameters of `sessions.patch` into a change of the store; `null` clears a setting.
 *
 * @throws {AppError} `SESSION_PATCH_INVALID`, or what an unknown model is refused with.
 */
export function checkSessionPatch(
  state: GatewayState,
  agentId: string,
  { key: _key, label, model, ...settings }: MethodParams<"sessions.patch">,
): SessionPatch {
  const extra: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    const allowed = LEVELS[name];
    if (value !== null && allowed && !allowed.includes(String(value))) {
      throw new AppError("SESSION_PATCH_INVALID", `invalid ${name} (use ${allowed.join("|")})`, {
        hint: `Send one of ${allowed.join(", ")}, or null to clear it`,
      });
    }
    extra[name] = value;
  }
  if (model !== undefined) {
    extra.modelOverride = model === null ? null : modelOfPatch(state, agentId, model);
  }
  return { ...(label === undefined ? {} : { label }), extra };
}

/** A model that a session may use, as `provider/model`. @throws {ModelError} */
export function modelOfPatch(state: GatewayState, agentId: string, name: string): string {
  const snapshot = state.agents();
  const [{ info }] = modelsForRun(snapshot, findAgent(snapshot, agentId), name);
  return `${info.provider}/${info.model}`;
}

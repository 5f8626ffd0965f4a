/**
 * Which sessions a session may look into and write to.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { OpenClawConfig } from "../../config/mod.ts";
import { globMatcher } from "./policy.ts";

/** What is to be done with another session, in the words of a refusal. */
export type SessionAction = "list" | "history" | "send" | "status";

/** A session and its agent. */
export interface SessionPlace {
  readonly key: string;
  readonly agentId: string;
}

/** `tools.sessions.visibility` and `tools.agentToAgent` as they are in force. */
export interface VisibilityRules {
  readonly visibility: "self" | "tree" | "agent" | "all";
  /** Whether agents may reach each other at all, and which. */
  readonly agentToAgent: { enabled: boolean; allow?: readonly string[] };
}

/** The rules of a configuration. */
export function visibilityRules({ tools = {} }: OpenClawConfig): VisibilityRules {
  const { enabled, allow } = isObject(tools.agentToAgent)
    ? tools.agentToAgent
    : { enabled: false, allow: undefined };
  const names = Array.isArray(allow) ? lowerTexts(allow) : [];
  return {
    visibility: tools.sessions?.visibility ?? "tree",
    agentToAgent: { enabled: enabled === true, ...(names.length > 0 ? { allow: names } : {}) },
  };
}

function lowerTexts(values: readonly unknown[]): string[] {
  return values.flatMap((each) => typeof each === "string" ? [each.trim().toLowerCase()] : []);
}

/**
 * Why a session may not do something with another one; nothing when it may.
 *
 * @param isBelow Whether the other one was begun by it, over any number of steps; asked only if needed.
 */
export function refusalOf(
  action: SessionAction,
  requester: SessionPlace,
  target: SessionPlace,
  { visibility, agentToAgent }: VisibilityRules,
  isBelow: () => boolean,
): string | undefined {
  if (target.key === requester.key) return undefined;
  const restricted = `Session ${action} visibility is restricted`;
  if (target.agentId !== requester.agentId) {
    if (visibility === "tree" && isBelow()) return undefined;
    if (visibility !== "all") {
      return `${restricted}. Set tools.sessions.visibility=all to allow cross-agent access.`;
    }
    return agentRefusal(action, requester.agentId, target.agentId, agentToAgent);
  }
  if (visibility === "self") {
    return `${restricted} to the current session (tools.sessions.visibility=self).`;
  }
  if (visibility === "tree" && !isBelow()) {
    return `${restricted} to the current session tree (tools.sessions.visibility=tree).`;
  }
  return undefined;
}

function agentRefusal(
  action: SessionAction,
  from: string,
  to: string,
  { enabled, allow }: VisibilityRules["agentToAgent"],
): string | undefined {
  if (!enabled) {
    return `Agent-to-agent ${action} is disabled. Set tools.agentToAgent.enabled=true to allow cross-agent access.`;
  }
  const matches = allow && globMatcher(allow);
  return matches === undefined || (matches(from) && matches(to))
    ? undefined
    : `Agent-to-agent ${action} denied by tools.agentToAgent.allow.`;
}

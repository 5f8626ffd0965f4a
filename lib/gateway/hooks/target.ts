/**
 * Which agent and session a webhook's run belongs to.
 *
 * @module
 */
import { AppError, randomId } from "../../base/mod.ts";
import { isHookKeyAllowed, normalizeAgentId, type ResolvedHooks } from "../../config/mod.ts";
import type { HookAgentRun, HookSessionKey } from "../../http/mod.ts";
import { resolveRunTarget, type RunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";

/** Where a run goes, and whether its conversation begins with it. */
export interface HookTarget extends RunTarget {
  readonly isIsolated: boolean;
}

/**
 * Finds agent and session.
 *
 * A key of the webhooks' own, `hook:…`, begins a new conversation each time. Any other belongs to a
 * conversation that goes on, and is never begun anew by a webhook.
 *
 * @throws {AppError} `INVALID_REQUEST`, `SESSION_KEY_INVALID` or `AGENT_SESSION_MISMATCH`
 */
export function resolveHookTarget(
  state: GatewayState,
  hooks: Pick<ResolvedHooks, "allowedAgentIds" | "sessions">,
  { agentId, sessionKey }: Pick<HookAgentRun, "agentId" | "sessionKey">,
): HookTarget {
  const key = keyOf(hooks, sessionKey);
  const named = agentId ?? /^agent:([^:]+):/i.exec(key)?.[1];
  const target = resolveRunTarget(state, {
    agentId: agentOf(state, hooks, named),
    sessionKey: key,
  });
  return { ...target, isIsolated: /^agent:[^:]+:hook:/.test(target.sessionKey) };
}

/** The named agent, or the default one where there is no such agent. */
function agentOf(
  state: GatewayState,
  { allowedAgentIds }: Pick<ResolvedHooks, "allowedAgentIds">,
  named: string | undefined,
): string {
  const { agents, defaultId } = state.agents();
  if (named === undefined) return defaultId;
  const wanted = normalizeAgentId(named);
  const agentId = agents.some(({ id }) => id === wanted) ? wanted : defaultId;
  if (allowedAgentIds === undefined || allowedAgentIds.includes(agentId)) return agentId;
  throw invalid(
    "agentId is not allowed by hooks.allowedAgentIds",
    "openclaw config get hooks.allowedAgentIds",
  );
}

function keyOf(
  { sessions }: Pick<ResolvedHooks, "sessions">,
  asked: HookSessionKey | undefined,
): string {
  if (asked === undefined) return sessions.defaultKey ?? `hook:${randomId()}`;
  if (asked.isRequested && !sessions.allowsRequested) {
    throw invalid(
      "sessionKey is disabled for externally supplied hook payload values; " +
        "set hooks.allowRequestSessionKey=true to enable",
      "openclaw config set hooks.allowRequestSessionKey true",
    );
  }
  if (isHookKeyAllowed(asked.key, sessions)) return asked.key;
  throw invalid(
    `sessionKey must start with one of: ${sessions.prefixes?.join(", ") ?? ""}`,
    "openclaw config get hooks.allowedSessionKeyPrefixes",
  );
}

function invalid(message: string, hint: string): AppError {
  return new AppError("INVALID_REQUEST", message, { hint });
}

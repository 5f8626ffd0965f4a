/**
 * From what a client names (agent, key, id of a session) to the session a run belongs to.
 *
 * @module
 */
import { findAgent, type RunOrigin } from "../agents/mod.ts";
import { AppError } from "../base/mod.ts";
import type { ThinkingLevel } from "../models/mod.ts";
import { canonicalSessionKey, mainSessionKey } from "../sessions/mod.ts";
import type { Client } from "./client.ts";
import type { GatewayState } from "./state.ts";
import { isThinkingLevel } from "./thinking.ts";

/** What a client may name; all of it optional. */
export interface TargetQuery {
  agentId?: string | undefined;
  sessionKey?: string | undefined;
  sessionId?: string | undefined;
}

/** Where a run goes. */
export interface RunTarget {
  agentId: string;
  /** Canonical key. */
  sessionKey: string;
  /** The model that the session was set to, `provider/model`; absent when it was not. */
  model?: string;
  /** The level of thinking that the session was set to; absent when it was not. */
  thinking?: ThinkingLevel;
}

/** Who asked for a run over a connection. */
export function originOf(kind: RunOrigin["kind"], { identity }: Client): RunOrigin {
  const { connId, deviceId } = identity;
  return { kind, connId, ...(deviceId === undefined ? {} : { deviceId }) };
}

/**
 * Finds the session a run belongs to: the named key, the named id, else the agent's main session.
 *
 * @throws {AppError} `AGENT_NOT_FOUND`, `SESSION_KEY_INVALID`, `SESSION_NOT_FOUND`, or
 * `AGENT_SESSION_MISMATCH` when the agent is not the session's.
 */
export function resolveRunTarget(state: GatewayState, query: TargetQuery): RunTarget {
  const snapshot = state.agents();
  const asked = query.agentId?.trim().toLowerCase() || undefined;
  const target = locate(state, query, asked ?? snapshot.defaultId);
  findAgent(snapshot, asked ?? target.agentId);
  if (asked !== undefined && asked !== target.agentId) {
    throw new AppError(
      "AGENT_SESSION_MISMATCH",
      `agent "${asked}" does not match the agent "${target.agentId}" of session "${target.sessionKey}"`,
      { hint: "Leave the agent out, or name a session of that agent" },
    );
  }
  const { modelOverride, thinkingLevel } = state.store.getSession(target.sessionKey)?.extra ?? {};
  return {
    ...target,
    ...(typeof modelOverride === "string" ? { model: modelOverride } : {}),
    ...(isThinkingLevel(thinkingLevel) ? { thinking: thinkingLevel } : {}),
  };
}

function locate(state: GatewayState, query: TargetQuery, defaultAgentId: string): RunTarget {
  if (query.sessionKey?.trim()) {
    const { key, agentId } = canonicalSessionKey(query.sessionKey, {
      defaultAgentId,
    });
    return { agentId, sessionKey: key };
  }
  if (query.sessionId?.trim()) {
    const id = query.sessionId.trim();
    const session = state.store.getSessionById(id);
    if (!session) {
      throw new AppError("SESSION_NOT_FOUND", `No session found: ${id}`, {
        hint: "openclaw gateway call sessions.list",
      });
    }
    return { agentId: session.agentId, sessionKey: session.key };
  }
  return {
    agentId: defaultAgentId,
    sessionKey: mainSessionKey(defaultAgentId),
  };
}

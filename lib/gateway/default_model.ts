/**
 * The models that answer in sessions and where none is named, for lists and status.
 *
 * @module
 */
import { type AgentsSnapshot, defaultAgent, primaryModel } from "../agents/mod.ts";
import { ModelError, type ModelInfo } from "../models/mod.ts";

/** The default agent's model, or `undefined` when the configuration names one that does not exist. */
export function defaultModel(snapshot: AgentsSnapshot): ModelInfo | undefined {
  return known(() => primaryModel(snapshot, defaultAgent(snapshot)));
}

/**
 * The model that answers in a session.
 *
 * @param override What the session was set to, `provider/model`.
 * @returns `undefined` when it, or the session's agent, is not configured any more.
 */
export function sessionModel(
  snapshot: AgentsSnapshot,
  agentId: string,
  override: unknown,
): ModelInfo | undefined {
  const agent = snapshot.agents.find(({ id }) => id === agentId);
  const asked = typeof override === "string" ? override : undefined;
  return agent && known(() => primaryModel(snapshot, agent, asked));
}

/** A list still answers where a name leads nowhere; the run itself reports what is wrong with it. */
function known(resolve: () => ModelInfo): ModelInfo | undefined {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

/**
 * The model that answers where none is named, for lists and status.
 *
 * @module
 */
import { type AgentsSnapshot, defaultAgent, primaryModel } from "../agents/mod.ts";
import { ModelError, type ModelInfo } from "../models/mod.ts";

/** The default agent's model, or `undefined` when the configuration names one that does not exist. */
export function defaultModel(snapshot: AgentsSnapshot): ModelInfo | undefined {
  try {
    return primaryModel(snapshot, defaultAgent(snapshot));
  } catch (error) {
    // A list still answers; the run itself reports what is wrong with the name.
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

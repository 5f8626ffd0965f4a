/**
 * What runs take from the configuration, frozen at the moment a run is accepted.
 *
 * @module
 */
import { AppError, nearest } from "../base/mod.ts";
import {
  type ConfigPaths,
  type ModelSelection,
  type OpenClawConfig,
  resolveAgents,
  type ResolvedAgent,
  resolveModelSelection,
} from "../config/mod.ts";
import type { Model, ModelCatalog, ModelInfo } from "../models/mod.ts";

/** One version of the configuration, as far as runs depend on it. */
export interface AgentsSnapshot {
  readonly defaultId: string;
  readonly agents: readonly ResolvedAgent[];
  readonly catalog: ModelCatalog;
  /** IANA name, used where an agent has none of its own. */
  readonly timeZone: string;
  /** Which models an agent may and does call. */
  selectionOf(agent: ResolvedAgent): ModelSelection;
}

/** What runs need of a configuration. */
export function createAgentsSnapshot(
  config: OpenClawConfig,
  paths: ConfigPaths,
  catalog: ModelCatalog,
): AgentsSnapshot {
  const { defaultId, agents } = resolveAgents(config, paths);
  const selections = new Map<string, ModelSelection>();
  return {
    defaultId,
    agents,
    catalog,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    selectionOf(agent) {
      const known = selections.get(agent.id);
      if (known) return known;
      const selection = resolveModelSelection(config, agent);
      selections.set(agent.id, selection);
      return selection;
    },
  };
}

/**
 * The agent of that id.
 *
 * @throws {AppError} `AGENT_NOT_FOUND`
 */
export function findAgent(snapshot: AgentsSnapshot, id: string): ResolvedAgent {
  const agent = snapshot.agents.find((candidate) => candidate.id === id);
  if (agent) return agent;
  const near = nearest(id, snapshot.agents.map((candidate) => candidate.id));
  throw new AppError("AGENT_NOT_FOUND", `unknown agent id "${id}"`, {
    hint: near
      ? `Did you mean "${near}"? List agents: openclaw gateway call agents.list`
      : "openclaw gateway call agents.list",
  });
}

/** The agent that answers where none is named. */
export function defaultAgent(snapshot: AgentsSnapshot): ResolvedAgent {
  return findAgent(snapshot, snapshot.defaultId);
}

/**
 * The model an agent uses.
 *
 * @param asked Its name, when one was asked for; the agent's own model otherwise.
 * @throws {ModelError} `MODEL_NOT_FOUND`, `MODEL_AMBIGUOUS` or `MODEL_NOT_ALLOWED`
 */
export function primaryModel(
  snapshot: AgentsSnapshot,
  agent: ResolvedAgent,
  asked?: string,
): ModelInfo {
  const primary = asked ?? snapshot.selectionOf(agent).model?.primary;
  return primary === undefined
    ? snapshot.catalog.defaultModel()
    : resolveModel(snapshot, agent, primary);
}

/**
 * The models a run calls, in order.
 *
 * A model that was asked for by name is strict: only the fallbacks that were asked for with it answer
 * in its place.
 *
 * @throws {ModelError} `MODEL_NOT_FOUND`, `MODEL_AMBIGUOUS`, `MODEL_NOT_ALLOWED` or
 * `PROVIDER_API_UNSUPPORTED`
 */
export function modelsForRun(
  snapshot: AgentsSnapshot,
  agent: ResolvedAgent,
  asked: string | undefined,
  askedFallbacks?: readonly string[],
): [Model, ...Model[]] {
  const { catalog } = snapshot;
  const [primary, usual] = asked === undefined
    ? [primaryModel(snapshot, agent), snapshot.selectionOf(agent).model?.fallbacks ?? []]
    : [resolveModel(snapshot, agent, asked), []];
  const fallbacks = askedFallbacks ?? usual;
  return [
    catalog.create(primary, agent.id),
    ...fallbacks.map((name) => catalog.create(resolveModel(snapshot, agent, name), agent.id)),
  ];
}

function resolveModel(snapshot: AgentsSnapshot, agent: ResolvedAgent, name: string): ModelInfo {
  const { aliases, allowlist } = snapshot.selectionOf(agent);
  return snapshot.catalog.resolve(name, { aliases, ...(allowlist ? { allowlist } : {}) });
}

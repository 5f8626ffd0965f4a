/**
 * The agents of a configuration, with defaults filled in.
 *
 * @module
 */
import { join, resolve } from "@std/path";
import type { ConfigIssue, ConfigPaths, OpenClawConfig } from "../types.ts";

/** Id of the agent that is there when none is configured. */
export const MAIN_AGENT_ID = "main";

const MAX_AGENT_ID_CHARS = 64;
const DEFAULT_TIMEOUT_SECONDS = 172_800;
const DEFAULT_CONTEXT_TOKENS = 200_000;
const DEFAULT_BOOTSTRAP_CHARS = 12_000;
const DEFAULT_BOOTSTRAP_TOTAL_CHARS = 60_000;
const DEFAULT_MAX_CONCURRENT = 4;

type AgentsSection = NonNullable<OpenClawConfig["agents"]>;
type AgentEntry = NonNullable<AgentsSection["list"]>[number];
type AgentDefaults = NonNullable<AgentsSection["defaults"]>;
type ModelChoice = AgentDefaults["model"];
type ModelEntries = NonNullable<AgentDefaults["models"]>;

/** The models an agent calls, in order. */
export interface AgentModels {
  /** As `provider/model`, a bare id or an alias. */
  readonly primary: string;
  readonly fallbacks: readonly string[];
  /** Budget of one call. */
  readonly timeoutMs?: number;
}

/** One agent. */
export interface ResolvedAgent {
  readonly id: string;
  readonly name?: string;
  readonly isDefault: boolean;
  readonly workspace: string;
  readonly agentDir: string;
  /** Absent when no model is configured. */
  readonly model?: AgentModels;
  readonly identity?: NonNullable<AgentEntry["identity"]>;
  /** Models that may be used, with their settings; absent when all may. */
  readonly models?: Readonly<ModelEntries>;
  readonly timeoutSeconds: number;
  readonly contextTokens: number;
  readonly thinkingDefault?: NonNullable<AgentEntry["thinkingDefault"]>;
  readonly bootstrapMaxChars: number;
  readonly bootstrapTotalMaxChars: number;
  readonly skipBootstrap: boolean;
  readonly userTimezone?: string;
  /** Request parameters, those of the agent over the common ones. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** All agents; never empty. */
export interface ResolvedAgents {
  readonly defaultId: string;
  readonly agents: readonly ResolvedAgent[];
  /** Most runs at the same time. */
  readonly maxConcurrent: number;
}

/** The agents of a configuration; one named `main` when it lists none. */
export function resolveAgents(config: OpenClawConfig, paths: ConfigPaths): ResolvedAgents {
  const defaults = config.agents?.defaults ?? {};
  const list = uniqueById(config.agents?.list ?? []);
  const entries: readonly AgentEntry[] = list.length > 0 ? list : [{ id: MAIN_AGENT_ID }];
  const chosen = entries.find((entry) => entry.default) ?? entries[0]!;
  return {
    defaultId: normalizeAgentId(chosen.id),
    agents: entries.map((entry) => resolveAgent(entry, defaults, entry === chosen, paths)),
    maxConcurrent: defaults.maxConcurrent ?? DEFAULT_MAX_CONCURRENT,
  };
}

/**
 * Agents whose folder, as configured, is the one that another agent has without being configured: their
 * credentials would be mixed up.
 */
export function sharedAgentDirs(config: OpenClawConfig, paths: ConfigPaths): ConfigIssue[] {
  const list = config.agents?.list ?? [];
  if (!list.some(({ agentDir }) => agentDir !== undefined)) return [];
  const { agents } = resolveAgents(config, paths);
  return list.flatMap(({ id, agentDir }, index) => {
    if (agentDir === undefined) return [];
    const own = normalizeAgentId(id);
    const dir = resolve(agentDir);
    const other = agents.find((agent) => agent.id !== own && resolve(agent.agentDir) === dir);
    if (other === undefined) return [];
    const message = `"${agentDir}" is already the agentDir of agent "${other.id}"`;
    return [{ path: `agents.list[${index}].agentDir`, message }];
  });
}

/** An agent id as session keys have it: lower case, other characters as `-`, at most 64. */
export function normalizeAgentId(id: string): string {
  const dashed = id.trim().toLowerCase().replace(/[^a-z0-9_-]+/g, "-");
  const trimmed = dashed.replace(/^-+/, "").slice(0, MAX_AGENT_ID_CHARS).replace(/-+$/, "");
  return trimmed || MAIN_AGENT_ID;
}

/** Ids repeat only in an invalid file; the first one counts there. */
function uniqueById(list: readonly AgentEntry[]): AgentEntry[] {
  const seen = new Map(list.toReversed().map((entry) => [normalizeAgentId(entry.id), entry]));
  return list.filter((entry) => seen.get(normalizeAgentId(entry.id)) === entry);
}

function resolveAgent(
  entry: AgentEntry,
  defaults: AgentDefaults,
  isDefault: boolean,
  paths: ConfigPaths,
): ResolvedAgent {
  const id = normalizeAgentId(entry.id);
  const own = { ...defaults, ...entry };
  const model = mergeModels(entry.model, defaults.model);
  return {
    id,
    isDefault,
    workspace: entry.workspace?.trim() || defaultWorkspace(id, defaults, isDefault, paths),
    agentDir: entry.agentDir?.trim() || join(paths.stateDir, "agents", id, "agent"),
    ...(entry.name === undefined ? {} : { name: entry.name }),
    ...(entry.identity === undefined ? {} : { identity: entry.identity }),
    ...(model === undefined ? {} : { model }),
    ...(own.models === undefined ? {} : { models: { ...defaults.models, ...entry.models } }),
    ...(own.thinkingDefault === undefined ? {} : { thinkingDefault: own.thinkingDefault }),
    ...(defaults.userTimezone === undefined ? {} : { userTimezone: defaults.userTimezone }),
    timeoutSeconds: own.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    contextTokens: own.contextTokens ?? DEFAULT_CONTEXT_TOKENS,
    bootstrapMaxChars: own.bootstrapMaxChars ?? DEFAULT_BOOTSTRAP_CHARS,
    bootstrapTotalMaxChars: own.bootstrapTotalMaxChars ?? DEFAULT_BOOTSTRAP_TOTAL_CHARS,
    skipBootstrap: own.skipBootstrap ?? false,
    params: { ...defaults.params, ...entry.params },
  };
}

function defaultWorkspace(
  id: string,
  defaults: AgentDefaults,
  isDefault: boolean,
  paths: ConfigPaths,
): string {
  const common = defaults.workspace?.trim();
  if (isDefault) return common || paths.workspaceDir;
  return common ? join(common, id) : join(paths.stateDir, `workspace-${id}`);
}

/** The agent's own choice; fallbacks it does not mention are the common ones. */
function mergeModels(own: ModelChoice, common: ModelChoice): AgentModels | undefined {
  const mine = asObject(own);
  const theirs = asObject(common);
  const primary = mine.primary?.trim() || theirs.primary?.trim();
  if (!primary) return undefined;
  const timeoutMs = mine.timeoutMs ?? theirs.timeoutMs;
  return {
    primary,
    fallbacks: mine.fallbacks ?? theirs.fallbacks ?? [],
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

function asObject(choice: ModelChoice): Exclude<ModelChoice, string | undefined> {
  return typeof choice === "string" ? { primary: choice } : choice ?? {};
}

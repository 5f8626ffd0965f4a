/**
 * The shapes of results and event payloads about models and agents, as types only.
 *
 * @module
 */
/** One model of `models.list`. */
export interface ModelRow {
  id: string;
  name: string;
  provider: string;
  alias?: string;
  contextWindow?: number;
  reasoning?: boolean;
  input?: string[];
}

/** One agent of `agents.list`. */
export interface AgentRow {
  id: string;
  name?: string;
  identity?: { name?: string; theme?: string; emoji?: string; avatar?: string; avatarUrl?: string };
  workspace?: string;
  model?: { primary?: string; fallbacks?: string[] };
  agentRuntime?: { id: string; source: string; fallback?: string };
}

/** The result of `agents.list`. */
export interface AgentsListResult {
  defaultId: string;
  mainKey: string;
  scope: "per-sender" | "global";
  agents: AgentRow[];
}

/** The result of `models.list`. */
export interface ModelsListResult {
  models: ModelRow[];
}

/** The result of `models.authStatus`. */
export interface ModelsAuthStatusResult {
  ts: number;
  providers: {
    provider: string;
    displayName: string;
    status: string;
    expiry?: Record<string, unknown>;
    profiles: Record<string, unknown>[];
    usage?: Record<string, unknown>;
  }[];
}

/** The result of `agents.create`. */
export interface AgentCreated {
  ok: boolean;
  agentId: string;
  name: string;
  workspace: string;
  model?: string;
}

/** The result of `agents.update`. */
export interface AgentUpdated {
  ok: boolean;
  agentId: string;
}

/** The result of `agents.delete`. */
export interface AgentDeleted {
  ok: boolean;
  agentId: string;
  removedBindings: number;
}

/** One of the files that an agent's workspace starts with. */
export interface AgentFileRow {
  name: string;
  path: string;
  missing: boolean;
  /** Bytes. */
  size?: number;
  updatedAtMs?: number;
}

/** The result of `agents.files.list`. */
export interface AgentFilesResult {
  agentId: string;
  workspace: string;
  files: AgentFileRow[];
}

/** The result of `agents.files.get`; a missing file has no content. */
export interface AgentFileResult {
  agentId: string;
  workspace: string;
  file: AgentFileRow & { content?: string };
}

/** The result of `agents.files.set`. */
export interface AgentFileWritten extends AgentFileResult {
  ok: boolean;
}

/** The result of `agent.identity.get`. */
export interface AgentIdentityResult {
  agentId: string;
  name?: string;
  avatar?: string;
  avatarSource?: string;
  avatarStatus?: "none" | "local" | "remote" | "data";
  avatarReason?: string;
  emoji?: string;
}

/**
 * Methods that list what is configured: models, agents, channels and the configuration itself.
 *
 * @module
 */
import { defaultAgent } from "../../agents/mod.ts";
import { type AgentModels, redactConfig } from "../../config/mod.ts";
import type {
  AgentRow,
  AgentsListResult,
  ChannelsStatusResult,
  ConfigGetResult,
  ModelRow,
} from "../../protocol/mod.ts";
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";

/** `models.list`, `agents.list`, `channels.status` and `config.get`. */
export function catalogMethods(state: GatewayState): Handlers {
  return {
    "models.list": ({ params }) => ({ models: modelRows(state, params.view) }),
    "agents.list": () => agentsList(state),
    "channels.status": () => channelsStatus(state),
    "config.get": () => configGet(state),
  };
}

function modelRows(
  state: GatewayState,
  view: "default" | "configured" | "all" = "default",
): ModelRow[] {
  const snapshot = state.agents();
  const { allowlist } = snapshot.selectionOf(defaultAgent(snapshot));
  return snapshot.catalog.list({ view, ...(allowlist ? { allowlist } : {}) })
    .map((entry) => ({
      id: entry.model,
      name: entry.name,
      provider: entry.provider,
      contextWindow: entry.contextWindow,
      reasoning: entry.reasoning,
      input: [...entry.input],
    }));
}

function agentsList(state: GatewayState): AgentsListResult {
  const { defaultId, agents } = state.agents();
  return {
    defaultId,
    mainKey: "main",
    scope: state.config().config.session?.scope ?? "per-sender",
    agents: agents.map((agent): AgentRow => ({
      id: agent.id,
      ...(agent.name === undefined ? {} : { name: agent.name }),
      ...(agent.identity === undefined ? {} : { identity: agent.identity }),
      workspace: agent.workspace,
      ...(agent.model === undefined ? {} : { model: modelRow(agent.model) }),
    })),
  };
}

function modelRow({ primary, fallbacks }: AgentModels) {
  return { primary, fallbacks: [...fallbacks] };
}

function channelsStatus(state: GatewayState): ChannelsStatusResult {
  return {
    ts: state.clock.now(),
    channelOrder: [],
    channelLabels: {},
    channelDetailLabels: {},
    channelSystemImages: {},
    channelMeta: [],
    eventLoop: { ...state.eventLoop.figures() },
    channels: {},
    channelAccounts: {},
    channelDefaultAccountId: {},
  };
}

function configGet(state: GatewayState): ConfigGetResult {
  const snapshot = state.config();
  const source = redactConfig(snapshot.parsed);
  const config = redactConfig(snapshot.config);
  const hasSecrets = JSON.stringify(source) !== JSON.stringify(snapshot.parsed);
  return {
    path: snapshot.path,
    exists: snapshot.exists,
    raw: hasSecrets ? null : snapshot.raw,
    parsed: source,
    sourceConfig: source,
    resolved: config,
    valid: snapshot.valid,
    runtimeConfig: config,
    config,
    hash: snapshot.hash,
    issues: snapshot.issues.map(issueRow),
    warnings: snapshot.warnings.map(issueRow),
    legacyIssues: [],
  };
}

function issueRow({ path, message }: { path: string; message: string }) {
  return { path, message };
}

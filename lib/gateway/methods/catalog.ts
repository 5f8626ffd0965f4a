/**
 * Methods that list what is configured: models, agents and channels.
 *
 * @module
 */
import { defaultAgent } from "../../agents/mod.ts";
import type { AgentModels } from "../../config/mod.ts";
import type {
  AgentRow,
  AgentsListResult,
  ChannelsStatusResult,
  ModelRow,
} from "../../protocol/mod.ts";
import type { Handlers } from "../rpc.ts";
import { AGENT_RUNTIME } from "../session_row.ts";
import type { GatewayState } from "../state.ts";

/** `models.list`, `agents.list` and `channels.status`. */
export function catalogMethods(state: GatewayState): Handlers {
  return {
    "models.list": ({ params }) => ({ models: modelRows(state, params.view) }),
    "agents.list": () => agentsList(state),
    "channels.status": () => channelsStatus(state),
  };
}

function modelRows(
  state: GatewayState,
  view: "default" | "configured" | "all" = "default",
): ModelRow[] {
  const snapshot = state.agents();
  const { allowlist, model } = snapshot.selectionOf(defaultAgent(snapshot));
  const used = model ? [model.primary, ...model.fallbacks] : [];
  return snapshot.catalog.list({ view, used, ...(allowlist ? { allowlist } : {}) })
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
      agentRuntime: AGENT_RUNTIME,
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

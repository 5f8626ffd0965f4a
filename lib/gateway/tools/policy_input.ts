/**
 * Gathers what a policy is made of for one session.
 *
 * @module
 */
import { readToolRules, type ToolPolicyInput, type ToolRules } from "../../agents/tools/mod.ts";
import { isObject } from "../../base/mod.ts";
import { normalizeAgentId } from "../../config/mod.ts";
import { sessionModel } from "../default_model.ts";
import type { RunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";

const SUBAGENT_KEY = /^agent:[^:]+:(?:.+:)?subagent:/;
const GROUP_KEY = /^agent:[^:]+:([^:]+):(?:group|channel):([^:]+)/;

/** The rules that hold for a session. */
export function policyInput(
  state: GatewayState,
  { agentId, sessionKey }: Pick<RunTarget, "agentId" | "sessionKey">,
  isOwner: boolean,
): ToolPolicyInput {
  const { config } = state.config();
  const session = state.store.getSession(sessionKey);
  const agent = config.agents?.list?.find(({ id }) => normalizeAgentId(id) === agentId);
  const model = sessionModel(state.agents(), agentId, session?.extra.modelOverride);
  const group = groupRules(config.channels, sessionKey);
  const isSubagent = SUBAGENT_KEY.test(sessionKey);
  return {
    global: readToolRules(config.tools),
    agent: readToolRules(agent?.tools),
    isOwner,
    ...(model === undefined ? {} : { provider: model.provider, model: model.model }),
    ...(group === undefined ? {} : { group }),
    ...(isSubagent
      ? {
        subagent: session?.extra.subagentRole === "orchestrator" ? "orchestrator" : "leaf",
        subagents: readToolRules(config.tools?.subagents?.tools),
      }
      : {}),
  };
}

/** `channels.<channel>.groups.<id>`, or those of `*`. */
function groupRules(channels: unknown, sessionKey: string): ToolRules | undefined {
  const [, channel, id] = GROUP_KEY.exec(sessionKey) ?? [];
  if (channel === undefined || id === undefined || !isObject(channels)) return undefined;
  const configured = channels[channel];
  const groups = isObject(configured) ? configured.groups : undefined;
  if (!isObject(groups)) return undefined;
  const own = Object.entries(groups).find(([key]) => key.toLowerCase() === id)?.[1] ?? groups["*"];
  if (!isObject(own)) return undefined;
  const rules = readToolRules(own.tools);
  const toolsBySender = readToolRules({ toolsBySender: own.toolsBySender })?.toolsBySender;
  return toolsBySender === undefined ? rules : { ...rules, toolsBySender };
}

/**
 * `tools.catalog`, `tools.effective` and `tools.invoke`: what can be called, for whom, and calling it.
 *
 * @module
 */
import { findAgent } from "../../../agents/mod.ts";
import {
  matcherOf,
  profileMembers,
  type RegisteredTool,
  TOOL_PROFILES,
  TOOL_SECTIONS,
  ToolPolicy,
} from "../../../agents/tools/mod.ts";
import { normalizeAgentId } from "../../../config/mod.ts";
import {
  hasScope,
  type ToolInvokeResult,
  type ToolRow,
  type ToolsCatalogResult,
  type ToolsEffectiveResult,
} from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { Call } from "../../rpc.ts";
import { resolveRunTarget } from "../../run_target.ts";
import type { GatewayState } from "../../state.ts";
import { callTool } from "../../tools/invoke.ts";
import { policyInput } from "../../tools/policy_input.ts";

/** Every tool of this build, whoever may call it. */
export async function toolsCatalog(
  state: GatewayState,
  { agentId }: MethodParams<"tools.catalog">,
): Promise<ToolsCatalogResult> {
  const snapshot = state.agents();
  const agent = findAgent(snapshot, normalizeAgentId(agentId ?? snapshot.defaultId));
  const { all } = await state.toolbox.registry();
  const groups = Object.entries(TOOL_SECTIONS).map(([id, label]) => ({
    id,
    label,
    source: "core",
    tools: all.filter(({ section }) => section === id).map(toolRow),
  }));
  const profiles = TOOL_PROFILES.map((id) => ({ id, label: id[0]!.toUpperCase() + id.slice(1) }));
  return { agentId: agent.id, profiles, groups };
}

function toolRow({ name, summary }: RegisteredTool): ToolRow {
  const defaultProfiles = TOOL_PROFILES.filter((profile) => {
    const members = profileMembers(profile);
    return members !== undefined && matcherOf(members)(name);
  });
  return { id: name, label: name, description: summary, source: "core", defaultProfiles };
}

/** The tools that the policy leaves a session. */
export async function toolsEffective(
  state: GatewayState,
  params: MethodParams<"tools.effective">,
): Promise<ToolsEffectiveResult> {
  const target = resolveRunTarget(state, params);
  const policy = new ToolPolicy(policyInput(state, target, true));
  const tools = policy.filter((await state.toolbox.registry()).all)
    .map(({ name, label, description }) => ({
      id: name,
      label,
      description,
      rawDescription: description,
      source: "core",
    }));
  const core = { id: "core" as const, label: "Built-in tools", source: "core", tools };
  return {
    agentId: target.agentId,
    profile: policy.profile,
    groups: tools.length === 0 ? [] : [core],
  };
}

/** Calls one tool outside a run; that it is missing or fails is part of the answer. */
export async function invokeTool(
  state: GatewayState,
  { params, client }: Call<MethodParams<"tools.invoke">>,
): Promise<ToolInvokeResult> {
  const { name: toolName, args = {}, sessionKey, agentId, idempotencyKey } = params;
  const isOwner = hasScope(client.identity.scopes, "operator.admin");
  const call = { name: toolName, args, sessionKey, agentId, idempotencyKey, isOwner };
  const outcome = await callTool(state, call);
  if (outcome.ok) return { ok: true, toolName, output: outcome.result, source: "core" };
  const { type: code, message } = outcome;
  return { ok: false, toolName, error: { code, message } };
}

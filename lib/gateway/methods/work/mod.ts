/**
 * Methods about what the gateway works on, where, and with which tools.
 *
 * @module
 */
import { type AgentTool, findAgent, type ToolContext } from "../../../agents/mod.ts";
import { AppError, errorMessage, randomId } from "../../../base/mod.ts";
import { normalizeAgentId } from "../../../config/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { CHAT_COMMANDS } from "../../chat_commands.ts";
import type { Handlers } from "../../rpc.ts";
import { resolveRunTarget } from "../../run_target.ts";
import type { GatewayState } from "../../state.ts";

const PROFILES = [
  { id: "minimal", label: "Minimal" },
  { id: "coding", label: "Coding" },
  { id: "messaging", label: "Messaging" },
  { id: "full", label: "Full" },
];
const CORE_GROUP = { id: "core", label: "Core", source: "core" };

/** `tasks.*`, `artifacts.*`, `environments.*`, `tools.*` and `commands.list`. */
export function workMethods(state: GatewayState): Handlers {
  const tasks = () => import("./tasks.ts");
  const artifacts = () => import("./artifacts.ts");
  return {
    "tasks.list": async ({ params }) => (await tasks()).listTasks(state, params),
    "tasks.get": async ({ params }) => (await tasks()).getTask(state, params),
    "tasks.cancel": async ({ params }) => (await tasks()).cancelTask(state, params),
    "artifacts.list": async ({ params }) => (await artifacts()).listArtifacts(state, params),
    "artifacts.get": async ({ params }) => (await artifacts()).getArtifact(state, params),
    "artifacts.download": async ({ params }) => (await artifacts()).downloadArtifact(state, params),
    "environments.list": async () => ({ environments: await environments(state) }),
    "environments.status": ({ params }) => environmentStatus(state, params.environmentId),
    "commands.list": ({ params }) => commandsList(state, params),
    "tools.catalog": ({ params }) => toolsCatalog(state, params),
    "tools.effective": ({ params }) => toolsEffective(state, params),
    "tools.invoke": ({ params }) => invokeTool(state, params),
  };
}

/** This machine and all known nodes. */
async function environments(state: GatewayState) {
  const { nameOf, nodeRows } = await import("../../nodes/node_rows.ts");
  const gateway = {
    id: "gateway",
    type: "local",
    label: "Gateway",
    status: "available",
    capabilities: ["agent.run", "sessions", "workspace"],
  };
  const nodes = nodeRows(state).map((row) => ({
    id: `node:${row.nodeId}`,
    type: "node",
    label: nameOf(row),
    ...(row.connected
      ? { status: "available", capabilities: [...row.caps ?? [], ...row.commands ?? []].sort() }
      : { status: "unavailable" }),
  }));
  return [gateway, ...nodes];
}

async function environmentStatus(state: GatewayState, environmentId: string) {
  const row = (await environments(state)).find(({ id }) => id === environmentId);
  if (row) return row;
  throw new AppError("NOT_FOUND", "unknown environmentId", {
    hint: "openclaw gateway call environments.list",
    details: { environmentId },
  });
}

/** The commands that people can write; there are none for a channel's own menu yet. */
function commandsList(
  state: GatewayState,
  { agentId, scope, includeArgs }: MethodParams<"commands.list">,
) {
  if (agentId !== undefined) findAgent(state.agents(), normalizeAgentId(agentId));
  if (scope === "native") return { commands: [] };
  const args = [{ name: "args", description: "Text behind the command", type: "string" }];
  return {
    commands: CHAT_COMMANDS.map(({ name, textAliases, description, category, acceptsArgs }) => ({
      name,
      textAliases: [...textAliases],
      description,
      category,
      source: "native",
      scope: "text",
      acceptsArgs,
      ...(includeArgs && acceptsArgs ? { args } : {}),
    })),
  };
}

function toolRow({ name, description }: AgentTool) {
  return { id: name, label: name, description, source: "core", defaultProfiles: ["full"] };
}

function groupsOf({ tools }: GatewayState) {
  return tools.length === 0 ? [] : [{ ...CORE_GROUP, tools: tools.map(toolRow) }];
}

function toolsCatalog(state: GatewayState, { agentId }: MethodParams<"tools.catalog">) {
  const snapshot = state.agents();
  const agent = findAgent(snapshot, normalizeAgentId(agentId ?? snapshot.defaultId));
  return { agentId: agent.id, profiles: PROFILES, groups: groupsOf(state) };
}

function toolsEffective(state: GatewayState, params: MethodParams<"tools.effective">) {
  const { agentId } = resolveRunTarget(state, params);
  const profile = state.config().config.tools?.profile ?? "full";
  return { agentId, profile, groups: groupsOf(state) };
}

/** Calls one tool outside a run; that it is missing or fails is part of the answer. */
async function invokeTool(state: GatewayState, params: MethodParams<"tools.invoke">) {
  const { name: toolName, args = {} } = params;
  const tool = state.tools.find(({ name }) => name === toolName);
  const failed = (code: string, message: string) => ({
    ok: false,
    toolName,
    error: { code, message },
  });
  if (!tool) return failed("not_found", `Tool ${toolName} not found`);
  const target = resolveRunTarget(state, params);
  const context: ToolContext = {
    runId: params.idempotencyKey ?? `tool:${randomId()}`,
    sessionKey: target.sessionKey,
    agentId: target.agentId,
    signal: new AbortController().signal,
  };
  try {
    const { content, isError } = await tool.execute(args, context);
    const output = { content };
    return isError
      ? { ...failed("tool_error", `Tool ${toolName} failed`), output }
      : { ok: true, toolName, output, source: "core" };
  } catch (error) {
    return failed("tool_error", errorMessage(error));
  }
}

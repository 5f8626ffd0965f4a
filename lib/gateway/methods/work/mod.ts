/**
 * Methods about what the gateway works on, where, and with which tools.
 *
 * @module
 */
import { findAgent } from "../../../agents/mod.ts";
import { AppError } from "../../../base/mod.ts";
import { normalizeAgentId } from "../../../config/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { CHAT_COMMANDS } from "../../chat_commands.ts";
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";

/** `tasks.*`, `artifacts.*`, `environments.*`, `tools.*` and `commands.list`. */
export function workMethods(state: GatewayState): Handlers {
  const tasks = () => import("./tasks.ts");
  const artifacts = () => import("./artifacts.ts");
  const tools = () => import("./tools.ts");
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
    "tools.catalog": async ({ params }) => (await tools()).toolsCatalog(state, params),
    "tools.effective": async ({ params }) => (await tools()).toolsEffective(state, params),
    "tools.invoke": async (call) => (await tools()).invokeTool(state, call),
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

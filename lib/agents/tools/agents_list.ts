/**
 * `agents_list`.
 *
 * @module
 */
import * as z from "zod/mini";
import { isObject } from "../../base/mod.ts";
import type { ToolContext } from "../tools.ts";
import type { ToolHost } from "./host.ts";
import { globMatcher } from "./policy.ts";
import { defineTool, type RegisteredTool } from "./registry.ts";
import { dataResult } from "./results.ts";

/** Tells which agents a session may begin work with. */
export function agentsListTool(host: ToolHost): RegisteredTool {
  return defineTool({
    name: "agents_list",
    label: "Agents",
    summary: "List agents",
    description: "List the agent ids that sessions_spawn can target.",
    section: "agents",
    arguments: () => z.object({}),
    execute: (_args, context) => Promise.resolve(dataResult(listAgents(host, context))),
  });
}

function listAgents(host: ToolHost, { agentId }: ToolContext) {
  const { list = [], defaults } = host.config().agents ?? {};
  const { agents } = host.agents();
  const own = list.find(({ id }) => id.toLowerCase() === agentId);
  const allowed = allowAgents(own?.subagents) ?? allowAgents(defaults?.subagents) ?? [];
  const isAllowed = globMatcher(allowed);
  const allowAny = allowed.includes("*");
  return {
    requester: agentId,
    allowAny,
    agents: agents.filter(({ id }) => id === agentId || isAllowed(id))
      .sort((a, b) => Number(b.id === agentId) - Number(a.id === agentId))
      .map(({ id, name }) => ({
        id,
        ...(name === undefined ? {} : { name }),
        configured: list.some((entry) => entry.id.toLowerCase() === id),
      })),
  };
}

/** `subagents.allowAgents`, ids or `*`. */
function allowAgents(subagents: unknown): string[] | undefined {
  const given = isObject(subagents) ? subagents.allowAgents : undefined;
  return Array.isArray(given) ? given.flatMap(lower) : undefined;
}

function lower(value: unknown): string[] {
  return typeof value === "string" ? [value.trim().toLowerCase()] : [];
}

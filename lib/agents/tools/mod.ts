/**
 * Tools and who may call them: a door of its own, since it is loaded when one is called or listed.
 *
 * @module
 */
import { agentsListTool } from "./agents_list.ts";
import { cronTool } from "./cron.ts";
import { gatewayTool } from "./gateway.ts";
import type { ToolHost } from "./host.ts";
import { nodesTool } from "./nodes.ts";
import { ToolRegistry } from "./registry.ts";
import { sessionStatusTool } from "./session_status.ts";
import { sessionsHistoryTool } from "./sessions_history.ts";
import { sessionsListTool } from "./sessions_list.ts";
import { sessionsSendTool } from "./sessions_send.ts";

export {
  canonicalToolName,
  profileMembers,
  TOOL_GROUPS,
  TOOL_PROFILES,
  type ToolProfile,
} from "./groups.ts";
export type { SessionTexts, ShownMessage, ToolHost, TranscriptQuery } from "./host.ts";
export {
  type JudgedTool,
  matcherOf,
  OWNER_RULE,
  ToolPolicy,
  type ToolPolicyInput,
  type ToolRules,
  type ToolSender,
} from "./policy.ts";
export {
  defineTool,
  type RegisteredTool,
  TOOL_SECTIONS,
  ToolRegistry,
  type ToolSection,
} from "./registry.ts";
export { readToolRules } from "./rules.ts";

/** The tools that every gateway has. */
export function builtInTools(host: ToolHost): ToolRegistry {
  const builders = [
    ...[agentsListTool, sessionsListTool, sessionsHistoryTool, sessionsSendTool],
    ...[sessionStatusTool, cronTool, gatewayTool, nodesTool],
  ];
  return new ToolRegistry(builders.map((build) => build(host)));
}

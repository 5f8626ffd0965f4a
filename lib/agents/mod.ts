/**
 * Agents at work: the turn loop, the prompt, the workspace, and the line in which runs of one session
 * wait. Knows neither sockets nor HTTP: who wants to see a run follows it.
 *
 * @module
 */
export type { ClientTools } from "./client_tools.ts";
export { textOf } from "./model_messages.ts";
export {
  type AbortReason,
  Run,
  type RunEvent,
  type RunListener,
  type RunOrigin,
  type RunOutcome,
  type RunRequest,
  type RunResult,
} from "./run.ts";
export { RunManager, type RunManagerDeps } from "./run_manager.ts";
export {
  type AgentsSnapshot,
  createAgentsSnapshot,
  defaultAgent,
  findAgent,
  modelsForRun,
  primaryModel,
} from "./snapshot.ts";
export type { AgentTool, ToolContext, ToolDelivery, ToolResult } from "./tools.ts";
export { runTurn, type TurnEvent, type TurnInput, type TurnResult } from "./turn.ts";
export { CONTEXT_FILES, type WorkspaceFile, WorkspaceReader } from "./workspace.ts";

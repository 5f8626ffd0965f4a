/**
 * The contract of a tool that the turn loop can call.
 *
 * @module
 */
import type { ModelTool } from "../models/mod.ts";
import type { ContentPart } from "../sessions/mod.ts";

/** What a tool is told about the turn it works for. */
export interface ToolContext {
  runId: string;
  sessionKey: string;
  agentId: string;
  /** Aborted with the run. */
  signal: AbortSignal;
}

/** What a tool answers. */
export interface ToolResult {
  content: ContentPart[];
  isError: boolean;
}

/** A function the model may call. */
export interface AgentTool extends ModelTool {
  /** Carries out one call; what it throws becomes an error result that the model reads. */
  execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult>;
}

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
  /** Where the turn's message came from and its answer goes; absent where no channel is involved. */
  delivery?: ToolDelivery;
  /** Aborted with the run. */
  signal: AbortSignal;
}

/** A place on a channel. */
export interface ToolDelivery {
  channel: string;
  to?: string;
  accountId?: string;
  threadId?: string;
}

/** What a tool answers. */
export interface ToolResult {
  content: ContentPart[];
  /** The same as data, for callers that are programs; a model never sees it. */
  details?: unknown;
  isError: boolean;
}

/** A function the model may call. */
export interface AgentTool extends ModelTool {
  /** Carries out one call; what it throws becomes an error result that the model reads. */
  execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult>;
}

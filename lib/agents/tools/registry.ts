/**
 * The tools there are: what each is called, takes and does.
 *
 * Who may call which of them is not decided here but by the policy.
 *
 * @module
 */
import * as z from "zod/mini";
import { AppError } from "../../base/mod.ts";
import { describeIssues } from "../../protocol/mod.ts";
import type { AgentTool, ToolContext, ToolResult } from "../tools.ts";
import { canonicalToolName } from "./groups.ts";

/** One tool as its family defines it. */
export interface ToolSpec<S extends z.core.$ZodType> {
  readonly name: string;
  /** For people, in lists. */
  readonly label: string;
  /** For models: when to call it and what comes back. */
  readonly description: string;
  /** One line, for lists. */
  readonly summary: string;
  /** Heading that it stands under, an id of {@linkcode TOOL_SECTIONS}. */
  readonly section: ToolSection;
  /** Whether nobody but the owner of the gateway may call it. */
  readonly isOwnerOnly?: boolean;
  /** Builds the schema of the arguments; called at the first use. Unknown arguments are dropped. */
  arguments(): S;
  /** @throws {AppError} `TOOL_INPUT_INVALID` or `TOOL_FORBIDDEN`; anything else is a failure. */
  execute(args: z.infer<S>, context: ToolContext): Promise<ToolResult>;
}

/** Headings of the list of tools, in order. */
export const TOOL_SECTIONS = {
  sessions: "Sessions",
  automation: "Automation",
  nodes: "Nodes",
  agents: "Agents",
} as const;

/** Id of a heading. */
export type ToolSection = keyof typeof TOOL_SECTIONS;

/** A tool that can be called: serves turns and callers from outside alike. */
export interface RegisteredTool extends AgentTool {
  readonly label: string;
  readonly summary: string;
  readonly section: ToolSection;
  readonly isOwnerOnly: boolean;
  /**
   * Checks arguments without calling anything.
   *
   * @throws {AppError} `TOOL_INPUT_INVALID`
   */
  check(args: Record<string, unknown>): void;
}

/** A tool made callable: arguments are checked before it sees them. */
export function defineTool<S extends z.core.$ZodType>(spec: ToolSpec<S>): RegisteredTool {
  let built: S | undefined;
  let described: Record<string, unknown> | undefined;
  const schema = () => built ??= spec.arguments();
  const parse = (args: Record<string, unknown>): z.infer<S> => {
    const result = z.safeParse(schema(), args);
    if (result.success) return result.data;
    throw invalidArguments(spec.name, result.error.issues, args);
  };
  return {
    name: spec.name,
    label: spec.label,
    description: spec.description,
    summary: spec.summary,
    section: spec.section,
    isOwnerOnly: spec.isOwnerOnly ?? false,
    get parameters() {
      return described ??= jsonSchema(schema());
    },
    check: (args) => void parse(args),
    execute: (args, context) => spec.execute(parse(args), context),
  };
}

function jsonSchema(schema: z.core.$ZodType): Record<string, unknown> {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}

/** Says the first thing that is wrong; a missing argument in the words that callers know. */
function invalidArguments(
  tool: string,
  issues: readonly z.core.$ZodIssue[],
  args: Record<string, unknown>,
): AppError {
  const [first] = issues;
  const name = first?.path.length === 1 ? String(first.path[0]) : undefined;
  const message = name !== undefined && args[name] === undefined
    ? `${name} required`
    : describeIssues(issues.slice(0, 1), args);
  return toolInputInvalid(message, `openclaw gateway call tools.catalog`, tool);
}

/** The refusal of arguments that a tool cannot work with. */
export function toolInputInvalid(message: string, hint: string, tool?: string): AppError {
  return new AppError("TOOL_INPUT_INVALID", message, {
    hint,
    ...(tool === undefined ? {} : { details: { tool } }),
  });
}

/** All tools of a gateway. */
export class ToolRegistry {
  readonly #tools: ReadonlyMap<string, RegisteredTool>;

  constructor(tools: readonly RegisteredTool[]) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  /** Every tool, by name. */
  get all(): RegisteredTool[] {
    return [...this.#tools.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** The tool of that name, in any of its spellings. */
  find(name: string): RegisteredTool | undefined {
    return this.#tools.get(canonicalToolName(name));
  }
}

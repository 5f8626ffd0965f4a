/**
 * The tools of a responses request: which functions the model may call, and whether it must.
 *
 * @module
 */
import { invalidRequest } from "../errors.ts";
import type { HttpClientTool, HttpToolChoice } from "../types.ts";
import type { ResponsesBody } from "./schema.ts";

/** The tools of a run. */
export interface ToolSettings {
  tools?: HttpClientTool[];
  toolChoice?: HttpToolChoice;
}

/**
 * Reads `tools` and `tool_choice`.
 *
 * @throws {HttpError} `INVALID_REQUEST` when two tools share a name, or the choice names or needs a
 * tool that is not there.
 */
export function parseTools({ tools, tool_choice: choice }: ResponsesBody): ToolSettings {
  const all = (tools ?? []).map(({ name, description, parameters, strict }): HttpClientTool => ({
    name,
    ...(description ? { description } : {}),
    ...(parameters ? { parameters } : {}),
    ...(strict === null || strict === undefined ? {} : { strict }),
  }));
  const names = new Set(all.map(({ name }) => name));
  if (names.size < all.length || names.has("")) {
    throw invalidTools("Each tool needs a name of its own");
  }
  const settings = applyChoice(all, choice ?? "auto");
  if (settings.toolChoice === "required" && !settings.tools) {
    throw invalidTools('"required" needs a tool');
  }
  return settings;
}

/** The name that a choice of one function holds, in either form that clients send. */
export function chosenName(
  choice: { name?: string | undefined; function?: { name: string } | undefined },
): string {
  return choice.name ?? choice.function?.name ?? "";
}

function applyChoice(
  all: HttpClientTool[],
  choice: NonNullable<ResponsesBody["tool_choice"]>,
): ToolSettings {
  const tools = all.length === 0 ? {} : { tools: all };
  if (typeof choice === "string") {
    return choice === "auto" ? tools : { ...tools, toolChoice: choice };
  }
  if (choice.type === "function") {
    const name = chosenName(choice);
    if (!all.some((tool) => tool.name === name)) throw invalidTools(`No tool is named "${name}"`);
    return { ...tools, toolChoice: { name } };
  }
  const allowed = new Set(choice.tools.map(({ name }) => name));
  const left = all.filter(({ name }) => allowed.has(name));
  return {
    ...(left.length === 0 ? {} : { tools: left }),
    ...(choice.mode === "auto" ? {} : { toolChoice: choice.mode }),
  };
}

function invalidTools(hint: string) {
  return invalidRequest("invalid tool configuration", hint);
}

/**
 * Tools of a request, and how they may be used.
 *
 * @module
 */
import { invalidRequest } from "../errors.ts";
import type { HttpClientTool, HttpRunRequest } from "../types.ts";
import type { CountTokensBody, SentTool } from "./schema.ts";

/** What a run is told of the client's tools. */
export type ToolSettings = Pick<HttpRunRequest, "tools" | "toolChoice" | "parallelToolCalls">;

/**
 * Reads `tools` and `tool_choice`.
 *
 * @throws {HttpError} `INVALID_REQUEST` for tools that the client does not carry out itself, names
 * that repeat, and choices of what is not offered.
 */
export function readTools(body: Pick<CountTokensBody, "tools" | "tool_choice">): ToolSettings {
  const tools = (body.tools ?? []).map(readTool);
  const names = new Set(tools.map(({ name }) => name));
  if (names.size < tools.length) throw invalidRequest("tools: Tool names must be unique.");
  const choice = body.tool_choice ?? undefined;
  if (tools.length === 0) {
    if (choice === undefined || choice.type === "none") return {};
    throw invalidRequest("tool_choice: may only be given together with tools");
  }
  const isSerial = choice !== undefined && choice.type !== "none" &&
    choice.disable_parallel_tool_use === true;
  return {
    tools,
    ...(choice === undefined ? {} : { toolChoice: readChoice(choice, names) }),
    ...(isSerial ? { parallelToolCalls: false } : {}),
  };
}

function readTool(tool: SentTool, index: number): HttpClientTool {
  const { type, name, description, input_schema: parameters, strict } = tool;
  if (type !== undefined && type !== null && type !== "custom") {
    throw invalidRequest(
      `tools.${index}.type: "${type.slice(0, MAX_SHOWN_CHARS)}" is not served here`,
      "Offer the tool with a name and an input_schema, and carry it out in the client",
    );
  }
  if (parameters === undefined) {
    throw invalidRequest(`tools.${index}.input_schema: Field required`);
  }
  return {
    name,
    ...(description ? { description } : {}),
    parameters,
    ...(strict === true ? { strict } : {}),
  };
}

const MAX_SHOWN_CHARS = 80;

function readChoice(
  choice: NonNullable<CountTokensBody["tool_choice"]>,
  names: ReadonlySet<string>,
): NonNullable<HttpRunRequest["toolChoice"]> {
  if (choice.type === "any") return "required";
  if (choice.type !== "tool") return choice.type;
  if (!names.has(choice.name)) {
    throw invalidRequest(`tool_choice.name: Tool '${choice.name}' not found in provided tools`);
  }
  return { name: choice.name };
}

/**
 * Client tools of a chat request. Their shape is checked; offering them to an agent is not possible
 * yet and is refused by name.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { HttpError, invalidRequest } from "../errors.ts";

/**
 * Checks `tools` and `tool_choice`.
 *
 * @throws {HttpError} `INVALID_REQUEST` for a malformed value, `TOOLS_UNSUPPORTED` for tools that
 * the model may call.
 */
export function checkChatTools(fields: JsonObject): void {
  const tools = fields.tools ?? [];
  if (!Array.isArray(tools)) throw invalidTools("tools must be an array");
  for (const tool of tools) checkTool(tool);
  const choice = fields.tool_choice ?? "auto";
  checkChoice(choice);
  if (tools.length === 0 || choice === "none") return;
  throw new HttpError(400, "TOOLS_UNSUPPORTED", PREFIX + "client tools are not supported yet", {
    hint: 'Leave out "tools" or send "tool_choice": "none"',
  });
}

const PREFIX = "Invalid tools/tool_choice: ";

function checkTool(tool: unknown): void {
  if (!isObject(tool)) throw invalidTools("each tool must be an object");
  if (tool.type !== "function") throw invalidTools("only function tools are supported");
  if (!isObject(tool.function)) throw invalidTools("tool.function is required");
  const name = tool.function.name;
  if (typeof name !== "string" || name.trim() === "") {
    throw invalidTools("tool.function.name is required");
  }
}

function checkChoice(choice: unknown): void {
  if (choice === "auto" || choice === "none") return;
  if (choice === "required") throw invalidTools("tool_choice=required is not supported");
  if (typeof choice === "string") throw invalidTools("unsupported tool_choice type");
  if (!isObject(choice)) throw invalidTools("tool_choice must be a string or object");
  if (typeof choice.type !== "string") throw invalidTools("unsupported tool_choice type");
  throw invalidTools(`tool_choice ${choice.type} is not supported`);
}

function invalidTools(detail: string): HttpError {
  return invalidRequest(PREFIX + detail);
}

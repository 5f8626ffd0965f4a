/**
 * Functions of a chat request: those the client offers, and which of them may or must be called.
 *
 * @module
 */
import type { HttpClientTool, HttpRunRequest, HttpToolChoice } from "../types.ts";
import type { ChatBody, ChatTool } from "./schema.ts";

/** What a request says about functions. */
export type ChatToolSettings = Pick<
  HttpRunRequest,
  "tools" | "toolChoice" | "parallelToolCalls"
>;

/** Reads `tools`, or what came before it: `functions`. */
export function readChatTools(body: ChatBody): ChatToolSettings {
  if (usesFunctions(body)) return readFunctions(body);
  const { choice, isAllowed } = readChoice(body.tool_choice);
  const tools = (body.tools ?? []).map((tool) => readTool(tool.function))
    .filter(({ name }) => isAllowed(name));
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(typeof body.parallel_tool_calls === "boolean"
      ? { parallelToolCalls: body.parallel_tool_calls }
      : {}),
  };
}

/** Whether a client speaks of functions as it was done before there were tools, and reads them so. */
export function usesFunctions({ tools, functions }: ChatBody): boolean {
  return (tools ?? []).length === 0 && (functions ?? []).length > 0;
}

/** Such a client reads one call in an answer. */
function readFunctions({ functions, function_call: choice }: ChatBody): ChatToolSettings {
  return {
    tools: (functions ?? []).map(readTool),
    parallelToolCalls: false,
    ...(choice === undefined || choice === null
      ? {}
      : { toolChoice: typeof choice === "string" ? choice : { name: choice.name } }),
  };
}

function readTool(declared: ChatTool["function"]): HttpClientTool {
  const { name, description, parameters, strict } = declared;
  return {
    name,
    ...(typeof description === "string" ? { description } : {}),
    ...(parameters ? { parameters } : {}),
    ...(typeof strict === "boolean" ? { strict } : {}),
  };
}

interface Choice {
  choice: HttpToolChoice | undefined;
  isAllowed(name: string): boolean;
}

function readChoice(given: ChatBody["tool_choice"]): Choice {
  const isAllowed = () => true;
  if (given === undefined || given === null) return { choice: undefined, isAllowed };
  if (typeof given === "string") return { choice: given, isAllowed };
  if ("function" in given && given.type === "function") {
    return { choice: { name: nameOf(given) }, isAllowed };
  }
  const { mode, tools } = (given as AllowedTools).allowed_tools;
  const names = new Set(tools.map(nameOf));
  return { choice: mode, isAllowed: (name) => names.has(name) };
}

type AllowedTools = Extract<ChatBody["tool_choice"], { type: "allowed_tools" }>;

function nameOf(reference: { function?: unknown }): string {
  return (reference.function as { name: string }).name;
}

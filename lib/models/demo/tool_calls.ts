/**
 * Which functions the demo calls: those that the message names, or the one it has to call.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import type { ModelMessage, ModelRequest, ModelTool, ModelToolCall } from "../types.ts";
import { Fodder, sampleOf } from "./json_sample.ts";

/**
 * The calls the demo answers a request with; none to answer with text.
 *
 * Functions that the message names in one breath are called side by side, those behind the word
 * "then" after the ones before it have answered.
 *
 * @param said What the user said last.
 */
export function callsFor(request: ModelRequest, said: string): ModelToolCall[] {
  const { tools = [], toolChoice = "auto", parallelToolCalls } = request;
  const chosen = toolsFor(tools, toolChoice, said, roundsSinceUser(request.messages));
  const calls = chosen.map((tool, index): ModelToolCall => ({
    id: `demo${request.messages.length}x${index}`,
    name: tool.name,
    arguments: argumentsFor(tool, said),
  }));
  return parallelToolCalls === false ? calls.slice(0, 1) : calls;
}

function toolsFor(
  tools: readonly ModelTool[],
  choice: NonNullable<ModelRequest["toolChoice"]>,
  said: string,
  round: number,
): ModelTool[] {
  if (choice === "none") return [];
  if (typeof choice === "object") return tools.filter(({ name }) => name === choice.name);
  const stages = said.split(/\bthen\b/i).map((stage) => namedIn(tools, stage))
    .filter((named) => named.length > 0);
  const named = stages[round] ?? [];
  return named.length > 0 || choice === "auto" ? named : tools.slice(0, 1);
}

/** The tools whose names stand in a text as words, in its order. */
function namedIn(tools: readonly ModelTool[], text: string): ModelTool[] {
  return tools.map((tool) => ({ tool, place: placeOf(tool.name, text) }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place)
    .map(({ tool }) => tool);
}

function placeOf(name: string, text: string): number {
  const isPart = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}_]/u.test(char);
  for (let place = text.indexOf(name); place >= 0; place = text.indexOf(name, place + 1)) {
    if (!isPart(text[place - 1]) && !isPart(text[place + name.length])) return place;
  }
  return -1;
}

/** How often functions were called since the user spoke last. */
function roundsSinceUser(messages: readonly ModelMessage[]): number {
  const since = messages.slice(messages.findLastIndex(({ role }) => role === "user") + 1);
  return since.filter((message) => message.role === "assistant" && message.toolCalls.length > 0)
    .length;
}

function argumentsFor(tool: ModelTool, said: string): JsonObject {
  const value = sampleOf({ type: "object", ...tool.parameters }, Fodder.of(said));
  return isObject(value) ? value : {};
}

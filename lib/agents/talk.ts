/**
 * Puts a conversation together, message by message, with what clients say was exchanged elsewhere and
 * with the answers of their functions in the places of the calls.
 *
 * @module
 */
import type { ModelMessage } from "../models/mod.ts";
import type {
  AssistantMessage,
  GivenMessage,
  GivenToolResult,
  ToolResultMessage,
  TranscriptMessage,
  UserMessage,
} from "../sessions/mod.ts";
import { stepsOf } from "./given_steps.ts";
import { resultLine, textOf, toModelMessages, userContent } from "./model_messages.ts";
import {
  comparable,
  openUnit,
  type Overlap,
  overlapOf,
  type Unit,
  unitOf,
  Units,
} from "./units.ts";

/** A conversation that grows. */
export class Talk {
  readonly #units = new Units();
  readonly #isCut: boolean;

  /** @param isCut Whether there was more before the first message. */
  constructor(isCut = false) {
    this.#isCut = isCut;
  }

  /** Everything said, as the model is sent it. */
  messages(): ModelMessage[] {
    return this.#units.list.flatMap(({ messages }) => messages);
  }

  /** Takes the next message of a transcript. */
  add(message: TranscriptMessage): void {
    switch (message.role) {
      case "user":
        return this.#addUser(message);
      case "assistant":
        return this.#addAssistant(message);
      case "toolResult":
        return this.#addResult(message);
      case "compaction":
        this.#units.push(unitOf("summary", "", toModelMessages(message)));
    }
  }

  /**
   * What of an account of earlier messages is new here, and the answers it has to calls that wait here
   * for one.
   */
  newsIn(
    earlier: readonly GivenMessage[],
  ): { earlier: GivenMessage[]; answers: GivenToolResult[] } {
    const known = this.#comparableUnits();
    const { units, sources } = stepsOf(earlier);
    const overlap = overlapOf(known, units);
    // Where something older is told, all of it is kept: it has to be put in front of what is known.
    const isAllNew = overlap === undefined || (overlap.lead > 0 && this.#takesLead());
    if (isAllNew) return { earlier: [...earlier], answers: [] };
    return {
      earlier: sources.slice(overlap.end).flat(),
      answers: answersIn(overlap),
    };
  }

  #addUser(message: UserMessage): void {
    if (message.earlier !== undefined) this.#addEarlier(message.earlier);
    const unknown = (message.toolResults ?? []).filter((result) => !this.#units.fill(result));
    let parts = saysOnlyResults(message)
      ? message.content.filter(({ type }) => type !== "text")
      : message.content;
    const text = unknown.map(resultLine).join("\n");
    if (text !== "") parts = [{ type: "text", text }, ...parts];
    const content = userContent(parts, message.systemEvents);
    if (content.length === 0) return;
    this.#units.push(unitOf("user", textOf(parts), [{ role: "user", content }]));
  }

  /** What follows the answer of an agent's tool belongs to the same step. */
  #addAssistant(message: AssistantMessage): void {
    const messages = toModelMessages(message);
    if (messages.length === 0) return;
    const { last } = this.#units;
    const unit = last?.role === "assistant" ? last : unitOf("assistant", "", []);
    if (unit !== last) this.#units.push(unit);
    unit.said += comparable(textOf(message.content));
    unit.messages.push(...messages);
  }

  #addResult(message: ToolResultMessage): void {
    if (message.isPending) {
      const caller = this.#units.list.findLast(({ role }) => role === "assistant");
      caller?.callNames.push(message.toolName);
      return this.#units.push(openUnit(message.toolCallId, message.toolName));
    }
    const { last } = this.#units;
    const messages = toModelMessages(message);
    if (last?.role === "assistant") last.messages.push(...messages);
    else this.#units.push(unitOf("assistant", "", messages));
  }

  #addEarlier(earlier: readonly GivenMessage[]): void {
    const known = this.#comparableUnits();
    const { units } = stepsOf(earlier);
    const overlap = overlapOf(known, units) ?? { lead: 0, end: 0, pairs: [] };
    for (const answer of answersIn(overlap)) this.#units.fill(answer);
    if (this.#takesLead()) this.#units.putInFront(units.slice(0, overlap.lead));
    for (const unit of units.slice(overlap.end)) this.#units.push(unit);
  }

  /** Older messages that are missing here were left out on purpose when there was a cut or a summary. */
  #takesLead(): boolean {
    return !this.#isCut && this.#units.list[0]?.role !== "summary";
  }

  #comparableUnits(): readonly Unit[] {
    const { list } = this.#units;
    const first = list.findLastIndex(({ role }) => role === "summary") + 1;
    return first === 0 ? list : list.slice(first);
  }
}

/** Answers that the client tells and that are still to come here, under the ids known here. */
function answersIn({ pairs }: Overlap): GivenToolResult[] {
  return pairs.toReversed().flatMap(([known, given]) => {
    const [message] = given.messages;
    if (!known.isOpen || given.isOpen || message?.role !== "tool") return [];
    const { text, isError } = message;
    return [{ id: known.callId!, text, ...(isError ? { isError } : {}) }];
  });
}

/** Whether the text of a message is nothing but the lines of its results. */
function saysOnlyResults({ content, toolResults = [] }: UserMessage): boolean {
  const [first] = toolResults;
  return first !== undefined && textOf(content).startsWith(`Tool:${first.id}:`);
}

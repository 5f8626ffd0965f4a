/**
 * A client's account of earlier messages as steps of a conversation.
 *
 * @module
 */
import type { ModelMessage } from "../models/mod.ts";
import type { GivenMessage } from "../sessions/mod.ts";
import { givenCall, resultLine } from "./model_messages.ts";
import { comparable, openUnit, type Unit, unitOf, Units } from "./units.ts";

/** The steps of an account of earlier messages, and the messages of each. */
export function stepsOf(
  earlier: readonly GivenMessage[],
): { units: readonly Unit[]; sources: GivenMessage[][] } {
  const steps = new GivenSteps();
  for (const message of earlier) steps.add(message);
  return { units: steps.units.list, sources: steps.sources };
}

class GivenSteps {
  readonly units = new Units();
  /** The messages of each step. */
  readonly sources: GivenMessage[][] = [];
  readonly #places = new Map<Unit, GivenMessage[]>();

  add(message: GivenMessage): void {
    if (message.role === "assistant") return this.#addAssistant(message);
    if (message.role === "user") {
      if (message.text.trim() !== "") this.#push(userUnit(message.text), message);
      return;
    }
    const answered = this.units.fill(message);
    if (answered) this.#places.get(answered)?.push(message);
    else this.#push(userUnit(resultLine(message)), message);
  }

  /** Text and calls that were told one after the other are one message. */
  #addAssistant(message: GivenMessage & { role: "assistant" }): void {
    const { text, toolCalls = [] } = message;
    if (text.trim() === "" && toolCalls.length === 0) return;
    const { last } = this.units;
    const [before] = last?.messages ?? [];
    if (last?.role === "assistant" && before?.role === "assistant") {
      before.text += before.text === "" || text === "" ? text : `\n\n${text}`;
      before.toolCalls = before.toolCalls.concat(toolCalls.map(givenCall));
      last.said += comparable(text);
      last.callNames = last.callNames.concat(toolCalls.map(({ name }) => name));
      this.sources.at(-1)!.push(message);
    } else {
      const said: ModelMessage = { role: "assistant", text, toolCalls: toolCalls.map(givenCall) };
      const callNames = toolCalls.map(({ name }) => name);
      this.#push({ ...unitOf("assistant", text, [said]), callNames }, message);
    }
    for (const { id, name } of toolCalls) this.#push(openUnit(id, name));
  }

  #push(unit: Unit, ...source: GivenMessage[]): void {
    this.units.push(unit);
    this.sources.push(source);
    this.#places.set(unit, source);
  }
}

function userUnit(text: string): Unit {
  return unitOf("user", text, [{ role: "user", content: [{ type: "text", text }] }]);
}

/**
 * Where a conversation is cut when its older part is summarised.
 *
 * @module
 */
import type { ContentPart, StoredMessage, UserMessage } from "../../sessions/mod.ts";

const CHARS_PER_TOKEN = 4;
const TOKENS_PER_IMAGE = 1200;

/** A conversation in two parts. */
export interface Cut {
  /** What is summarised, oldest first. */
  older: StoredMessage[];
  /** Position of the first message that stays; behind the newest one when none does. */
  firstKeptSeq: number;
  /** Estimated tokens of what stays. */
  keptTokens: number;
}

/**
 * Cuts before a message of the user, so that a turn stays whole; the answer of a client's function stays
 * with its call.
 *
 * As many turns stay as fit the budget, but not all of them: who asks for a shorter conversation gets
 * one. When even the last turn does not fit, it alone stays; when there is only one turn, none does.
 *
 * @param messages Oldest first, at least one.
 * @param keepTokens Tokens that may stay.
 */
export function cutConversation(messages: readonly StoredMessage[], keepTokens: number): Cut {
  let tokens = 0;
  let lastTurn: { index: number; tokens: number } | undefined;
  let best: { index: number; tokens: number } | undefined;
  for (let index = messages.length - 1; index > 0; index--) {
    tokens += tokensOf(messages[index]!);
    if (!beginsTurn(messages[index]!)) continue;
    lastTurn ??= { index, tokens };
    if (tokens <= keepTokens) best = { index, tokens };
  }
  const all = tokens + tokensOf(messages[0]!);
  const cut = all <= keepTokens ? lastTurn : best ?? lastTurn;
  if (cut === undefined) {
    return { older: [...messages], firstKeptSeq: messages.at(-1)!.seq + 1, keptTokens: 0 };
  }
  return {
    older: messages.slice(0, cut.index),
    firstKeptSeq: messages[cut.index]!.seq,
    keptTokens: cut.tokens,
  };
}

/** Estimated tokens of messages. */
export function estimateTokens(messages: readonly StoredMessage[]): number {
  return messages.reduce((sum, message) => sum + tokensOf(message), 0);
}

/** Estimated tokens of a text. */
export function estimateTextTokens(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

function beginsTurn({ message }: StoredMessage): boolean {
  return message.role === "user" && message.toolResults === undefined;
}

function tokensOf({ message }: StoredMessage): number {
  const content = message.content.reduce((sum, part) => sum + tokensOfPart(part), 0);
  return message.role === "user" ? content + tokensOfGiven(message) : content;
}

/** What a client sent along, and of its functions' answers what the text does not say as well. */
function tokensOfGiven({ earlier = [], toolResults = [] }: UserMessage): number {
  const told = earlier.reduce((sum, message) => {
    const calls = message.role === "assistant" ? message.toolCalls ?? [] : [];
    const texts = [message.text, ...calls.map((call) => call.name + call.arguments)];
    return sum + estimateTextTokens(texts.join(""));
  }, 0);
  return told + toolResults.reduce((sum, { text }) => sum + estimateTextTokens(text), 0);
}

function tokensOfPart(part: ContentPart): number {
  switch (part.type) {
    case "image":
      return TOKENS_PER_IMAGE;
    case "text":
      return estimateTextTokens(part.text);
    case "thinking":
      // Not sent again.
      return 0;
    case "toolCall":
      return estimateTextTokens(part.name + JSON.stringify(part.arguments));
  }
}

/**
 * Turns the `messages` and the `system` of a request into one turn: what is said now, what was said
 * before it, and the system text.
 *
 * @module
 */
import { invalidRequest } from "../errors.ts";
import { IMAGES_ONLY, resultLine } from "../turn_wording.ts";
import type { HttpEarlierMessage, HttpRunRequest } from "../types.ts";
import {
  IMAGE_MARK,
  type ImageSource,
  joined,
  readAssistantBlocks,
  readUserBlocks,
  type UserContent,
} from "./blocks.ts";
import type { AssistantBlock, CountTokensBody, SentMessage, UserBlock } from "./schema.ts";

/** One turn, ready for an agent but for its images. */
export interface Turn
  extends Pick<HttpRunRequest, "message" | "earlier" | "toolResults" | "extraSystemPrompt"> {
  images: ImageSource[];
}

/**
 * Reads a conversation. Messages of the same role that follow each other are one.
 *
 * @throws {HttpError} `INVALID_REQUEST` when nothing is asked, when the assistant has the last word,
 * or when a call stands without its result.
 */
export function readTurn({ messages, system }: Pick<CountTokensBody, "messages" | "system">): Turn {
  const turns = mergeTurns(messages);
  const last = turns.at(-1);
  if (last?.role !== "user") {
    throw invalidRequest(
      "messages: the last message should have role 'user', an answer cannot be begun by the client",
    );
  }
  checkResults(turns);
  const now = readUserBlocks(last.blocks);
  const message = messageOf(now);
  if (message === "") throw invalidRequest("messages: the last message should not be empty");
  const earlier = turns.slice(0, -1).flatMap(earlierOf);
  const systemText = systemOf(messages, system);
  return {
    message,
    images: now.images,
    ...(earlier.length === 0 ? {} : { earlier }),
    ...(now.results.length === 0 ? {} : { toolResults: now.results }),
    ...(systemText === "" ? {} : { extraSystemPrompt: systemText }),
  };
}

/** Messages of one role in a row. */
type MergedTurn =
  | { role: "user"; blocks: UserBlock[] }
  | { role: "assistant"; blocks: AssistantBlock[] };

function mergeTurns(messages: readonly SentMessage[]): MergedTurn[] {
  const turns: MergedTurn[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message.role === "user") {
      const blocks = blocksOf(message.content);
      if (last?.role === "user") last.blocks.push(...blocks);
      else turns.push({ role: "user", blocks: [...blocks] });
    } else if (message.role === "assistant") {
      const blocks = blocksOf(message.content);
      if (last?.role === "assistant") last.blocks.push(...blocks);
      else turns.push({ role: "assistant", blocks: [...blocks] });
    }
  }
  return turns;
}

function blocksOf<B>(content: string | B[]): (B | { type: "text"; text: string })[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** A provider refuses a call that nothing answers; here the client reads which one it is. */
function checkResults(turns: readonly MergedTurn[]): void {
  turns.forEach((turn, index) => {
    if (turn.role !== "assistant") return;
    const next = turns[index + 1];
    const answered = new Set(
      next?.role === "user"
        ? next.blocks.flatMap((block) => block.type === "tool_result" ? block.tool_use_id : [])
        : [],
    );
    const open = turn.blocks.flatMap((block) =>
      block.type === "tool_use" && !answered.has(block.id) ? block.id : []
    );
    if (open.length === 0) return;
    throw invalidRequest(
      `messages: \`tool_use\` without a \`tool_result\` in the next message: ${open.join(", ")}`,
    );
  });
}

/** What people read in the transcript; results alone stand there line by line. */
function messageOf({ text, images, results }: UserContent): string {
  if (text !== "") return text;
  if (results.length > 0) return results.map(resultLine).join("\n");
  return images.length > 0 ? IMAGES_ONLY : "";
}

function earlierOf(turn: MergedTurn): HttpEarlierMessage[] {
  if (turn.role === "assistant") {
    const { text, calls } = readAssistantBlocks(turn.blocks);
    if (text === "" && calls.length === 0) return [];
    return [{ role: "assistant", text, ...(calls.length === 0 ? {} : { toolCalls: calls }) }];
  }
  const { results } = readUserBlocks(turn.blocks);
  const said = readUserBlocks(turn.blocks.filter((block) => block.type !== "tool_result"));
  const text = joined([said.text, ...said.images.map(() => IMAGE_MARK)]);
  return [
    ...results.map((result) => ({ role: "tool" as const, ...result })),
    ...(text === "" ? [] : [{ role: "user" as const, text }]),
  ];
}

/** The system text, and what messages of role `system` add to it. */
function systemOf(messages: readonly SentMessage[], system: CountTokensBody["system"]): string {
  const added = messages.flatMap((message) => message.role === "system" ? [message.content] : []);
  return [system ?? [], ...added]
    .flatMap((content) => blocksOf(content).map((block) => block.text))
    .filter((text) => text.trim() !== "")
    .join("\n\n");
}

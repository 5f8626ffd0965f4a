/**
 * Turns the `messages` of a chat request into one turn: the current message, what was said before
 * it, its images, and the system text.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { type ChatImage, parseChatImages } from "./images.ts";
import { invalidRequest } from "../errors.ts";

/** One turn, ready for an agent. */
export interface ChatTurn {
  message: string;
  images: ChatImage[];
  extraSystemPrompt?: string;
}

/**
 * Flattens a chat history.
 *
 * The last user or tool message is the current one; what came before it is put in front of it as
 * context, what comes after it is left out.
 *
 * @throws {HttpError} `INVALID_REQUEST` when nothing was said or an image cannot be taken.
 */
export function parseChatMessages(messages: unknown): ChatTurn {
  const system: string[] = [];
  const entries: Entry[] = [];
  for (const message of Array.isArray(messages) ? messages : []) {
    if (!isObject(message) || typeof message.role !== "string") continue;
    const text = textOf(message.content);
    if (message.role === "system" || message.role === "developer") {
      if (text !== "") system.push(text);
      continue;
    }
    const entry = entryOf(message.role, message.tool_call_id, text, imageParts(message));
    if (entry !== undefined) entries.push(entry);
  }
  const current = entries.findLastIndex((entry) => entry.isTurn);
  if (current < 0) throw invalidRequest("Missing user message in `messages`.");
  return {
    message: withContext(entries.slice(0, current), entries[current]!),
    images: parseChatImages(entries[current]!.images),
    extraSystemPrompt: system.length === 0 ? undefined : system.join("\n\n"),
  };
}

/** A message as a line of context. */
interface Entry {
  sender: string;
  text: string;
  /** The `image_url` parts of a user message, unparsed. */
  images: unknown[];
  /** Whether the message asks for an answer. */
  isTurn: boolean;
}

function entryOf(
  role: string,
  callId: unknown,
  text: string,
  images: unknown[],
): Entry | undefined {
  if (role === "user") {
    if (text === "" && images.length === 0) return undefined;
    return { sender: "User", text: text || IMAGES_ONLY, images, isTurn: true };
  }
  if (text === "") return undefined;
  if (role === "assistant") return { sender: "Assistant", text, images: [], isTurn: false };
  if (role !== "tool" && role !== "function") return undefined;
  const sender = typeof callId === "string" && callId !== "" ? `Tool:${callId}` : "Tool";
  return { sender, text, images: [], isTurn: true };
}

const IMAGES_ONLY = "User sent image(s) with no text.";

function withContext(earlier: readonly Entry[], current: Entry): string {
  if (earlier.length === 0) return current.text;
  return [
    "[Chat messages since your last reply - for context]",
    ...earlier.map(lineOf),
    "",
    "[Current message - respond to this]",
    lineOf(current),
  ].join("\n");
}

function lineOf(entry: Entry): string {
  return `${entry.sender}: ${entry.text}`;
}

/** The text of a message as it was sent; blank text counts as none. */
function textOf(content: unknown): string {
  const text = typeof content === "string" ? content : joinParts(content);
  return text.trim() === "" ? "" : text;
}

function joinParts(content: unknown): string {
  if (!Array.isArray(content)) return "";
  const texts: string[] = [];
  for (const part of content) {
    if (!isObject(part) || typeof part.text !== "string") continue;
    if (part.type === "text" || part.type === "input_text") texts.push(part.text);
  }
  return texts.join("\n");
}

function imageParts(message: Record<string, unknown>): unknown[] {
  if (message.role !== "user" || !Array.isArray(message.content)) return [];
  return message.content.filter((part) => isObject(part) && part.type === "image_url");
}

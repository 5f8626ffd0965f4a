/**
 * Turns the items of a request into one turn: the current message, what was said before it, answers
 * to calls, instructions, and the parts that bring images and files.
 *
 * @module
 */
import { invalidRequest } from "../errors.ts";
import { FILES_ONLY, IMAGES_ONLY, resultLine } from "../turn_wording.ts";
import type { HttpEarlierMessage, HttpToolResult } from "../types.ts";
import type { InputItem, InputPart, MediaPart } from "./schema.ts";

/** A turn whose images and files are not loaded yet. */
export interface ItemsTurn {
  message: string;
  earlier: HttpEarlierMessage[];
  toolResults: HttpToolResult[];
  /** Texts of system and developer messages. */
  system: string[];
  /** Images of the current message and of the answers to calls that come with it. */
  images: MediaPart[];
  /** Files of all messages, oldest first: their texts are not part of any conversation. */
  files: MediaPart[];
}

interface UserEntry {
  role: "user";
  text: string;
  images: MediaPart[];
}

interface ToolEntry extends HttpToolResult {
  role: "tool";
  images: MediaPart[];
}

type Entry = UserEntry | ToolEntry | (HttpEarlierMessage & { role: "assistant" });

/**
 * Reads items, references among them resolved.
 *
 * The last user message or answer to a call is the current turn; what comes after it is left out.
 *
 * @throws {HttpError} `INVALID_REQUEST` when nothing was said.
 */
export function toTurn(items: readonly InputItem[]): ItemsTurn {
  const reader = new ItemReader();
  for (const item of items) reader.take(item);
  const { entries, system, files } = reader;
  const last = entries.findLastIndex(({ role }) => role !== "assistant");
  const current = entries[last];
  if (current === undefined || current.role === "assistant") {
    throw invalidRequest("Missing user message in `input`.");
  }
  // A user message takes the answers right before it along; without one they are the turn.
  const end = current.role === "user" ? last : last + 1;
  let start = end;
  while (entries[start - 1]?.role === "tool") start--;
  const answers = entries.slice(start, end).filter((entry) => entry.role === "tool");
  const isAnswer = current.role === "tool";
  return {
    message: isAnswer ? answers.map(resultLine).join("\n") : current.text,
    earlier: entries.slice(0, start).map(withoutImages),
    toolResults: answers.map(({ id, text }) => ({ id, text })),
    system,
    images: [...answers, ...(isAnswer ? [] : [current])].flatMap(({ images }) => images),
    files,
  };
}

class ItemReader {
  readonly entries: Entry[] = [];
  readonly system: string[] = [];
  readonly files: MediaPart[] = [];

  take(item: InputItem): void {
    switch (item.type) {
      case "function_call":
        return this.#call(item);
      case "function_call_output": {
        const { text, images } = this.#read(item.output);
        this.entries.push({ role: "tool", id: item.call_id, text, images });
        return;
      }
      case "message":
      case undefined:
        return this.#message(item);
      default:
        // What a model thought is its provider's business, and references were resolved before.
    }
  }

  #call({ call_id, id, name, arguments: text }: InputItem & { type: "function_call" }): void {
    const call = { id: call_id ?? id ?? "", name, arguments: text };
    const last = this.entries.at(-1);
    if (last?.role !== "assistant") {
      this.entries.push({ role: "assistant", text: "", toolCalls: [call] });
      return;
    }
    last.toolCalls = [...last.toolCalls ?? [], call];
  }

  #message({ role, content }: Extract<InputItem, { role: string }>): void {
    const { text, images, hasFiles } = this.#read(content);
    if (role === "system" || role === "developer") {
      if (text !== "") this.system.push(text);
      return;
    }
    if (role === "assistant") {
      if (text !== "") this.#said(text);
      return;
    }
    const shown = text || (images.length > 0 ? IMAGES_ONLY : hasFiles ? FILES_ONLY : "");
    if (shown !== "") this.entries.push({ role: "user", text: shown, images });
  }

  /** A reply comes as several items when the model also called a function; it is one message. */
  #said(text: string): void {
    const last = this.entries.at(-1);
    if (last?.role === "assistant" && last.toolCalls === undefined) last.text += `\n${text}`;
    else this.entries.push({ role: "assistant", text });
  }

  /** The text of a content, as sent; blank text counts as none. */
  #read(content: string | readonly InputPart[]) {
    const parts = typeof content === "string" ? [] : content;
    const files = parts.filter((part) => part.type === "input_file");
    this.files.push(...files);
    const text = typeof content === "string"
      ? content
      : parts.map(textOf).filter((each) => each !== undefined).join("\n");
    return {
      text: text.trim() === "" ? "" : text,
      images: parts.filter((part) => part.type === "input_image"),
      hasFiles: files.length > 0,
    };
  }
}

function textOf(part: InputPart): string | undefined {
  if (part.type === "refusal") return part.refusal;
  return part.type === "input_text" || part.type === "output_text" ? part.text : undefined;
}

function withoutImages(entry: Entry): HttpEarlierMessage {
  if (entry.role === "assistant") return entry;
  const { images: _, ...message } = entry;
  return message;
}

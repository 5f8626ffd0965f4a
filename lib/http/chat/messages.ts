/**
 * Turns the `messages` of a chat request into one turn: the current message, what was said before it,
 * the answers of the client's functions, and the system text. Images and files are left as they are.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { invalidRequest } from "../errors.ts";
import { FILES_ONLY, IMAGES_ONLY, resultLine } from "../turn_wording.ts";
import type { HttpEarlierMessage, HttpToolCall, HttpToolResult } from "../types.ts";

/** One turn, ready for an agent. */
export interface ChatTurn {
  /** What people read in the transcript. */
  message: string;
  /** The `image_url` parts of the current message, as they were sent. */
  imageParts: unknown[];
  /** The `file` parts of all messages, as they were sent. */
  fileParts: unknown[];
  /** Oldest first; absent for none. */
  earlier?: HttpEarlierMessage[];
  /** Absent for none. */
  toolResults?: HttpToolResult[];
  extraSystemPrompt?: string;
}

/**
 * Reads a chat history.
 *
 * The last user message, or the tool messages at the end, are the current turn; what comes after it is
 * left out.
 *
 * @throws {HttpError} `INVALID_REQUEST` when nothing was said.
 */
export function parseChatMessages(messages: unknown): ChatTurn {
  const history = new ChatHistory();
  for (const message of Array.isArray(messages) ? messages : []) {
    if (isObject(message) && typeof message.role === "string") history.add(message.role, message);
  }
  return history.turn();
}

class ChatHistory {
  readonly #system: string[] = [];
  readonly #entries: HttpEarlierMessage[] = [];
  readonly #calls = new OpenCalls();
  /** The `image_url` parts of the newest user message, unparsed. */
  #images: unknown[] = [];
  readonly #files: unknown[] = [];

  add(role: string, message: JsonObject): void {
    const text = textOf(message.content);
    switch (role) {
      case "system":
      case "developer":
        if (text !== "") this.#system.push(text);
        return;
      case "user":
        return this.#addUser(text, message.content);
      case "assistant":
        return this.#addAssistant(text, message);
      case "tool":
      case "function": {
        const id = this.#calls.answer(message.tool_call_id, message.name);
        this.#entries.push({ role: "tool", id, text });
      }
    }
  }

  turn(): ChatTurn {
    const end = this.#entries.findLastIndex(({ role }) => role !== "assistant") + 1;
    const current = this.#entries[end - 1];
    if (current === undefined) throw invalidRequest("Missing user message in `messages`.");
    const isResult = current.role === "tool";
    const start = isResult
      ? this.#entries.findLastIndex(({ role }, index) => index < end && role !== "tool") + 1
      : end - 1;
    const earlier = this.#entries.slice(0, start);
    const toolResults = isResult ? this.#entries.slice(start, end).flatMap(resultOf) : [];
    return {
      message: isResult ? toolResults.map(resultLine).join("\n") : current.text,
      imageParts: isResult ? [] : this.#images,
      fileParts: this.#files,
      ...(earlier.length === 0 ? {} : { earlier }),
      ...(isResult ? { toolResults } : {}),
      ...(this.#system.length === 0 ? {} : { extraSystemPrompt: this.#system.join("\n\n") }),
    };
  }

  #addUser(text: string, content: unknown): void {
    const images = partsOf(content, "image_url");
    const files = partsOf(content, "file");
    if (text === "" && images.length === 0 && files.length === 0) return;
    this.#images = images;
    this.#files.push(...files);
    const shown = text || (images.length > 0 ? IMAGES_ONLY : FILES_ONLY);
    this.#entries.push({ role: "user", text: shown });
  }

  #addAssistant(text: string, message: JsonObject): void {
    const toolCalls = this.#calls.open(message);
    if (text === "" && toolCalls.length === 0) return;
    const entry: HttpEarlierMessage = { role: "assistant", text };
    this.#entries.push(toolCalls.length === 0 ? entry : { ...entry, toolCalls });
  }
}

/** Calls of one name in the order they were told, and how many of them were looked at. */
interface CallQueue {
  calls: HttpToolCall[];
  next: number;
}

/** The calls a history tells of, for messages that do not say which one they answer. */
class OpenCalls {
  readonly #answered = new Set<string>();
  /** By name; all of them under no name. */
  readonly #queues = new Map<string, CallQueue>();
  #count = 0;

  /** The calls of an assistant message; one that was told without an id gets one. */
  open(message: JsonObject): HttpToolCall[] {
    const told: unknown[] = Array.isArray(message.tool_calls) ? message.tool_calls : [];
    const calls = told.flatMap((call) => isObject(call) ? this.#read(call.function, call.id) : []);
    // A single function, as it was told before there were tools.
    if (calls.length === 0) calls.push(...this.#read(message.function_call, undefined));
    for (const call of calls) {
      this.#queue(call.name).calls.push(call);
      this.#queue("").calls.push(call);
    }
    return calls;
  }

  /** The id of the call that a message answers: as told, else that of the oldest of its name. */
  answer(told: unknown, name: unknown): string {
    const id = isFilled(told) ? told : this.#oldest(typeof name === "string" ? name : "");
    this.#answered.add(id);
    return id;
  }

  #oldest(name: string): string {
    const queue = this.#queue(name);
    let call = queue.calls[queue.next];
    while (call !== undefined && this.#answered.has(call.id)) call = queue.calls[++queue.next];
    return call?.id ?? "unknown";
  }

  #queue(name: string): CallQueue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue: CallQueue = { calls: [], next: 0 };
    this.#queues.set(name, queue);
    return queue;
  }

  #read(told: unknown, id: unknown): HttpToolCall[] {
    if (!isObject(told) || typeof told.name !== "string") return [];
    const text = typeof told.arguments === "string"
      ? told.arguments
      : JSON.stringify(told.arguments ?? {});
    return [{ id: isFilled(id) ? id : `call_${++this.#count}`, name: told.name, arguments: text }];
  }
}

function isFilled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function resultOf(entry: HttpEarlierMessage): HttpToolResult[] {
  return entry.role === "tool" ? [{ id: entry.id, text: entry.text }] : [];
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
    if (!isObject(part)) continue;
    if (part.type === "refusal" && typeof part.refusal === "string") texts.push(part.refusal);
    if (part.type !== "text" && part.type !== "input_text") continue;
    if (typeof part.text === "string") texts.push(part.text);
  }
  return texts.join("\n");
}

function partsOf(content: unknown, type: "image_url" | "file"): unknown[] {
  if (!Array.isArray(content)) return [];
  return content.filter((part) => isObject(part) && part.type === type);
}

/**
 * Content blocks as text, images, calls and results.
 *
 * @module
 */
import { invalidRequest } from "../errors.ts";
import type { HttpToolCall, HttpToolResult } from "../types.ts";
import type { DocumentBlock } from "./documents.ts";
import type { AssistantBlock, ResultBlock, UserBlock } from "./schema.ts";

/** What a user said in one turn. */
export interface UserContent {
  /** Text of the turn, without that of the results. */
  text: string;
  images: ImageSource[];
  results: HttpToolResult[];
}

/** What an assistant said in one turn. */
export interface AssistantContent {
  text: string;
  calls: HttpToolCall[];
}

/** Where an image is. */
export type ImageSource = (ResultBlock & { type: "image" })["source"];

/** Stands where an image was; the images themselves are not part of a text. */
export const IMAGE_MARK = "[image]";

/**
 * Reads the blocks of a user's turn.
 *
 * @throws {HttpError} `INVALID_REQUEST` for documents that are named by an id.
 */
export function readUserBlocks(blocks: readonly UserBlock[]): UserContent {
  const texts: string[] = [];
  const images: ImageSource[] = [];
  const results: HttpToolResult[] = [];
  for (const block of blocks) {
    if (block.type === "image") images.push(block.source);
    else if (block.type === "tool_result") results.push(resultOf(block, images));
    else texts.push(textOf(block));
  }
  return { text: joined(texts), images, results };
}

/** Reads the blocks of an assistant's turn; what was thought or done elsewhere is left out. */
export function readAssistantBlocks(blocks: readonly AssistantBlock[]): AssistantContent {
  const texts: string[] = [];
  const calls: HttpToolCall[] = [];
  for (const block of blocks) {
    if (block.type === "text") texts.push(block.text);
    if (block.type !== "tool_use") continue;
    calls.push({ id: block.id, name: block.name, arguments: JSON.stringify(block.input) });
  }
  return { text: joined(texts), calls };
}

/** Texts as one; blank ones are no text. */
export function joined(texts: readonly string[]): string {
  return texts.filter((text) => text.trim() !== "").join("\n");
}

/** A result as text; its images go to those of the turn and leave a mark. */
function resultOf(
  block: UserBlock & { type: "tool_result" },
  images: ImageSource[],
): HttpToolResult {
  const { content } = block;
  const parts = typeof content === "string" ? [content] : (content ?? []).map((part) => {
    if (part.type !== "image") return textOf(part);
    images.push(part.source);
    return IMAGE_MARK;
  });
  return {
    id: block.tool_use_id,
    text: joined(parts),
    ...(block.is_error === true ? { isError: true } : {}),
  };
}

type WrittenBlock = Exclude<UserBlock, { type: "image" | "tool_result" }>;

function textOf(block: WrittenBlock): string {
  if (block.type === "text") return block.text;
  if (block.type === "document") return documentText(block);
  const text = joined(block.content.map((part) => part.text));
  return element("search_result", { source: block.source, title: block.title }, text);
}

function documentText({ title, context, source }: DocumentBlock): string {
  return element("document", { title: title ?? "", context: context ?? "" }, textOfSource(source));
}

function textOfSource(source: DocumentBlock["source"]): string {
  switch (source.type) {
    case "text":
      return source.data;
    case "content":
      return contentText(source.content);
    case "file":
      throw invalidRequest(
        "Files are not kept here: send the data of a document, not its `file_id`",
        'Send the document as {"type":"base64","media_type":"application/pdf","data":"<base64>"}',
      );
    default:
      return FILE_MARK;
  }
}

/** Stands where a file was: its text is in the system prompt. */
const FILE_MARK = "[file]";

function contentText(content: string | { text: string }[]): string {
  return typeof content === "string" ? content : joined(content.map(({ text }) => text));
}

/** Text between tags that say where it comes from; attributes without a value are left out. */
function element(name: string, attributes: Record<string, string>, text: string): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
    .join("");
  return `<${name}${written}>\n${text}\n</${name}>`;
}

/**
 * Documents of a request that are files: PDF files above all, as texts for the system prompt. Documents
 * that are text already stay in their message.
 *
 * @module
 */
import { loadFileBlocks } from "../files/blocks.ts";
import { rewordInvalidMedia } from "../files/invalid_media.ts";
import type { FileOrigin } from "../files/load.ts";
import type { HttpDeps } from "../types.ts";
import type { SentMessage, UserBlock } from "./schema.ts";

/** A document. */
export type DocumentBlock = UserBlock & { type: "document" };

/** The documents of all messages that are files, oldest first. */
export function findDocuments(messages: readonly SentMessage[]): FileOrigin[] {
  return messages.flatMap((message) => {
    if (message.role !== "user" || typeof message.content === "string") return [];
    return message.content.flatMap((block) => {
      if (block.type !== "tool_result") return originOf(block);
      return typeof block.content === "string" ? [] : (block.content ?? []).flatMap(originOf);
    });
  });
}

function originOf(block: UserBlock): FileOrigin[] {
  if (block.type !== "document") return [];
  const { source, title } = block;
  const name = title ? { name: title } : {};
  if (source.type === "url") return [{ url: source.url, ...name }];
  if (source.type !== "base64") return [];
  return [{ base64: source.data, mimeType: source.media_type, ...name }];
}

/**
 * Loads documents.
 *
 * @param signal Ends fetches and readings under way.
 * @throws {HttpError} `INVALID_REQUEST` that says what is wrong; `PDF_BUSY` (503).
 */
export async function readDocuments(
  documents: readonly FileOrigin[],
  deps: HttpDeps,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    return await loadFileBlocks(documents, deps, signal);
  } catch (thrown) {
    throw rewordInvalidMedia(
      thrown,
      (reason) => `messages: a document cannot be taken: ${reason}`,
    );
  }
}

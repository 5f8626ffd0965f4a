/**
 * The `file` parts of a chat request as texts for the system prompt.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { loadFileBlocks } from "../files/blocks.ts";
import { invalidMedia, rewordInvalidMedia } from "../files/invalid_media.ts";
import { fileIdRefusal, type FileOrigin, parseOrigin } from "../files/load.ts";
import type { HttpDeps } from "../types.ts";

/**
 * Loads the files of all messages; they are not part of any conversation.
 *
 * @throws {HttpError} `INVALID_REQUEST` that says what is wrong; `PDF_BUSY` (503).
 */
export async function loadChatFiles(
  parts: readonly unknown[],
  deps: HttpDeps,
  signal: AbortSignal,
): Promise<string[]> {
  if (parts.length === 0) return [];
  try {
    return await loadFileBlocks(parts.map(originOf), deps, signal);
  } catch (thrown) {
    throw rewordInvalidMedia(
      thrown,
      (reason) => `Invalid file content in \`messages\`: ${reason}`,
    );
  }
}

function originOf(part: unknown): FileOrigin {
  const file = isObject(part) && isObject(part.file) ? part.file : {};
  const { file_data: data, filename: name } = file;
  if (typeof data !== "string" || data === "") {
    throw file.file_id ? fileIdRefusal() : invalidMedia("Each file needs its `file_data`");
  }
  return {
    ...parseOrigin(data, true),
    ...(typeof name === "string" && name !== "" ? { name } : {}),
  };
}

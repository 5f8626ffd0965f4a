/**
 * Images of a request, within the limits of every dialect.
 *
 * @module
 */
import { parseChatImages } from "../chat/images.ts";
import { HttpError } from "../errors.ts";
import type { HttpRunRequest } from "../types.ts";
import type { ImageSource } from "./blocks.ts";

/**
 * Reads images.
 *
 * @throws {HttpError} `INVALID_IMAGE` (400) that says what is wrong.
 */
export function readImages(sources: readonly ImageSource[]): HttpRunRequest["images"] {
  const parts = sources.map((source) => ({ image_url: { url: addressOf(source) } }));
  try {
    return parseChatImages(parts);
  } catch (thrown) {
    if (!(thrown instanceof HttpError)) throw thrown;
    throw new HttpError(400, thrown.code, `messages: an image cannot be taken: ${thrown.hint}`);
  }
}

function addressOf(source: ImageSource): string {
  return source.type === "url" ? source.url : `data:${source.media_type};base64,${source.data}`;
}

/**
 * Images of a request, within the limits of every dialect.
 *
 * @module
 */
import { HttpError } from "../errors.ts";
import { loadImages } from "../images.ts";
import type { HttpDeps, HttpRunRequest } from "../types.ts";
import type { ImageSource } from "./blocks.ts";

/**
 * Loads images.
 *
 * @param signal Ends fetches under way.
 * @throws {HttpError} `INVALID_IMAGE` (400) that says what is wrong.
 */
export async function readImages(
  sources: readonly ImageSource[],
  deps: HttpDeps,
  signal: AbortSignal,
): Promise<HttpRunRequest["images"]> {
  const parts = sources.map((source) => ({ image_url: { url: addressOf(source) } }));
  try {
    return await loadImages(parts, deps, signal);
  } catch (thrown) {
    if (!(thrown instanceof HttpError)) throw thrown;
    throw new HttpError(400, thrown.code, `messages: an image cannot be taken: ${thrown.hint}`);
  }
}

function addressOf(source: ImageSource): string {
  return source.type === "url" ? source.url : `data:${source.media_type};base64,${source.data}`;
}

/**
 * Images of a chat message: base64 `data:` addresses within the limits.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { HttpError } from "../errors.ts";
import {
  IMAGE_MIME_TYPES,
  MAX_IMAGE_BYTES,
  MAX_IMAGE_PARTS,
  MAX_TOTAL_IMAGE_BYTES,
} from "../limits.ts";

/** One image, base64 without line breaks. */
export interface ChatImage {
  data: string;
  mimeType: string;
}

/**
 * Parses the `image_url` parts of a message.
 *
 * @throws {HttpError} `INVALID_IMAGE` (400) with the reason as hint.
 */
export function parseChatImages(parts: readonly unknown[]): ChatImage[] {
  if (parts.length > MAX_IMAGE_PARTS) throw invalidImage(`At most ${MAX_IMAGE_PARTS} images`);
  let total = 0;
  return parts.map((part) => {
    const image = parseDataUrl(urlOf(part));
    const size = decodedSize(image.data);
    total += size;
    if (size > MAX_IMAGE_BYTES) throw invalidImage(`At most ${MAX_IMAGE_BYTES} bytes per image`);
    if (total > MAX_TOTAL_IMAGE_BYTES) {
      throw invalidImage(`At most ${MAX_TOTAL_IMAGE_BYTES} bytes of images`);
    }
    return image;
  });
}

function urlOf(part: unknown): string {
  const image = isObject(part) ? part.image_url : undefined;
  const url = isObject(image) ? image.url : image;
  if (typeof url !== "string") throw invalidImage("Each image needs an address");
  return url.trim();
}

function parseDataUrl(url: string): ChatImage {
  if (!/^data:/i.test(url)) throw invalidImage('Send images as "data:<type>;base64,<data>"');
  const comma = url.indexOf(",");
  const [mimeType, ...parameters] = url.slice("data:".length, comma).toLowerCase().split(";");
  if (comma < 0 || parameters.at(-1)?.trim() !== "base64") {
    throw invalidImage("The data of an image must be base64");
  }
  if (!IMAGE_MIME_TYPES.includes(mimeType!.trim())) {
    throw invalidImage(`Accepted image types: ${IMAGE_MIME_TYPES.join(", ")}`);
  }
  return { data: parseBase64(url.slice(comma + 1)), mimeType: mimeType!.trim() };
}

function parseBase64(text: string): string {
  const data = text.replace(/\s+/g, "");
  const isWhole = data !== "" && data.length % 4 === 0;
  if (!isWhole || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) {
    throw invalidImage("The data of an image must be complete base64");
  }
  return data;
}

function decodedSize(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return base64.length / 4 * 3 - padding;
}

function invalidImage(hint: string): HttpError {
  return new HttpError(400, "INVALID_IMAGE", "Invalid image_url content in `messages`.", { hint });
}

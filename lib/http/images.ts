/**
 * Images of a message: base64 `data:` addresses, and others where they may be fetched, within the
 * limits. Dialects that say it otherwise put an image into an address first.
 *
 * @module
 */
import { AppError, isObject } from "../base/mod.ts";
import { isDataUrl, parseDataUrl } from "./data_url.ts";
import { HttpError } from "./errors.ts";
import {
  FETCH_TIMEOUT_MS,
  IMAGE_MIME_TYPES,
  MAX_FETCH_REDIRECTS,
  MAX_IMAGE_BYTES,
  MAX_IMAGE_PARTS,
  MAX_TOTAL_IMAGE_BYTES,
} from "./limits.ts";
import type { HttpChatImageLimits, HttpDeps } from "./types.ts";

/** One image, base64 without line breaks. */
export interface RequestImage {
  data: string;
  mimeType: string;
}

/** Fetches an image by its address, within the limits. */
export type FetchImage = (
  url: string,
) => Promise<{ bytes: Uint8Array<ArrayBuffer>; mimeType?: string }>;

/**
 * Loads the `image_url` parts of a request, as far as the configuration lets it.
 *
 * @param signal Ends fetches under way.
 * @throws {HttpError} `INVALID_IMAGE` (400) with the reason as hint.
 */
export async function loadImages(
  parts: readonly unknown[],
  deps: Pick<HttpDeps, "chatImageLimits" | "fetchFile">,
  signal: AbortSignal,
): Promise<RequestImage[]> {
  if (parts.length === 0) return [];
  const limits = imageLimits(deps.chatImageLimits());
  const { maxBytes, maxRedirects, timeoutMs, allowedMimes } = limits;
  const accept = allowedMimes.join(", ");
  return await loadImagesWithin(
    parts,
    limits,
    (url) => deps.fetchFile(url, { maxBytes, maxRedirects, timeoutMs, accept, signal }),
  );
}

/** The same within given limits. */
export async function loadImagesWithin(
  parts: readonly unknown[],
  limits: HttpChatImageLimits,
  fetchImage: FetchImage,
): Promise<RequestImage[]> {
  const sources = sourcesOf(parts, limits);
  const images = await Promise.all(
    sources.map((source) =>
      typeof source === "string" ? loadFrom(source, limits, fetchImage) : source
    ),
  );
  checkSizes(images, limits);
  return images;
}

/** The images that are given, and the addresses of the others. */
function sourcesOf(
  parts: readonly unknown[],
  limits: HttpChatImageLimits,
): (RequestImage | string)[] {
  if (parts.length > limits.maxParts) throw invalidImage(`At most ${limits.maxParts} images`);
  const sources = parts.map(urlOf).map((url) => isDataUrl(url) ? readDataUrl(url, limits) : url);
  if (!limits.allowUrl && sources.some((source) => typeof source === "string")) {
    throw invalidImage(`Send images as base64, or let addresses be fetched: ${ALLOW_URL}`);
  }
  checkSizes(sources.filter((source) => typeof source !== "string"), limits);
  return sources;
}

const ALLOW_URL = "openclaw config set gateway.http.endpoints.chatCompletions.images.allowUrl true";

/** The limits of a request: as configured, else the usual ones. */
export function imageLimits(configured: Partial<HttpChatImageLimits>): HttpChatImageLimits {
  return {
    allowUrl: configured.allowUrl ?? false,
    allowedMimes: configured.allowedMimes ?? IMAGE_MIME_TYPES,
    maxParts: configured.maxParts ?? MAX_IMAGE_PARTS,
    maxBytes: configured.maxBytes ?? MAX_IMAGE_BYTES,
    maxTotalBytes: configured.maxTotalBytes ?? MAX_TOTAL_IMAGE_BYTES,
    maxRedirects: configured.maxRedirects ?? MAX_FETCH_REDIRECTS,
    timeoutMs: configured.timeoutMs ?? FETCH_TIMEOUT_MS,
  };
}

function checkSizes(images: readonly RequestImage[], limits: HttpChatImageLimits): void {
  const sizes = images.map(({ data }) => decodedSize(data));
  if (sizes.some((size) => size > limits.maxBytes)) {
    throw invalidImage(`At most ${limits.maxBytes} bytes per image`);
  }
  if (sizes.reduce((sum, size) => sum + size, 0) > limits.maxTotalBytes) {
    throw invalidImage(`At most ${limits.maxTotalBytes} bytes of images`);
  }
}

async function loadFrom(
  url: string,
  limits: HttpChatImageLimits,
  fetchImage: FetchImage,
): Promise<RequestImage> {
  try {
    const { bytes, mimeType = "" } = await fetchImage(url);
    return { data: bytes.toBase64(), mimeType: checkType(mimeType, limits) };
  } catch (error) {
    if (error instanceof HttpError || !(error instanceof AppError)) throw error;
    throw invalidImage(error.message, error);
  }
}

function urlOf(part: unknown): string {
  const image = isObject(part) ? part.image_url : undefined;
  const url = isObject(image) ? image.url : image;
  if (typeof url !== "string") throw invalidImage("Each image needs an address");
  return url.trim();
}

function readDataUrl(url: string, limits: HttpChatImageLimits): RequestImage {
  const parsed = parseDataUrl(url);
  if (parsed === undefined) throw invalidImage("The data of an image must be base64");
  return { mimeType: checkType(parsed.mimeType, limits), data: parseBase64(parsed.base64) };
}

function checkType(claimed: string, { allowedMimes }: HttpChatImageLimits): string {
  if (allowedMimes.includes(claimed)) return claimed;
  throw invalidImage(`Accepted image types: ${allowedMimes.join(", ")}`);
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

function invalidImage(hint: string, cause?: unknown): HttpError {
  return new HttpError(400, "INVALID_IMAGE", "Invalid image_url content in `messages`.", {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}

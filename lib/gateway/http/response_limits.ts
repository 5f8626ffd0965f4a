/**
 * What a request of the responses dialect may bring along, by configuration.
 *
 * @module
 */
import type { HttpFileLimits, HttpResponseLimits } from "../../http/mod.ts";
import type { GatewayState } from "../state.ts";

const MEBIBYTE = 1024 * 1024;
const MIN_BODY_BYTES = 20 * MEBIBYTE;

const IMAGES: HttpFileLimits = {
  allowUrl: true,
  allowedMimes: [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/heic",
    "image/heif",
  ],
  maxBytes: 10 * MEBIBYTE,
  maxRedirects: 3,
  timeoutMs: 10_000,
};
const FILES: HttpFileLimits = {
  ...IMAGES,
  allowedMimes: [
    "text/plain",
    "text/markdown",
    "text/html",
    "text/csv",
    "application/json",
    "application/pdf",
  ],
  maxBytes: 5 * MEBIBYTE,
};
const MAX_URL_PARTS = 8;
const MAX_CHARS = 200_000;
const MAX_PDF_PAGES = 4;
const MIN_PDF_TEXT_CHARS = 200;

/** The limits in force. */
export function responseLimits(state: GatewayState): HttpResponseLimits {
  const { maxUrlParts, files, images } = settings(state) ?? {};
  return {
    maxUrlParts: maxUrlParts ?? MAX_URL_PARTS,
    files: {
      ...FILES,
      ...present(files ?? {}),
      maxChars: files?.maxChars ?? MAX_CHARS,
      pdf: {
        maxPages: files?.pdf?.maxPages ?? MAX_PDF_PAGES,
        minTextChars: files?.pdf?.minTextChars ?? MIN_PDF_TEXT_CHARS,
      },
    },
    images: { ...IMAGES, ...present(images ?? {}) },
  };
}

/** The largest body: room for one file or image of the largest size in base64, and more. */
export function maxResponsesBodyBytes(state: GatewayState): number {
  const { files, images } = responseLimits(state);
  return settings(state)?.maxBodyBytes ??
    Math.max(MIN_BODY_BYTES, 2 * files.maxBytes, 2 * images.maxBytes);
}

function settings(state: GatewayState) {
  return state.config().config.gateway?.http?.endpoints?.responses;
}

function present(settings: Partial<HttpFileLimits>): Partial<HttpFileLimits> {
  return Object.fromEntries(
    Object.entries(settings).filter(([key, value]) => key in FETCH_KEYS && value !== undefined),
  );
}

const FETCH_KEYS: Readonly<Record<keyof HttpFileLimits, true>> = {
  allowUrl: true,
  urlAllowlist: true,
  allowedMimes: true,
  maxBytes: true,
  maxRedirects: true,
  timeoutMs: true,
};

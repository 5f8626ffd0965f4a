/**
 * The images and files of a request: decoded or fetched, within their limits.
 *
 * @module
 */
import { AppError, fromBase64, sniffMediaType } from "../../base/mod.ts";
import { isDataUrl, parseDataUrl } from "../data_url.ts";
import type { HttpError } from "../errors.ts";
import type { HttpFileLimits } from "../response_types.ts";
import type { HttpDeps } from "../types.ts";
import { fileText } from "./file_text.ts";
import { invalidMedia } from "./invalid_media.ts";
import type { MediaPart } from "./schema.ts";

/** What a request brings besides text. */
export interface LoadedMedia {
  images: { data: string; mimeType: string }[];
  /** One block per file, for the system prompt. */
  fileBlocks: string[];
}

/** A part's content, from whichever field holds it. */
interface Origin {
  url?: string;
  base64?: string;
  /** As the client claims. */
  mimeType?: string;
  name?: string;
}

/** Bytes with their type. */
interface Content {
  bytes: Uint8Array<ArrayBuffer>;
  mimeType: string;
  name?: string;
}

/**
 * Loads parts.
 *
 * @param signal Ends fetches under way.
 * @throws {HttpError} `INVALID_REQUEST`, the reason as hint, for anything that cannot be taken.
 */
export async function loadMedia(
  { images, files }: { images: readonly MediaPart[]; files: readonly MediaPart[] },
  deps: HttpDeps,
  signal: AbortSignal,
): Promise<LoadedMedia> {
  if (images.length === 0 && files.length === 0) return { images: [], fileBlocks: [] };
  const limits = deps.responseLimits();
  const origins = { images: images.map(originOf), files: files.map(originOf) };
  const urlCount = [...origins.images, ...origins.files].filter(({ url }) => url).length;
  if (urlCount > limits.maxUrlParts) {
    throw invalidMedia(`At most ${limits.maxUrlParts} parts may be named by address`);
  }
  const load = (origin: Origin, kind: HttpFileLimits) => loadOne(origin, kind, deps, signal);
  const [loadedImages, loadedFiles] = await Promise.all([
    Promise.all(origins.images.map((origin) => load(origin, limits.images))),
    Promise.all(origins.files.map((origin) => load(origin, limits.files))),
  ]);
  return {
    images: loadedImages.map(({ bytes, mimeType }) => ({ data: bytes.toBase64(), mimeType })),
    fileBlocks: loadedFiles.map((file) => fileText(file, limits.files.maxChars)),
  };
}

function originOf(part: MediaPart): Origin {
  if (part.file_id) throw invalidMedia("Files are not kept here: send the data, not `file_id`");
  const { source } = part;
  if (source) {
    return source.type === "url" ? { url: source.url } : {
      base64: source.data,
      mimeType: source.media_type,
      ...(source.filename ? { name: source.filename } : {}),
    };
  }
  const text = part.type === "input_image" ? part.image_url : part.file_data ?? part.file_url;
  if (!text) throw invalidMedia(`Part "${part.type}" has neither data nor an address`);
  const name = part.type === "input_file" && part.filename ? { name: part.filename } : {};
  return { ...parseText(text, part.type === "input_file" && part.file_data === text), ...name };
}

/** Data addresses hold the content, others name it; the data of a file may also come bare. */
function parseText(text: string, isData: boolean): Origin {
  if (!isDataUrl(text)) return isData ? { base64: text } : { url: text };
  const parsed = parseDataUrl(text);
  if (parsed === undefined) throw invalidMedia("The data of images and files must be base64");
  const { base64, mimeType } = parsed;
  return { base64, ...(mimeType === "" ? {} : { mimeType }) };
}

async function loadOne(
  origin: Origin,
  limits: HttpFileLimits,
  deps: HttpDeps,
  signal: AbortSignal,
): Promise<Content> {
  const { bytes, claimed, name } = origin.url === undefined
    ? decode(origin, limits)
    : await fetchOne(origin.url, limits, deps, signal);
  if (bytes.length === 0) throw invalidMedia("An image or a file is empty");
  // The mark in the bytes is what they are; only what has none is taken at its word.
  const mimeType = sniffMediaType(bytes) ?? claimed ?? typeOfName(name) ?? "text/plain";
  if (!limits.allowedMimes.includes(mimeType)) {
    throw invalidMedia(`Type "${mimeType}" is not among ${limits.allowedMimes.join(", ")}`);
  }
  if (mimeType.startsWith("image/") && sniffMediaType(bytes) === undefined) {
    throw invalidMedia(`The data is not of type "${mimeType}"`);
  }
  return { bytes, mimeType, ...(name === undefined ? {} : { name }) };
}

interface Loaded {
  bytes: Uint8Array<ArrayBuffer>;
  claimed?: string;
  name?: string;
}

function decode({ base64 = "", mimeType, name }: Origin, { maxBytes }: HttpFileLimits): Loaded {
  if (base64.length / 4 * 3 - 2 > maxBytes) throw tooLarge(maxBytes);
  const bytes = fromBase64(base64);
  if (bytes === undefined) throw invalidMedia("The data is not complete base64");
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  const claimed = mimeType?.split(";", 1)[0]?.trim().toLowerCase();
  return { bytes, ...(claimed ? { claimed } : {}), ...(name === undefined ? {} : { name }) };
}

async function fetchOne(
  url: string,
  limits: HttpFileLimits,
  deps: HttpDeps,
  signal: AbortSignal,
): Promise<Loaded> {
  if (!limits.allowUrl) throw invalidMedia("Addresses are not fetched: send the data as base64");
  const { urlAllowlist, maxBytes, maxRedirects, timeoutMs } = limits;
  try {
    const file = await deps.fetchFile(url, {
      maxBytes,
      maxRedirects,
      timeoutMs,
      signal,
      accept: limits.allowedMimes.join(", "),
      ...(urlAllowlist === undefined
        ? {}
        : { isAllowedHost: (name) => urlAllowlist.some((allowed) => fits(name, allowed)) }),
    });
    const name = URL.parse(file.url)?.pathname.split("/").at(-1);
    return {
      bytes: file.bytes,
      ...(file.mimeType === undefined ? {} : { claimed: file.mimeType }),
      ...(name ? { name } : {}),
    };
  } catch (error) {
    if (error instanceof AppError && error.code === "FETCH_FAILED") {
      throw invalidMedia(error.message);
    }
    throw error;
  }
}

/** Whether a host name is the allowed one, or below it where that begins with `*.`. */
function fits(name: string, allowed: string): boolean {
  const wanted = allowed.trim().toLowerCase();
  return wanted.startsWith("*.") ? name.endsWith(wanted.slice(1)) : name === wanted;
}

const TYPES_BY_ENDING: Readonly<Record<string, string>> = {
  csv: "text/csv",
  htm: "text/html",
  html: "text/html",
  json: "application/json",
  md: "text/markdown",
  txt: "text/plain",
};

function typeOfName(name: string | undefined): string | undefined {
  const ending = name?.split(".").at(-1)?.toLowerCase() ?? "";
  return Object.hasOwn(TYPES_BY_ENDING, ending) ? TYPES_BY_ENDING[ending] : undefined;
}

function tooLarge(maxBytes: number): HttpError {
  return invalidMedia(`An image or a file is larger than ${maxBytes} bytes`);
}

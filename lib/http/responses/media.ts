/**
 * The images and files of a request, loaded.
 *
 * @module
 */
import { checkUrlCount, wordFiles } from "../files/blocks.ts";
import { invalidMedia } from "../files/invalid_media.ts";
import { fileIdRefusal, type FileOrigin, loadFile, parseOrigin } from "../files/load.ts";
import type { HttpFileLimits } from "../response_types.ts";
import type { HttpDeps } from "../types.ts";
import type { MediaPart } from "./schema.ts";

/** What a request brings besides text. */
export interface LoadedMedia {
  images: { data: string; mimeType: string }[];
  /** One block per file, for the system prompt. */
  fileBlocks: string[];
}

/**
 * Loads parts.
 *
 * @param signal Ends fetches and readings under way.
 * @throws {HttpError} `INVALID_REQUEST`, the reason as hint, for anything that cannot be taken;
 * `PDF_BUSY` (503).
 */
export async function loadMedia(
  { images, files }: { images: readonly MediaPart[]; files: readonly MediaPart[] },
  deps: HttpDeps,
  signal: AbortSignal,
): Promise<LoadedMedia> {
  if (images.length === 0 && files.length === 0) return { images: [], fileBlocks: [] };
  const limits = deps.responseLimits();
  const origins = { images: images.map(originOf), files: files.map(originOf) };
  checkUrlCount([...origins.images, ...origins.files], limits);
  const load = (all: readonly FileOrigin[], kind: HttpFileLimits) =>
    Promise.all(all.map((origin) => loadFile(origin, kind, deps, signal)));
  const [loadedImages, loadedFiles] = await Promise.all([
    load(origins.images, limits.images),
    load(origins.files, limits.files),
  ]);
  return {
    images: loadedImages.map(({ bytes, mimeType }) => ({ data: bytes.toBase64(), mimeType })),
    fileBlocks: await wordFiles(loadedFiles, limits, deps, signal),
  };
}

/** A part's content, from whichever field holds it. */
function originOf(part: MediaPart): FileOrigin {
  if (part.file_id) throw fileIdRefusal();
  const { source } = part;
  const name = part.type === "input_file" && part.filename ? { name: part.filename } : {};
  if (source) {
    return source.type === "url" ? { url: source.url, ...name } : {
      base64: source.data,
      mimeType: source.media_type,
      ...name,
      ...(source.filename ? { name: source.filename } : {}),
    };
  }
  const text = part.type === "input_image" ? part.image_url : part.file_data ?? part.file_url;
  if (!text) throw invalidMedia(`Part "${part.type}" has neither data nor an address`);
  return {
    ...parseOrigin(text, part.type === "input_file" && part.file_data === text),
    ...name,
  };
}

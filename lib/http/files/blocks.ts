/**
 * The files of a request as texts for the system prompt, within the limits of every dialect.
 *
 * @module
 */
import type { HttpResponseLimits } from "../response_types.ts";
import type { HttpDeps } from "../types.ts";
import { fileBlock } from "./file_block.ts";
import { invalidMedia } from "./invalid_media.ts";
import { type FileOrigin, type LoadedFile, loadFile } from "./load.ts";

/** PDF files in one request: each may take a process for seconds. */
const MAX_PDF_PARTS = 8;

/**
 * Loads files and words them, one block each.
 *
 * @param signal Ends fetches and readings under way.
 * @throws {HttpError} `INVALID_REQUEST`, the reason as hint; `PDF_BUSY` (503).
 */
export async function loadFileBlocks(
  origins: readonly FileOrigin[],
  deps: HttpDeps,
  signal: AbortSignal,
): Promise<string[]> {
  if (origins.length === 0) return [];
  const limits = deps.responseLimits();
  checkUrlCount(origins, limits);
  const files = await Promise.all(
    origins.map((origin) => loadFile(origin, limits.files, deps, signal)),
  );
  return await wordFiles(files, limits, deps, signal);
}

/** @throws {HttpError} `INVALID_REQUEST` when more is named by address than is fetched. */
export function checkUrlCount(
  origins: readonly FileOrigin[],
  { maxUrlParts }: HttpResponseLimits,
): void {
  if (origins.filter(({ url }) => url !== undefined).length > maxUrlParts) {
    throw invalidMedia(`At most ${maxUrlParts} parts may be named by address`);
  }
}

/** Words files that are loaded; one after the other, so that a request does not take all readers. */
export async function wordFiles(
  files: readonly LoadedFile[],
  limits: HttpResponseLimits,
  deps: Pick<HttpDeps, "readPdf" | "traffic">,
  signal: AbortSignal,
): Promise<string[]> {
  if (files.filter(({ mimeType }) => mimeType === "application/pdf").length > MAX_PDF_PARTS) {
    throw invalidMedia(`At most ${MAX_PDF_PARTS} PDF files are read in one request`);
  }
  const blocks: string[] = [];
  for (const file of files) blocks.push(await fileBlock(file, limits.files, deps, signal));
  return blocks;
}

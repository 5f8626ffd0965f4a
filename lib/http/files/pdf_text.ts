/**
 * The text of a PDF file, and what is said of one without.
 *
 * @module
 */
import { HttpError, stoppingError } from "../errors.ts";
import type { HttpResponseLimits } from "../response_types.ts";
import type { HttpDeps, HttpPdfOutcome } from "../types.ts";
import { invalidMedia } from "./invalid_media.ts";
import type { LoadedFile } from "./load.ts";

type PdfFailure = (HttpPdfOutcome & { ok: false })["reason"];

/** What is wrong with a file, behind its name. */
const REASONS: Readonly<Record<Exclude<PdfFailure, "busy">, string>> = {
  broken: "is damaged and cannot be read",
  encrypted: "is encrypted: send it without a password",
  large: "takes too much memory to read: send it in parts, or its text",
  slow: "takes too long to read: send it in parts, or its text",
};

/** After how long somebody may ask again when too many files are read at once. */
const BUSY_RETRY_MS = 2000;

/**
 * Reads a file. Pages are not made into pictures, so one that has little more than pictures is refused.
 *
 * @throws {HttpError} `INVALID_REQUEST` for a file without readable text; `PDF_BUSY` (503).
 */
export async function pdfText(
  { bytes, name }: LoadedFile,
  { maxChars, pdf: { maxPages, minTextChars } }: HttpResponseLimits["files"],
  deps: Pick<HttpDeps, "readPdf" | "traffic">,
  signal: AbortSignal,
): Promise<string> {
  const outcome = await untilStopping(
    deps.traffic.stopping,
    signal,
    (either) => deps.readPdf(bytes, { maxPages, maxChars }, either),
  );
  const refuse = (reason: string) =>
    invalidMedia(`The PDF file${name === undefined ? "" : ` "${name.slice(0, 100)}"`} ${reason}`);
  if (!outcome.ok) throw outcome.reason === "busy" ? busy() : refuse(REASONS[outcome.reason]);
  const { text, pageCount, pagesRead, isCut, hasPictures } = outcome;
  const places = pagesRead < pageCount
    ? ` in the ${pagesRead} of ${pageCount} pages that are read`
    : "";
  const remedy = "pages that are pictures are not read here, send them as images";
  if (text.trim() === "") throw refuse(`has no text${places}: ${remedy}`);
  if (hasPictures && text.length < minTextChars) {
    throw refuse(`has pictures and only ${text.length} characters of text${places}: ${remedy}`);
  }
  return [
    text,
    ...(isCut ? [`[The text is cut after ${maxChars} characters]`] : []),
    ...(pagesRead < pageCount
      ? [`[Left out: pages ${pagesRead + 1} to ${pageCount} of ${pageCount}]`]
      : []),
  ].join("\n\n");
}

/** An ending gateway waits for no file: its client may ask the next one. */
async function untilStopping<T>(
  stopping: AbortSignal,
  signal: AbortSignal,
  read: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await read(AbortSignal.any([stopping, signal]));
  } catch (error) {
    throw stopping.aborted ? stoppingError() : error;
  }
}

function busy(): HttpError {
  return new HttpError(503, "PDF_BUSY", "Too many PDF files are being read", {
    hint: "Send the request again in a moment",
    retryable: true,
    retryAfterMs: BUSY_RETRY_MS,
  });
}

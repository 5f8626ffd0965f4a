/**
 * The text of a file as the model is told it: marked as foreign, so that it is read and not obeyed.
 *
 * @module
 */
import { untrustedBlock } from "../../base/mod.ts";
import type { HttpResponseLimits } from "../response_types.ts";
import type { HttpDeps } from "../types.ts";
import type { LoadedFile } from "./load.ts";
import { pdfText } from "./pdf_text.ts";
import { plainText } from "./plain_text.ts";

/**
 * Words a file for the system prompt.
 *
 * @param limits Of files; text behind `maxChars` UTF-16 units is left out.
 * @param signal Ends the reading.
 * @throws {HttpError} `INVALID_REQUEST` for a file without readable text; `PDF_BUSY` (503).
 */
export async function fileBlock(
  file: LoadedFile,
  limits: HttpResponseLimits["files"],
  deps: Pick<HttpDeps, "readPdf" | "traffic">,
  signal: AbortSignal,
): Promise<string> {
  const text = file.mimeType === "application/pdf"
    ? await pdfText(file, limits, deps, signal)
    : plainText(file).slice(0, limits.maxChars);
  const name = attribute(file.name ?? "file");
  // A cut may leave half of a character, which providers refuse.
  const block = untrustedBlock(text.toWellFormed(), "External");
  return [`<file name="${name}">`, block, "</file>"].join("\n");
}

/** A name that cannot end its attribute or its line. */
function attribute(name: string): string {
  // deno-lint-ignore no-control-regex
  return name.replace(/[\u0000-\u001f\u007f"<>&]/g, "_").slice(0, 200);
}

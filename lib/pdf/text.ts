/**
 * Reads the text of a PDF file, page by page and no further than asked. Whoever calls this bounds time
 * and memory.
 *
 * @module
 */
import { getDocument } from "unpdf/pdfjs";
import type { PdfBounds, PdfOutcome } from "./types.ts";

/** Neither fonts nor pictures are drawn, nothing of the file is run, nothing is loaded besides it. */
const TEXT_ONLY = {
  disableFontFace: true,
  enableXfa: false,
  isImageDecoderSupported: false,
  isOffscreenCanvasSupported: false,
  useSystemFonts: false,
  useWasm: false,
  useWorkerFetch: false,
  verbosity: 0,
};

type PdfDocument = Awaited<ReturnType<typeof getDocument>["promise"]>;

/** Reads a file; what is wrong with it is part of the answer. */
export async function readPdfText(
  bytes: Uint8Array,
  bounds: PdfBounds,
): Promise<PdfOutcome> {
  // Pictures are objects of their own, so their heads are never compressed.
  const hasPictures = /\/Subtype\s*\/Image\b/.test(new TextDecoder("latin1").decode(bytes));
  try {
    const file = await getDocument({ data: bytes, ...TEXT_ONLY }).promise;
    return { ok: true, pageCount: file.numPages, ...await readPages(file, bounds), hasPictures };
  } catch (error) {
    const isLocked = error instanceof Error && error.name === "PasswordException";
    return { ok: false, reason: isLocked ? "encrypted" : "broken" };
  }
}

async function readPages(file: PdfDocument, { maxPages, maxChars }: PdfBounds) {
  const pagesRead = Math.min(file.numPages, maxPages);
  let text = "";
  for (let number = 1; number <= pagesRead && text.length <= maxChars; number++) {
    const page = await readPage(file, number, maxChars + 1 - text.length);
    text += text === "" || page === "" ? page : `\n\n${page}`;
  }
  return { pagesRead, text: text.slice(0, maxChars), isCut: text.length > maxChars };
}

async function readPage(file: PdfDocument, number: number, maxChars: number): Promise<string> {
  const page = await file.getPage(number);
  // A stream, since a page can hold more text than is wanted.
  const reader = page.streamTextContent().getReader();
  let text = "";
  while (text.length < maxChars) {
    const { done, value } = await reader.read();
    if (done) break;
    for (const item of value.items) text += item.str === undefined ? "" : lineOf(item);
  }
  if (text.length >= maxChars) await reader.cancel(new Error("Enough of the page is read"));
  return text.trim();
}

/** A NUL is in no text, whatever the fonts of the file say. */
function lineOf({ str, hasEOL }: { str: string; hasEOL?: boolean }): string {
  const text = str.replaceAll("\0", "");
  return hasEOL ? `${text}\n` : text;
}

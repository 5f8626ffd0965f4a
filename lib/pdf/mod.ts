/**
 * The text of PDF files. A file is foreign and may be made to do harm, so it is read in a process of its
 * own, with bounds on time, memory and output; this process never looks into it.
 *
 * @module
 */
export { PdfReader, type PdfReaderOptions } from "./reader.ts";
export type { PdfBounds, PdfOutcome } from "./types.ts";

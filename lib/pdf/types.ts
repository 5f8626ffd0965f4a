/**
 * What is asked of the process that reads a PDF file, and what it answers.
 *
 * @module
 */

/** How much of a file is read. */
export interface PdfBounds {
  /** Pages from the first on. */
  readonly maxPages: number;
  /** Text in UTF-16 units. */
  readonly maxChars: number;
}

/** Why there is no text; `slow` and `large` are files that exhaust the bounds of time and memory. */
export type PdfFailure = "encrypted" | "broken" | "slow" | "large" | "busy";

/** The text of a file, or why there is none. */
export type PdfOutcome =
  | {
    readonly ok: true;
    readonly text: string;
    /** Pages of the file, read or not. */
    readonly pageCount: number;
    /** Pages that `text` is of. */
    readonly pagesRead: number;
    /** Whether `text` was cut. */
    readonly isCut: boolean;
    /** Whether the file holds pictures, of which `text` says nothing. */
    readonly hasPictures: boolean;
  }
  | { readonly ok: false; readonly reason: PdfFailure };

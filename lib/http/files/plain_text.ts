/**
 * The text in the bytes of a text file, whatever it is encoded in.
 *
 * @module
 */
import { invalidMedia } from "./invalid_media.ts";

/** What old programs on Windows write. */
const FALLBACK_CHARSET = "windows-1252";

/** Controls that are in no text; a NUL is the commonest sign of something else. */
// deno-lint-ignore no-control-regex
const NO_TEXT = /[\u0000-\u0006\u000e-\u001a\u001c-\u001f]/;

/**
 * Decodes a text: by the mark at its beginning, else as claimed, else as UTF-8, and as the usual
 * one-byte encoding where it is no UTF-8.
 *
 * @throws {HttpError} `INVALID_REQUEST` for what is no text, or in an encoding nobody knows.
 */
export function plainText(
  { bytes, mimeType, charset }: { bytes: Uint8Array; mimeType: string; charset?: string },
): string {
  const label = markOf(bytes) ?? charset;
  const text = label === undefined ? guess(bytes) : decoderOf(label).decode(bytes);
  if (NO_TEXT.test(text)) throw invalidMedia(`A file of type "${mimeType}" is not text`);
  return text;
}

function markOf(bytes: Uint8Array): string | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    throw invalidMedia(`Charset "${label.slice(0, 40)}" is not known: send the file as UTF-8`);
  }
}

function guess(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // It is not UTF-8; one byte for each character always fits.
    return new TextDecoder(FALLBACK_CHARSET).decode(bytes);
  }
}

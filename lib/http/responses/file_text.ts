/**
 * The text of a file as the model is told it: marked as foreign, so that it is read and not obeyed.
 *
 * @module
 */
import { randomHex } from "../../base/mod.ts";
import { invalidMedia } from "./invalid_media.ts";

/** A file within its limits. */
export interface TextFile {
  bytes: Uint8Array<ArrayBuffer>;
  mimeType: string;
  name?: string;
}

/**
 * Words a file for the system prompt.
 *
 * @param maxChars UTF-16 units; what comes behind them is left out.
 * @throws {HttpError} `INVALID_REQUEST` for a file without readable text.
 */
export function fileText(file: TextFile, maxChars: number): string {
  const text = readText(file).slice(0, maxChars);
  const id = randomHex(8);
  return [
    `<file name="${attribute(file.name ?? "file")}">`,
    `<<<EXTERNAL_UNTRUSTED_CONTENT id="${id}">>>`,
    "Source: External",
    "---",
    text,
    `<<<END_EXTERNAL_UNTRUSTED_CONTENT id="${id}">>>`,
    "</file>",
  ].join("\n");
}

function readText({ bytes, mimeType }: TextFile): string {
  if (mimeType === "application/pdf") {
    throw invalidMedia("PDF files are not read by this build: send their text");
  }
  // A NUL is in no text, whatever the file calls itself.
  if (bytes.includes(0)) throw invalidMedia(`A file of type "${mimeType}" is not text`);
  return new TextDecoder().decode(bytes);
}

/** A name that cannot end its attribute or its line. */
function attribute(name: string): string {
  // deno-lint-ignore no-control-regex
  return name.replace(/[\u0000-\u001f\u007f"<>&]/g, "_").slice(0, 200);
}

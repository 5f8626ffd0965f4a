/**
 * From bytes to a value: UTF-8, then JSON, then JSON5.
 *
 * @module
 */
import { errorMessage, isObject, type JsonObject } from "../base/mod.ts";

/** Largest configuration file that is read. */
export const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

/** Deepest nesting that is accepted; the programs that walk a configuration are recursive. */
export const MAX_CONFIG_DEPTH = 100;

/** A parsed text, or why it cannot be one. */
export type ParseResult =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly message: string };

/** As {@linkcode ParseResult}, of a text that need not be an object. */
export type AnyParseResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/**
 * Decodes UTF-8 and keeps a byte order mark.
 *
 * @returns `undefined` when the bytes are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The only failure of a fatal decoder is the one the caller asks about.
    return undefined;
  }
}

/** Parses the text of a configuration file. */
export async function parseConfigText(text: string): Promise<ParseResult> {
  if (withoutMark(text).trim() === "") {
    return { ok: false, message: "the file is empty, expected an object" };
  }
  const parsed = await parseJson5Text(text);
  if (!parsed.ok) return parsed;
  if (!isObject(parsed.value)) {
    return { ok: false, message: `expected an object, found ${kindOf(parsed.value)}` };
  }
  return { ok: true, value: parsed.value };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value;
}

/** Parses a text that may hold any value, with or without a byte order mark. */
export async function parseJson5Text(text: string): Promise<AnyParseResult> {
  const parsed = await parseJson5(withoutMark(text));
  if (!parsed.ok || !exceedsDepth(parsed.value, MAX_CONFIG_DEPTH)) return parsed;
  return { ok: false, message: `nested deeper than ${MAX_CONFIG_DEPTH} levels` };
}

function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** Parses JSON fast, and only where that fails loads the JSON5 parser. */
async function parseJson5(text: string): Promise<AnyParseResult> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    // Not JSON, most likely because it is JSON5, whose parser gives the better message.
  }
  const json5 = (await import("json5")).default;
  try {
    return { ok: true, value: json5.parse(text) };
  } catch (error) {
    return { ok: false, message: placeOf(errorMessage(error)) };
  }
}

/** `JSON5: invalid character 'x' at 2:5` in our own form. */
function placeOf(message: string): string {
  const match = /^JSON5: (.*?)(?: at (\d+):(\d+))?$/s.exec(message);
  if (!match) return message;
  const [, what = "", line, column] = match;
  const text = what
    .replace(/^invalid character '(.*)'$/s, 'unexpected "$1"')
    .replace(/^invalid end of input$/, "unexpected end of file");
  return line === undefined ? text : `${text} at line ${line} column ${column}`;
}

function exceedsDepth(root: unknown, limit: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) : []
    ).filter((value) => typeof value === "object" && value !== null);
  }
  return false;
}

/**
 * How a configuration file is written: indentation, line ends, quotes.
 *
 * @module
 */
import { isObject, parseJsonOrUndefined } from "../../base/mod.ts";

/** What new text has to look like. */
export interface Style {
  /** One level of indentation. */
  readonly indent: string;
  readonly lineEnd: "\n" | "\r\n";
  /** Whether the file is plain JSON and has to stay so. */
  readonly isStrict: boolean;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Reads the style off a text. */
export function readStyle(text: string): Style {
  return {
    indent: /^([ \t]+)(?=["'\w$])/m.exec(text)?.[1] ?? "  ",
    lineEnd: /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n",
    isStrict: isObject(parseJsonOrUndefined(text)),
  };
}

/**
 * Writes a value.
 *
 * @param indentation What stands before the line on which the value starts.
 * @param isBare Whether keys are written without quotes where they can be.
 */
export function writeValue(
  value: unknown,
  indentation: string,
  style: Style,
  isBare: boolean,
): string {
  const inner = indentation + style.indent;
  const line = (text: string) => style.lineEnd + inner + text;
  const end = style.lineEnd + indentation;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const items = value.map((item) => line(writeValue(item, inner, style, isBare)));
    return `[${items.join(",")}${end}]`;
  }
  if (!isObject(value)) return writeScalar(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const items = entries.map(([key, item]) =>
    line(`${writeKey(key, isBare)}: ${writeValue(item, inner, style, isBare)}`)
  );
  return `{${items.join(",")}${end}}`;
}

/** Writes a value on one line, for a place whose neighbours share a line. */
export function writeInline(value: unknown, isBare: boolean): string {
  if (Array.isArray(value)) return `[${value.map((item) => writeInline(item, isBare)).join(", ")}]`;
  if (!isObject(value)) return writeScalar(value);
  const entries = Object.entries(value)
    .map(([key, item]) => `${writeKey(key, isBare)}: ${writeInline(item, isBare)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Writes a key. */
export function writeKey(key: string, isBare: boolean): string {
  return isBare && IDENTIFIER.test(key) ? key : writeScalar(key);
}

/** JSON, with the two line separators escaped that JSON5 parsers complain about. */
function writeScalar(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return (JSON.stringify(value) ?? "null")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/**
 * Property lists as XML text.
 *
 * Pure; the reading half is `plist_reader.ts`.
 *
 * @see Apple, plist(5)
 * @module
 */
import { AppError } from "../../base/mod.ts";

/** A value of a property list; dates and data are read as their text. */
export type PlistValue = string | number | boolean | readonly PlistValue[] | PlistDict;

/** A dictionary, its keys in the order in which they are written. */
export interface PlistDict {
  readonly [key: string]: PlistValue;
}

const HEADER = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;

/** What XML 1.0 cannot hold, not even escaped. */
const NOT_XML = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  // A reader would take it for a line feed otherwise.
  "\r": "&#13;",
};

/**
 * The text of a property list.
 *
 * @param root Numbers must be whole.
 * @throws {AppError} `SERVICE_INSTALL_FAILED` for a text with characters that XML cannot hold.
 */
export function buildPlist(root: PlistDict): string {
  return `${HEADER}${elementOf(root, "")}</plist>\n`;
}

function elementOf(value: PlistValue, indent: string): string {
  if (typeof value === "string") return `${indent}<string>${escapeXml(value)}</string>\n`;
  if (typeof value === "number") return `${indent}<integer>${value}</integer>\n`;
  if (typeof value === "boolean") return `${indent}<${value}/>\n`;
  const deeper = `${indent}\t`;
  if (isArray(value)) {
    const items = value.map((item) => elementOf(item, deeper)).join("");
    return `${indent}<array>\n${items}${indent}</array>\n`;
  }
  const entries = Object.entries(value).map(([key, item]) =>
    `${deeper}<key>${escapeXml(key)}</key>\n${elementOf(item, deeper)}`
  );
  return `${indent}<dict>\n${entries.join("")}${indent}</dict>\n`;
}

/** Tells arrays from dictionaries; `Array.isArray()` does not know of read-only ones. */
function isArray(value: PlistValue): value is readonly PlistValue[] {
  return Array.isArray(value);
}

function escapeXml(text: string): string {
  if (NOT_XML.test(text)) {
    throw new AppError(
      "SERVICE_INSTALL_FAILED",
      `Cannot write ${JSON.stringify(text)} into a property list: it has a control character`,
      { hint: "Remove it from the value and run: openclaw gateway install --force" },
    );
  }
  return text.replace(/[&<>"'\r]/g, (char) => ESCAPES[char]!);
}

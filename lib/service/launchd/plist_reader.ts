/**
 * Reads property lists in XML, as this program and others write them.
 *
 * @see Apple, plist(5)
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { PlistDict, PlistValue } from "./plist.ts";

/** Deeper than any definition of a job. */
const MAX_DEPTH = 32;

/** Comments, instructions, a document type without entities of its own, CDATA, tags, text. */
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^[>]*>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z]+)(?:\s[^<>]*?)?(\/?)>|([^<]+)/y;

interface Token {
  readonly kind: "open" | "close" | "empty" | "text";
  /** Name of the tag, or the text itself. */
  readonly text: string;
}

/**
 * The dictionary of a property list.
 *
 * @throws {AppError} `SERVICE_CHECK_FAILED` for the binary form, and for what is no property list.
 */
export function parsePlist(text: string): PlistDict {
  if (text.startsWith("bplist")) throw unreadable("it is in the binary form");
  const reader = new TokenReader(tokensOf(text));
  reader.expect("open", "plist");
  const root = readValue(reader, 0);
  reader.expect("close", "plist");
  if (typeof root !== "object" || Array.isArray(root)) throw unreadable("it holds no dictionary");
  return root as PlistDict;
}

function readValue(reader: TokenReader, depth: number): PlistValue {
  if (depth > MAX_DEPTH) throw unreadable("it is nested too deeply");
  const token = reader.next();
  if (token.kind === "empty") return emptyValue(token.text);
  if (token.kind !== "open") throw unreadable(`unexpected "${token.text.slice(0, 20)}"`);
  switch (token.text) {
    case "dict":
      return readDict(reader, depth);
    case "array": {
      const items: PlistValue[] = [];
      while (!reader.take("close", "array")) items.push(readValue(reader, depth + 1));
      return items;
    }
    default: {
      const text = reader.textUntil(token.text);
      return scalar(token.text, text);
    }
  }
}

function readDict(reader: TokenReader, depth: number): PlistDict {
  const entries: [string, PlistValue][] = [];
  while (!reader.take("close", "dict")) {
    reader.expect("open", "key");
    const key = reader.textUntil("key");
    entries.push([key, readValue(reader, depth + 1)]);
  }
  // Unlike an assignment, this makes a plain entry of "__proto__" too.
  return Object.fromEntries(entries);
}

function scalar(tag: string, text: string): PlistValue {
  switch (tag) {
    case "string":
      return text;
    case "date":
    case "data":
      return text.trim();
    case "integer":
    case "real": {
      const value = Number(text.trim());
      if (text.trim() !== "" && Number.isFinite(value)) return value;
      throw unreadable(`"${text.trim().slice(0, 20)}" is no number`);
    }
    case "true":
    case "false":
      return tag === "true";
    default:
      throw unreadable(`unknown element "${tag}"`);
  }
}

function emptyValue(tag: string): PlistValue {
  switch (tag) {
    case "true":
    case "false":
      return tag === "true";
    case "string":
    case "data":
      return "";
    case "dict":
      return {};
    case "array":
      return [];
    default:
      throw unreadable(`unknown element "${tag}"`);
  }
}

/** Walks over tokens; blanks between elements mean nothing. */
class TokenReader {
  readonly #tokens: Iterator<Token>;
  #ahead: Token | undefined;

  constructor(tokens: Iterator<Token>) {
    this.#tokens = tokens;
  }

  next(): Token {
    while (true) {
      const token = this.#raw();
      if (token.kind !== "text" || token.text.trim() !== "") return token;
    }
  }

  /** Takes the next token when it is this one. */
  take(kind: Token["kind"], text: string): boolean {
    const token = this.next();
    if (token.kind === kind && token.text === text) return true;
    this.#ahead = token;
    return false;
  }

  expect(kind: Token["kind"], text: string): void {
    const token = this.next();
    if (token.kind === kind && token.text === text) return;
    throw unreadable(`"${text}" is missing before "${token.text.slice(0, 20)}"`);
  }

  /** The text up to the end of an element that holds nothing else. */
  textUntil(tag: string): string {
    let text = "";
    while (true) {
      const token = this.#raw();
      if (token.kind === "text") text += token.text;
      else if (token.kind === "close" && token.text === tag) return text;
      else throw unreadable(`"${token.text}" stands inside of "${tag}"`);
    }
  }

  #raw(): Token {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) return ahead;
    const { done, value } = this.#tokens.next();
    if (done) throw unreadable("it ends too early");
    return value;
  }
}

function* tokensOf(text: string): Generator<Token> {
  const pattern = new RegExp(TOKEN);
  // A mark of the byte order may come first.
  pattern.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw unreadable(`it is no XML at character ${at}`);
    const [, cdata, slash, tag, isEmpty, plain] = match;
    if (cdata !== undefined) yield { kind: "text", text: cdata };
    else if (plain !== undefined) yield { kind: "text", text: unescapeXml(plain) };
    else if (tag !== undefined) {
      yield { kind: isEmpty ? "empty" : slash ? "close" : "open", text: tag };
    }
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function unescapeXml(text: string): string {
  const plain = text.replace(/\r\n?/g, "\n");
  return plain.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w{1,10});/g, (whole, name: string) => {
    if (!name.startsWith("#")) {
      if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name]!;
      throw unreadable(`unknown entity "${whole}"`);
    }
    const code = name[1] === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    throw unreadable(`unknown character "${whole}"`);
  });
}

function unreadable(why: string): AppError {
  return new AppError("SERVICE_CHECK_FAILED", `Cannot read the property list: ${why}`, {
    hint: "Replace it with: openclaw gateway install --force",
  });
}

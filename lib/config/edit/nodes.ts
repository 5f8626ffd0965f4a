/**
 * The values of a JSON5 text with their places.
 *
 * Only finds places: the text has been accepted by the parser that loads configurations, and what is
 * cut is checked by it again. A parser that gave places would have to take every key that OpenClaw's
 * files have, `default` and other words of the language among them.
 *
 * @module
 */
import { formatPath, type Path } from "../path_syntax.ts";
import { skipTrivia } from "./trivia.ts";

/** A value with its place in the text, in UTF-16 units. */
export interface ValueNode {
  readonly kind: "object" | "list" | "scalar";
  /** Place of the first character. */
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
  /** Properties or list items; empty for a scalar. */
  readonly items: readonly Item[];
  /** Keys of the items; empty for anything but an object. */
  readonly keys: readonly string[];
}

/** One property or list item, from the first character of its key or value. */
export interface Item {
  readonly start: number;
  readonly end: number;
  readonly value: ValueNode;
}

/** The text of a key that is written with escapes. */
export type DecodeKey = (token: string) => string;

const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
/** A number, a literal or a key without quotes: everything up to white space or punctuation. */
const BARE = /(?:[^\s,:{}[\]"'/\\]|\\u[0-9a-fA-F]{4})+/y;

/**
 * The nodes of a text that is valid JSON5.
 *
 * @throws {Error} When the text is not what it should be.
 */
export function readNodes(text: string, decodeKey: DecodeKey): ValueNode {
  return new Locator(text, decodeKey).readValue(skipTrivia(text, 0));
}

class Locator {
  readonly #text: string;
  readonly #decodeKey: DecodeKey;

  constructor(text: string, decodeKey: DecodeKey) {
    this.#text = text;
    this.#decodeKey = decodeKey;
  }

  readValue(start: number): ValueNode {
    const first = this.#text[start];
    if (first === "{") return this.#readItems(start, "object", "}");
    if (first === "[") return this.#readItems(start, "list", "]");
    return { kind: "scalar", start, end: this.#tokenEnd(start), items: [], keys: [] };
  }

  #readItems(start: number, kind: "object" | "list", closing: string): ValueNode {
    const items: Item[] = [];
    const keys: string[] = [];
    let position = skipTrivia(this.#text, start + 1);
    while (this.#text[position] !== closing) {
      const itemStart = position;
      if (kind === "object") {
        const keyEnd = this.#tokenEnd(position);
        keys.push(this.#readKey(this.#text.slice(position, keyEnd)));
        position = skipTrivia(this.#text, this.#expect(":", skipTrivia(this.#text, keyEnd)));
      }
      const value = this.readValue(position);
      items.push({ start: itemStart, end: value.end, value });
      position = skipTrivia(this.#text, value.end);
      if (this.#text[position] !== closing) {
        position = skipTrivia(this.#text, this.#expect(",", position));
      }
    }
    return { kind, start, end: position + 1, items, keys };
  }

  #readKey(token: string): string {
    if (token.includes("\\")) return this.#decodeKey(token);
    return /^["']/.test(token) ? token.slice(1, -1) : token;
  }

  #tokenEnd(start: number): number {
    const first = this.#text[start];
    const pattern = first === '"' || first === "'" ? STRING : BARE;
    pattern.lastIndex = start;
    if (!pattern.test(this.#text)) throw new Error(`unexpected text at character ${start + 1}`);
    return pattern.lastIndex;
  }

  /** The position behind `character`, which must be at `position`. */
  #expect(character: string, position: number): number {
    if (this.#text[position] === character) return position + 1;
    throw new Error(`expected "${character}" at character ${position + 1}`);
  }
}

/**
 * The node at `path`; of a key that is written several times the last one, which is the one that
 * counts.
 *
 * @throws {Error} When there is none.
 */
export function findNode(root: ValueNode, path: Path): ValueNode {
  return path.reduce<ValueNode>((node, part) => {
    const item = node.items[typeof part === "number" ? part : node.keys.lastIndexOf(part)];
    if (!item) throw new Error(`"${formatPath(path)}" is not where it should be`);
    return item.value;
  }, root);
}

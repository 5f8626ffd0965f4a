/**
 * The values of a JSON5 text with their places.
 *
 * @module
 */
import { formatPath, type Path } from "../path_syntax.ts";

/** Places as the parser gives them: in code points. */
interface Located {
  readonly location: {
    readonly start: { readonly index: number };
    readonly end: { readonly index: number };
  };
}

/** A value as the parser gives it. */
export interface ParsedNode extends Located {
  readonly properties?: readonly {
    readonly key: Located & { toJSON(): unknown };
    readonly value: ParsedNode;
  }[];
  readonly elements?: readonly ParsedNode[];
}

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

/** Parses a text into nodes with places. */
export type ParseNodes = (text: string) => ParsedNode;

/** The nodes of a text. */
export function readNodes(text: string, parse: ParseNodes): ValueNode {
  const offsets = unitOffsets(text);
  const offset = (index: number) => offsets?.[index] ?? index;
  const convert = (node: ParsedNode): ValueNode => {
    const { properties, elements } = node;
    const place = {
      start: offset(node.location.start.index),
      end: offset(node.location.end.index),
    };
    if (properties) {
      const items = properties.map(({ key, value }) => {
        const child = convert(value);
        return { start: offset(key.location.start.index), end: child.end, value: child };
      });
      const keys = properties.map(({ key }) => String(key.toJSON()));
      return { kind: "object", ...place, items, keys };
    }
    const children = (elements ?? []).map(convert);
    const items = children.map((value) => ({ start: value.start, end: value.end, value }));
    return { kind: elements ? "list" : "scalar", ...place, items, keys: [] };
  };
  return convert(parse(text));
}

/** Where each code point of a text begins; `undefined` where both counts agree. */
function unitOffsets(text: string): number[] | undefined {
  if (!/[\uD800-\uDBFF]/.test(text)) return undefined;
  const offsets = [0];
  for (const character of text) offsets.push(offsets.at(-1)! + character.length);
  return offsets;
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

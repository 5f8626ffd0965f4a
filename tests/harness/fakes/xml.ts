/**
 * A strict reader of small XML: what is not well-formed throws.
 *
 * @module
 */

/** One element. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  /** Its text, when it has no children. */
  text: string;
}

const NAMES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** Reads a document. */
export function parseXml(text: string): XmlElement {
  const body = text.replace(/^<\?xml version="1\.0" encoding="[\w-]+"\?>\s*/, "");
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  for (const [part] of body.matchAll(/<[^>]*>|[^<]+/g)) {
    const current = open.at(-1)!;
    if (!part.startsWith("<")) {
      current.text += unescape(part);
      continue;
    }
    const end = /^<\/([\w:]+)\s*>$/.exec(part)?.[1];
    if (end !== undefined) {
      if (open.pop()!.name !== end) throw new Error(`</${end}> ends another element`);
      if (current.children.length > 0 && current.text.trim() !== "") {
        throw new Error("mixed content");
      }
      continue;
    }
    const start = /^<([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*>$/.exec(part);
    if (start === null) throw new Error(`not well-formed: ${part}`);
    const attributes = Object.fromEntries(
      [...start[2]!.matchAll(/([\w:]+)="([^"]*)"/g)].map((
        [, key, value],
      ) => [key, unescape(value!)]),
    );
    const element = { name: start[1]!, attributes, children: [], text: "" };
    current.children.push(element);
    open.push(element);
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error("not one whole element");
  return root.children[0]!;
}

function unescape(text: string): string {
  if (text.includes(">") || /&(?!\w+;)/.test(text)) throw new Error(`not escaped: ${text}`);
  return text.replace(/&(\w+);/g, (_, name: string) => {
    const char = NAMES[name];
    if (char === undefined) throw new Error(`unknown: &${name};`);
    return char;
  });
}

/**
 * Makes one change in a JSON5 text by cutting out and putting in characters.
 *
 * Comments that stand on lines of their own stay where they are. A comment behind a removed value on
 * the same line belongs to it and goes with it.
 *
 * @module
 */
import type { Path } from "../path_syntax.ts";
import type { Change } from "./diff.ts";
import { type DecodeKey, findNode, type Item, readNodes, type ValueNode } from "./nodes.ts";
import { type Style, writeInline, writeKey, writeValue } from "./style.ts";
import { indentationAt, lineStart, scanTrivia, startsLine, type Trivium } from "./trivia.ts";

/**
 * The text after one change.
 *
 * @throws {Error} When the text is not understood well enough.
 */
export function applyChange(
  text: string,
  change: Change,
  style: Style,
  decodeKey: DecodeKey,
): string {
  const root = readNodes(text, decodeKey);
  switch (change.kind) {
    case "replace":
      return replaceValue(text, findNode(root, change.path), change.value, style);
    case "insert": {
      const holder = findNode(root, change.path.slice(0, -1));
      return insertItem(text, holder, change.path.at(-1)!, change.value, style);
    }
    case "delete":
      return deleteItem(text, root, change.path, decodeKey);
  }
}

function replaceValue(text: string, node: ValueNode, value: unknown, style: Style): string {
  const { start, end } = node;
  const isBare = !style.isStrict && !/^[^:]*["']\s*:/.test(text);
  const written = writeValue(value, indentationAt(text, start), style, isBare);
  return text.slice(0, start) + written + text.slice(end);
}

function insertItem(
  text: string,
  holder: ValueNode,
  key: string | number,
  value: unknown,
  style: Style,
): string {
  const position = typeof key === "number" ? key : holder.items.length;
  const follower = holder.items[position];
  const isBare = !style.isStrict && usesBareKeys(text, holder);
  const write: WriteItem = (indentation, isInline = false) => {
    const written = isInline
      ? writeInline(value, isBare)
      : writeValue(value, indentation, style, isBare);
    return typeof key === "number" ? written : `${writeKey(key, isBare)}: ${written}`;
  };
  if (follower) return insertBefore(text, follower, write, style);
  const last = holder.items.at(-1);
  return last
    ? insertAfter(text, holder, last, write, style)
    : insertFirst(text, holder, write, style);
}

/** Whether the keys beside the new one, or else those of the file, have no quotes. */
function usesBareKeys(text: string, holder: ValueNode): boolean {
  const own = holder.items.map((item) => text[item.start]!).filter(() => holder.kind === "object");
  if (own.length > 0) return !/["']/.test(own.at(-1)!);
  return !/["'][^"'\n]*["']\s*:/.test(text);
}

type WriteItem = (indentation: string, isInline?: boolean) => string;

function insertBefore(text: string, follower: Item, write: WriteItem, style: Style): string {
  const indentation = indentationAt(text, follower.start);
  const gap = startsLine(text, follower.start) ? style.lineEnd + indentation : " ";
  return `${text.slice(0, follower.start)}${write(indentation)},${gap}${
    text.slice(follower.start)
  }`;
}

function insertAfter(
  text: string,
  holder: ValueNode,
  last: Item,
  write: WriteItem,
  style: Style,
): string {
  const tail = scanTrivia(text, last.end, holder.end - 1);
  const comma = tail.find((trivium) => trivium.kind === "comma");
  const behind = comma ? tail.slice(tail.indexOf(comma) + 1) : tail;
  const comments = sameLineComments(behind);
  const point = comments.at(-1)?.end ?? comma?.end ?? last.end;
  const ownLine = startsLine(text, last.start);
  const isMultiline = ownLine || comments.at(-1)?.kind === "lineComment";
  const indentation = ownLine
    ? indentationAt(text, last.start)
    : indentationAt(text, holder.start) + (isMultiline ? style.indent : "");
  const gap = isMultiline ? style.lineEnd + indentation : " ";
  const item = gap + write(indentation, !isMultiline);
  const head = comma
    ? text.slice(0, point)
    : `${text.slice(0, last.end)},${text.slice(last.end, point)}`;
  return `${head}${item}${comma ? "," : ""}${text.slice(point)}`;
}

/** The comments that come before the next line break. */
function sameLineComments(trivia: readonly Trivium[]): Trivium[] {
  const end = trivia.findIndex((trivium) => trivium.kind === "lineBreak");
  return trivia.slice(0, end === -1 ? trivia.length : end)
    .filter((trivium) => trivium.kind.endsWith("Comment"));
}

function insertFirst(text: string, holder: ValueNode, write: WriteItem, style: Style): string {
  const indentation = indentationAt(text, holder.start);
  const inner = indentation + style.indent;
  const kept = text.slice(holder.start + 1, holder.end - 1).trimEnd();
  return text.slice(0, holder.start + 1) + kept + style.lineEnd + inner + write(inner) +
    style.lineEnd + indentation + text.slice(holder.end - 1);
}

/** Removes an item; one that is written several times is removed as often. */
function deleteItem(
  text: string,
  root: ValueNode,
  path: Path,
  decodeKey: DecodeKey,
): string {
  const key = path.at(-1)!;
  const holder = findNode(root, path.slice(0, -1));
  const index = typeof key === "number" ? key : holder.keys.indexOf(key);
  if (index < 0 || index >= holder.items.length) {
    throw new Error("the value to remove is not there");
  }
  const result = removeAt(text, holder, index);
  const isRepeated = typeof key === "string" && holder.keys.indexOf(key, index + 1) !== -1;
  return isRepeated ? deleteItem(result, readNodes(result, decodeKey), path, decodeKey) : result;
}

function removeAt(text: string, holder: ValueNode, index: number): string {
  const item = holder.items[index]!;
  const next = holder.items[index + 1];
  const tail = scanTrivia(text, item.end, next?.start ?? holder.end - 1);
  const comma = tail.find((trivium) => trivium.kind === "comma");
  const isFollowed = next !== undefined || comma !== undefined;
  const cuts: Cut[] = isFollowed ? [] : precedingComma(text, holder, index);
  const lastOnLine = item.end + sameLineLength(tail);
  const commaOnLine = comma !== undefined && comma.end <= lastOnLine;
  if (comma && !commaOnLine) cuts.push([comma.start, comma.end]);
  cuts.push(itemCut(text, item, tail, commaOnLine ? comma.end : item.end, next));
  return cutOut(text, cuts);
}

type Cut = readonly [start: number, end: number];

/** The comma before the last item, which would otherwise be left at the end. */
function precedingComma(text: string, holder: ValueNode, index: number): Cut[] {
  const before = holder.items[index - 1];
  if (!before) return [];
  const gap = scanTrivia(text, before.end, holder.items[index]!.start);
  return gap.filter((trivium) => trivium.kind === "comma").map(({ start, end }) => [start, end]);
}

/** How many characters of `tail` are on the line it begins on. */
function sameLineLength(tail: readonly Trivium[]): number {
  const from = tail[0]?.start ?? 0;
  const lineBreak = tail.find((trivium) => trivium.kind === "lineBreak");
  return (lineBreak?.start ?? tail.at(-1)?.end ?? from) - from;
}

/** What goes with an item: whole lines where it has them for itself, else only its own space. */
function itemCut(
  text: string,
  item: Item,
  tail: readonly Trivium[],
  end: number,
  next: Item | undefined,
): Cut {
  const lineBreak = tail.find((trivium) => trivium.kind === "lineBreak");
  if (lineBreak && startsLine(text, item.start)) {
    return [lineStart(text, item.start), lineBreak.end];
  }
  if (next && !lineBreak) {
    const space = tail.find((trivium) => trivium.kind === "space" && trivium.start === end);
    return [item.start, space?.end ?? end];
  }
  const before = text.slice(0, item.start);
  const isSpaced = /[^\S\n\r\u2028\u2029]$/.test(before) && !startsLine(text, item.start);
  return [isSpaced ? before.trimEnd().length : item.start, end];
}

function cutOut(text: string, cuts: readonly Cut[]): string {
  const fromBack = cuts.toSorted((a, b) => b[0] - a[0]);
  return fromBack.reduce((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), text);
}

/**
 * What of a message is searched, and how a query is put to the full-text index.
 *
 * @module
 */
import { truncateUtf8 } from "../base/mod.ts";
import type { TranscriptMessage } from "./types.ts";

/** Of a longer message only the beginning is found; indexing costs time for each byte. */
export const MAX_INDEXED_BYTES = 32 * 1024;
/** Words of a query that count. */
const MAX_QUERY_TERMS = 16;
const MAX_TERM_CHARS = 64;
const SNIPPET_CHARS_BEFORE = 60;
const SNIPPET_CHARS = 200;

/** Scripts written without spaces: each character counts as a word of its own. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/** The visible text of a message: text parts joined by line ends; none of what stands in for one. */
export function messageText(message: TranscriptMessage): string {
  if (message.role === "toolResult" && message.isPending) return "";
  const [first] = message.content;
  if (message.content.length === 1 && first?.type === "text") return first.text;
  return message.content.flatMap((part) => part.type === "text" ? [part.text] : []).join("\n");
}

/** What the index is given for a text; empty when there is nothing to find. */
export function indexedText(text: string): string {
  const head = text.length * 3 <= MAX_INDEXED_BYTES
    ? text
    : truncateUtf8(text.slice(0, MAX_INDEXED_BYTES), MAX_INDEXED_BYTES);
  return spaceOut(head).trim();
}

/**
 * Turns what a person typed into a query of the index: all words, the last one as a beginning.
 * Operators of the query language are taken as text.
 *
 * @returns `undefined` when there is no word in it.
 */
export function indexQuery(typed: string): string | undefined {
  const terms = queryTerms(typed);
  if (terms.length === 0) return undefined;
  return terms.map((term) => `"${spaceOut(term).trim()}"`).join(" AND ") + " *";
}

/** The text around the first word of the query that occurs. */
export function snippetOf(text: string, typed: string): string {
  const lower = text.toLowerCase();
  const positions = queryTerms(typed).map((term) => lower.indexOf(term.toLowerCase()));
  const hits = positions.filter((position) => position >= 0);
  const start = hits.length === 0 ? 0 : Math.max(0, Math.min(...hits) - SNIPPET_CHARS_BEFORE);
  const cut = text.slice(start, start + SNIPPET_CHARS).toWellFormed().replaceAll("\ufffd", "");
  const body = cut.replace(/\s+/g, " ").trim();
  return (start > 0 ? "…" : "") + body + (start + SNIPPET_CHARS < text.length ? "…" : "");
}

/** Runs of letters and digits; everything else separates, as it does in the index. */
function queryTerms(typed: string): string[] {
  return (typed.slice(0, 4096).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [])
    .map((term) => term.slice(0, MAX_TERM_CHARS).toWellFormed())
    .slice(0, MAX_QUERY_TERMS);
}

function spaceOut(text: string): string {
  return text.replace(UNSPACED, " $& ");
}

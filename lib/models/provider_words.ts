/**
 * Reads what a provider says when it refuses, whatever form it has.
 *
 * @module
 */
import { isObject, type JsonObject, parseJsonOrUndefined } from "../base/mod.ts";

/** A refusal in the provider's own words. */
export interface ProviderWords {
  /** One line, possibly empty. */
  text: string;
  /** The provider's own code or type. */
  code: string;
}

/** The message and code in an error body, whatever its form. */
export function readProviderWords(body: string): ProviderWords {
  const parsed = parseJsonOrUndefined(body);
  const outer = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isObject(outer)) return { text: plainText(body), code: "" };
  const inner = isObject(outer.error) ? outer.error : outer;
  const text = firstText(inner.message, outer.error, outer.message, outer.detail, outer.msg);
  return { text: plainText(text), code: codeOf(inner) };
}

function codeOf(error: JsonObject): string {
  for (const value of [error.code, error.type, error.status]) {
    if (
      typeof value === "number" || (typeof value === "string" && value !== "")
    ) {
      return String(value);
    }
  }
  return "";
}

function firstText(...candidates: readonly unknown[]): string {
  for (const candidate of candidates) {
    if (typeof candidate === "string" && candidate !== "") return candidate;
    const first = Array.isArray(candidate) ? candidate[0] : undefined;
    if (isObject(first) && typeof first.msg === "string") return first.msg;
  }
  return "";
}

/** One line; of a page, its title. */
function plainText(text: string): string {
  const title = /<title[^>]*>([^<]{1,300})/i.exec(text)?.[1];
  const isPage = /^\s*<(!doctype|html|\?xml)/i.test(text);
  const words = isPage ? title ?? "an HTML page" : text;
  return words.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/**
 * How long a provider asks to wait.
 *
 * A date counts from the answer's own `Date`, so the clocks need not agree.
 *
 * @returns Milliseconds, or `undefined` where nothing readable is said.
 */
export function parseRetryAfter(headers: Headers): number | undefined {
  const ms = Number(headers.get("retry-after-ms") ?? NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) {
    return seconds >= 0 ? Math.round(seconds * 1000) : undefined;
  }
  const wait = Date.parse(value) - Date.parse(headers.get("date") ?? "");
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

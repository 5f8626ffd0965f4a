/**
 * Turns log fields into plain JSON values without secrets.
 *
 * @module
 */
import { REDACTED } from "../../base/mod.ts";

const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;
const MAX_STRING_CHARS = 4096;
const SECRET_KEY = /(?:token|password|passwd|secret|api[_-]?key|authorization|cookie)$/i;

/**
 * A copy of `value` that JSON can write: secrets removed, long parts cut, cycles and functions named.
 *
 * Text is redacted before it becomes JSON, since a replacement inside JSON could break its quotes.
 */
export function plainValue(value: unknown, redact: (text: string) => string, depth = 0): unknown {
  if (typeof value === "string") return redact(cut(value));
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "[too deep]";
  if (value instanceof Error) return plainError(value, redact, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ENTRIES).map((item) => plainValue(item, redact, depth + 1));
  }
  return plainObject(value, redact, depth);
}

function plainObject(
  value: object,
  redact: (text: string) => string,
  depth: number,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value).slice(0, MAX_ENTRIES)) {
    const isSecret = typeof item === "string" && item !== "" && SECRET_KEY.test(key);
    result[redact(key)] = isSecret ? REDACTED : plainValue(item, redact, depth + 1);
  }
  return result;
}

function plainError(
  error: Error,
  redact: (text: string) => string,
  depth: number,
): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const code = (error as Error & { code?: unknown }).code;
  return {
    name,
    message: redact(cut(message)),
    ...(typeof code === "string" ? { code } : {}),
    ...(stack === undefined ? {} : { stack: redact(cut(stack)) }),
    ...(cause === undefined ? {} : { cause: plainValue(cause, redact, depth + 1) }),
  };
}

function cut(text: string): string {
  return text.length <= MAX_STRING_CHARS ? text : `${text.slice(0, MAX_STRING_CHARS)}…`;
}

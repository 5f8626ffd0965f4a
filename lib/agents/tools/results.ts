/**
 * The two forms in which tools answer: text, and data that is shown as text.
 *
 * @module
 */
import type { ToolResult } from "../tools.ts";

/** An answer of data: models read it as JSON, programs take it as it is. */
export function dataResult(details: unknown): ToolResult {
  return textResult(JSON.stringify(details, null, 2), details);
}

/** An answer in words, with data for programs. */
export function textResult(text: string, details: unknown): ToolResult {
  return { content: [{ type: "text", text }], details, isError: false };
}

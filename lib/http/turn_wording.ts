/**
 * How a turn that says nothing by itself stands in the transcript, whatever the dialect.
 *
 * @module
 */
import type { HttpToolResult } from "./types.ts";

/** The text of a message that brings nothing but images. */
export const IMAGES_ONLY = "User sent image(s) with no text.";

/** A client's answer to a call, as people read it. */
export function resultLine({ id, text }: HttpToolResult): string {
  return `Tool:${id}: ${text}`;
}

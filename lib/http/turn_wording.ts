/**
 * How a turn that says nothing by itself stands in the transcript, whatever the dialect.
 *
 * @module
 */
import type { HttpRunRequest, HttpToolResult } from "./types.ts";

/** The text of a message that brings nothing but images. */
export const IMAGES_ONLY = "User sent image(s) with no text.";

/** The text of a message that brings nothing but files. */
export const FILES_ONLY = "User sent file(s) with no text.";

/** Adds the texts of files to what the model is told besides the conversation. */
export function withFiles<R extends Pick<HttpRunRequest, "extraSystemPrompt">>(
  run: R,
  fileBlocks: readonly string[],
): R {
  if (fileBlocks.length === 0) return run;
  const texts = [run.extraSystemPrompt ?? "", ...fileBlocks].filter((text) => text !== "");
  return { ...run, extraSystemPrompt: texts.join("\n\n") };
}

/** A client's answer to a call, as people read it. */
export function resultLine({ id, text }: HttpToolResult): string {
  return `Tool:${id}: ${text}`;
}

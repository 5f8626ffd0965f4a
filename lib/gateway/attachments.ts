/**
 * Files that come along with a message.
 *
 * @module
 */
import { AppError, isObject } from "../base/mod.ts";
import { MAX_ATTACHMENT_BYTES } from "../protocol/mod.ts";

/** An image as runs take it. */
export interface ImageAttachment {
  /** Base64. */
  data: string;
  mimeType: string;
}

/**
 * Reads the attachments of a message, in either form that clients send.
 *
 * @throws {AppError} `ATTACHMENT_INVALID` for anything that is not an image of at most 20 MiB.
 */
export function readAttachments(attachments: readonly unknown[] | undefined): ImageAttachment[] {
  return (attachments ?? []).map((attachment, index) => readAttachment(attachment, index));
}

function readAttachment(attachment: unknown, index: number): ImageAttachment {
  const where = `attachment ${index + 1}`;
  if (!isObject(attachment)) throw invalid(`${where}: must be object`);
  const source = isObject(attachment.source) ? attachment.source : undefined;
  const { data, type } = parseContent(source?.data ?? attachment.content);
  const mimeType = source?.media_type ?? attachment.mimeType ?? type;
  if (data === "") throw invalid(`${where}: has no base64 content`);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) throw invalid(`${where}: content is not base64`);
  if (decodedBytes(data) > MAX_ATTACHMENT_BYTES) {
    throw invalid(`${where}: is larger than ${MAX_ATTACHMENT_BYTES / 1024 / 1024} MiB`);
  }
  if (typeof mimeType !== "string") throw invalid(`${where}: has no type such as "image/png"`);
  if (!mimeType.startsWith("image/")) {
    throw invalid(`${where}: "${mimeType}" is not an image, other files are not taken yet`);
  }
  return { data, mimeType };
}

/** Base64 without line ends, and the type that a data URL brings along. */
function parseContent(content: unknown): { data: string; type?: string } {
  if (typeof content !== "string") return { data: "" };
  const head = /^data:([^;,]{0,100})[^,]{0,100};base64,/.exec(content);
  const data = content.slice(head?.[0].length ?? 0).replace(/\s+/g, "");
  return head?.[1] ? { data, type: head[1] } : { data };
}

function decodedBytes(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor(base64.length * 3 / 4) - padding;
}

function invalid(message: string): AppError {
  return new AppError("ATTACHMENT_INVALID", message, {
    hint: "Send images as base64 of at most 20 MiB",
  });
}

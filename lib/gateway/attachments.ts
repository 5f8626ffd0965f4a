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
  const data = stripDataUrl(source?.data ?? attachment.content);
  const mimeType = source?.media_type ?? attachment.mimeType;
  if (typeof data !== "string" || data === "") {
    throw invalid(`${where}: has no base64 content`);
  }
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(data)) {
    throw invalid(`${where}: content is not base64`);
  }
  if (data.length * 3 / 4 > MAX_ATTACHMENT_BYTES) {
    throw invalid(`${where}: is larger than ${MAX_ATTACHMENT_BYTES / 1024 / 1024} MiB`);
  }
  if (typeof mimeType !== "string" || !mimeType.startsWith("image/")) {
    throw invalid(`${where}: "${String(mimeType)}" is not an image, other files are not taken yet`);
  }
  return { data, mimeType };
}

function stripDataUrl(data: unknown): unknown {
  return typeof data === "string" ? data.replace(/^data:[^,]*;base64,/, "") : data;
}

function invalid(message: string): AppError {
  return new AppError("ATTACHMENT_INVALID", message, {
    hint: "Send images as base64 of at most 20 MiB",
  });
}

/**
 * Reads JSON bodies within a size and a time.
 *
 * @module
 */
import { errorMessage } from "../base/mod.ts";
import { HttpError, invalidRequest } from "./errors.ts";
import { checkJsonText } from "./json_text.ts";
import { BODY_TIMEOUT_MS } from "./limits.ts";

/**
 * Reads and parses a JSON body; the content type is not looked at.
 *
 * @param maxBytes Largest accepted body; one byte more is refused before the rest is read.
 * @param timeoutMs Time for the body to arrive completely.
 * @returns The parsed value; `{}` for an empty body.
 * @throws {HttpError} `PAYLOAD_TOO_LARGE`, `BODY_TIMEOUT`, `BODY_INCOMPLETE`,
 * `UNSUPPORTED_ENCODING` or `INVALID_REQUEST`.
 */
export async function readJsonBody(
  request: Request,
  maxBytes: number,
  timeoutMs = BODY_TIMEOUT_MS,
): Promise<unknown> {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw new HttpError(
      415,
      "UNSUPPORTED_ENCODING",
      `Cannot read a body with content encoding "${encoding}"`,
      { hint: "Send the JSON uncompressed" },
    );
  }
  if (Number(request.headers.get("content-length")) > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return {};
  const text = decodeUtf8(await readBytes(request.body, maxBytes, timeoutMs));
  if (text.trim() === "") return {};
  checkJsonText(text);
  try {
    const mayHaveHalves = text.includes("\\u") && SURROGATE_ESCAPE.test(text);
    return mayHaveHalves ? JSON.parse(text, wellFormed) : JSON.parse(text);
  } catch (error) {
    throw invalidRequest(errorMessage(error));
  }
}

/** The only way for half a character into text that was valid UTF-8. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Half a character cannot be stored, and providers refuse it: what the store keeps is used at once. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

async function readBytes(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
  timeoutMs: number,
): Promise<Uint8Array> {
  const reader = body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    cancel(reader);
  }, timeoutMs);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > maxBytes) {
        cancel(reader);
        throw tooLarge(maxBytes);
      }
      chunks.push(part.value);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    if (!isLate) throw incomplete(error);
  } finally {
    clearTimeout(timer);
  }
  if (isLate) throw new HttpError(408, "BODY_TIMEOUT", "Request body timeout", { retryable: true });
  return chunks.length === 1 ? chunks[0]! : concat(chunks, size);
}

/** Stops reading; the connection may be gone already, which is all that is asked for. */
function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => {});
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The decoder says nothing beyond "invalid".
    throw invalidRequest("Request body is not valid UTF-8");
  }
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, "PAYLOAD_TOO_LARGE", "Payload too large", {
    hint: `The limit of this endpoint is ${maxBytes} bytes`,
  });
}

function incomplete(cause: unknown): HttpError {
  return new HttpError(400, "BODY_INCOMPLETE", "Request body ended early", {
    cause,
    retryable: true,
  });
}

/**
 * The body of `POST /v1/embeddings`, from `unknown` to typed.
 *
 * @module
 */
import * as z from "zod/mini";
import { invalidRequest } from "../errors.ts";
import { MAX_EMBED_TOTAL_CHARS } from "../limits.ts";
import { type EmbeddingsBody, embeddingsSchema } from "./schema.ts";

/** What a request asks for. */
export interface EmbeddingsRequest {
  /** As sent; the answer echoes it. */
  model: string;
  input: string[];
  format: "float" | "base64";
  dimensions?: number;
}

/**
 * Parses the body of a request.
 *
 * @throws {HttpError} `INVALID_REQUEST` with the first thing that is wrong, `model` before `input`.
 */
export function parseEmbeddingsRequest(body: unknown): EmbeddingsRequest {
  const { model, input, encoding_format: format, dimensions } = check(body);
  const texts = typeof input === "string" ? [input] : input;
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  if (total > MAX_EMBED_TOTAL_CHARS) {
    throw invalidRequest(`Total input too large (max ${MAX_EMBED_TOTAL_CHARS} chars).`);
  }
  return {
    model,
    input: texts,
    format: format ?? "float",
    ...(dimensions === undefined || dimensions === null ? {} : { dimensions }),
  };
}

function check(body: unknown): EmbeddingsBody {
  schema ??= embeddingsSchema();
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw invalidRequest(result.error.issues[0]!.message);
}

let schema: ReturnType<typeof embeddingsSchema> | undefined;

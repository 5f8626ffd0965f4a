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
  throw invalidRequest(messageOf(result.error.issues[0]!));
}

/** A value of the right type that is too large is told so, not that its type is wrong. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_union") return issue.message;
  const tooBig = issue.errors.find((issues) => issues.every(({ code }) => code === "too_big"));
  return tooBig?.[0]?.message ?? issue.message;
}

let schema: ReturnType<typeof embeddingsSchema> | undefined;

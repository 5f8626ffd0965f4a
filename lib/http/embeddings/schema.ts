/**
 * The shape of `POST /v1/embeddings`.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_EMBED_INPUT_CHARS, MAX_EMBED_INPUTS } from "../limits.ts";

/** The body of a request, after it was checked. */
export type EmbeddingsBody = z.infer<ReturnType<typeof embeddingsSchema>>;

/** Builds the schema of a request; each field says in words what it takes. */
export function embeddingsSchema() {
  const text = z.string().check(
    z.maxLength(MAX_EMBED_INPUT_CHARS, {
      error: `Input too long (max ${MAX_EMBED_INPUT_CHARS} chars).`,
    }),
  );
  const texts = z.array(text).check(
    z.maxLength(MAX_EMBED_INPUTS, { error: `Too many inputs (max ${MAX_EMBED_INPUTS}).` }),
  );
  return z.looseObject({
    model: z.string({ error: MISSING_MODEL }).check(z.regex(/\S/, { error: MISSING_MODEL })),
    input: z.union([text, texts], {
      error: "`input` must be a string or an array of strings.",
    }),
    encoding_format: z.nullish(
      z.enum(["float", "base64"], { error: "`encoding_format` must be `float` or `base64`." }),
    ),
    dimensions: z.nullish(
      z.int({ error: INVALID_DIMENSIONS }).check(z.gte(1, { error: INVALID_DIMENSIONS })),
    ),
  }, { error: MISSING_MODEL });
}

const MISSING_MODEL = "Missing `model`.";
const INVALID_DIMENSIONS = "`dimensions` must be a positive integer.";

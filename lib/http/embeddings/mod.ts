/**
 * `POST /v1/embeddings`: texts in, vectors out, as numbers or as base64.
 *
 * @module
 */
import { readJsonBody } from "../body.ts";
import type { RequestContext } from "../context.ts";
import { invalidRequest, JSON_TYPE, runError } from "../errors.ts";
import { MAX_EMBED_BODY_BYTES, MAX_NAME_CHARS } from "../limits.ts";
import { resolveAgent } from "../run_target.ts";
import { type EmbeddingsRequest, parseEmbeddingsRequest } from "./request.ts";

/**
 * Answers a request for embeddings. The header `x-openclaw-model` of the answer names the backend.
 *
 * @throws {HttpError} For what the client got wrong and for what the backend failed in.
 */
export async function createEmbeddings({ request, deps }: RequestContext): Promise<Response> {
  const asked = parseEmbeddingsRequest(await readJsonBody(request, MAX_EMBED_BODY_BYTES));
  const agentId = resolveAgent(request.headers, asked.model, deps.agents());
  const backend = readBackend(request.headers);
  if (asked.input.length === 0) return answer(asked, [], 0);
  const result = await deps.embed({
    agentId,
    input: asked.input,
    ...(backend === undefined ? {} : { model: backend }),
    ...(asked.dimensions === undefined ? {} : { dimensions: asked.dimensions }),
    signal: request.signal,
  });
  if (result.type === "error") throw runError(result);
  return answer(asked, result.vectors, result.promptTokens ?? 0, result.backend);
}

function readBackend(headers: Headers): string | undefined {
  const model = headers.get("x-openclaw-model")?.trim();
  if (!model) return undefined;
  if (model.length <= MAX_NAME_CHARS) return model;
  throw invalidRequest("Unsupported embedding model reference.");
}

function answer(
  { model, format }: EmbeddingsRequest,
  vectors: readonly (readonly number[])[],
  tokens: number,
  backend?: string,
): Response {
  const data = vectors.map((vector, index) => ({
    object: "embedding",
    index,
    embedding: format === "base64" ? toBase64(vector) : vector,
  }));
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return new Response(JSON.stringify({ object: "list", data, model, usage }), {
    headers: {
      "content-type": JSON_TYPE,
      ...(backend === undefined ? {} : { "x-openclaw-model": backend }),
    },
  });
}

/** Numbers of 32 bits, lowest byte first. */
function toBase64(vector: readonly number[]): string {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, index) => view.setFloat32(index * 4, value, true));
  return bytes.toBase64();
}

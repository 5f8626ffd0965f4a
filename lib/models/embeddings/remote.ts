/**
 * Embeddings of a provider over HTTP, in the form of OpenAI or of Ollama.
 *
 * Owns batches, retries and the telling of failures; one attempt is `postJson()`.
 *
 * @module
 */
import { delay, isObject } from "../../base/mod.ts";
import { type CallContext, toModelError } from "../errors.ts";
import { StreamFault } from "../faults.ts";
import { formatModelRef } from "../ref.ts";
import type { ModelError, ModelRef } from "../types.ts";
import { postJson } from "./post.ts";
import type { EmbeddingModel, EmbeddingRequest, EmbeddingResult } from "./types.ts";
import { checkVectors, fitVectors, readVector } from "./vectors.ts";

/** Texts in one request to a provider; several take no more than 96. */
const MAX_BATCH_TEXTS = 64;

/** Characters in one request to a provider; several take no more than 16,000 tokens. */
const MAX_BATCH_CHARS = 32_000;

/** Waits before the second and third attempt. */
const RETRY_DELAYS_MS: readonly number[] = [250, 1000];

/** The longest wait a provider can ask for; more, and the caller is told to wait itself. */
const MAX_RETRY_AFTER_MS = 2000;

/** How a provider is reached. */
export interface EmbeddingEndpoint {
  readonly ref: ModelRef;
  readonly form: "openai" | "ollama";
  /** Of the request itself. */
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The field that bounds the vectors. */
  readonly dimensionsField: string;
  /** Longest silence, in milliseconds. */
  readonly idleTimeoutMs: number;
  readonly context: CallContext;
}

/** How calls are made; replaced in tests. */
export interface RemoteOptions {
  readonly retryDelaysMs?: readonly number[];
  readonly sleep?: typeof delay;
}

/** A provider's model. */
export class RemoteEmbeddings implements EmbeddingModel {
  readonly ref: ModelRef;
  readonly #endpoint: EmbeddingEndpoint;
  readonly #options: RemoteOptions;

  constructor(endpoint: EmbeddingEndpoint, options: RemoteOptions = {}) {
    this.ref = endpoint.ref;
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** Asks batch after batch; see {@linkcode EmbeddingModel.embed}. */
  async embed({ input, dimensions, signal }: EmbeddingRequest): Promise<EmbeddingResult> {
    const results: EmbeddingResult[] = [];
    for (const batch of batchesOf(input)) {
      results.push(await this.#embedBatch(batch, dimensions, signal));
    }
    const vectors = results.flatMap((result) => result.vectors);
    const promptTokens = results.reduce<number | undefined>(
      (sum, result) =>
        sum === undefined || result.promptTokens === undefined
          ? undefined
          : sum + result.promptTokens,
      0,
    );
    return {
      vectors: fitVectors(this.#checked(vectors, input.length), dimensions, this.#name),
      ...(promptTokens === undefined ? {} : { promptTokens }),
    };
  }

  get #name(): string {
    return formatModelRef(this.ref);
  }

  #checked(vectors: number[][], count: number): number[][] {
    try {
      checkVectors(vectors, count);
      return vectors;
    } catch (thrown) {
      throw toModelError(thrown, this.#endpoint.context);
    }
  }

  async #embedBatch(
    input: readonly string[],
    dimensions: number | undefined,
    signal: AbortSignal,
  ): Promise<EmbeddingResult> {
    const { sleep = delay } = this.#options;
    for (let attempt = 1;; attempt++) {
      let waitMs: number | undefined;
      try {
        return await this.#attempt(input, dimensions, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        const error = toModelError(thrown, this.#endpoint.context);
        waitMs = this.#waitAfter(attempt, error);
        if (waitMs === undefined) throw error;
      }
      await sleep(waitMs, signal);
    }
  }

  async #attempt(
    input: readonly string[],
    dimensions: number | undefined,
    signal: AbortSignal,
  ): Promise<EmbeddingResult> {
    const { form, url, apiKey, headers, dimensionsField, idleTimeoutMs } = this.#endpoint;
    const body: Record<string, unknown> = { model: this.ref.model, input };
    if (dimensions !== undefined) body[dimensionsField] = dimensions;
    const answer = await postJson({ url, apiKey, headers, body, idleTimeoutMs, signal });
    const result = form === "ollama" ? readOllama(answer) : readOpenAi(answer);
    checkVectors(result.vectors, input.length);
    return result;
  }

  /** How long to wait after the given attempt, or `undefined` to give up. */
  #waitAfter(attempt: number, { kind, retryable, retryAfterMs }: ModelError): number | undefined {
    const waitMs = (this.#options.retryDelaysMs ?? RETRY_DELAYS_MS)[attempt - 1];
    const isTransient = kind === "overloaded" || kind === "unreachable" || kind === "cut";
    if (waitMs === undefined || !retryable) return undefined;
    if (retryAfterMs !== undefined) {
      return retryAfterMs <= MAX_RETRY_AFTER_MS ? retryAfterMs : undefined;
    }
    return isTransient ? waitMs : undefined;
  }
}

/** Texts in the order they came, cut where a provider might have too many of them. */
export function batchesOf(input: readonly string[]): string[][] {
  const batches: string[][] = [];
  let chars = 0;
  for (const text of input) {
    const last = batches.at(-1);
    const isFull = last === undefined || last.length >= MAX_BATCH_TEXTS ||
      chars + text.length > MAX_BATCH_CHARS;
    if (isFull) {
      batches.push([text]);
      chars = text.length;
    } else {
      last.push(text);
      chars += text.length;
    }
  }
  return batches;
}

/** `{data: [{index, embedding}], usage: {prompt_tokens}}` */
function readOpenAi(answer: unknown): EmbeddingResult {
  const data = isObject(answer) ? answer.data : undefined;
  if (!isObject(answer) || !Array.isArray(data)) throw notEmbeddings();
  const vectors = new Array<number[] | undefined>(data.length).fill(undefined);
  data.forEach((item, place) => {
    if (!isObject(item)) throw notEmbeddings();
    const index = typeof item.index === "number" ? item.index : place;
    if (!(index in vectors) || vectors[index] !== undefined) {
      throw new StreamFault("garbage", "answered with embeddings whose order is unclear");
    }
    vectors[index] = readVector(item.embedding);
  });
  const usage = isObject(answer.usage) ? answer.usage : {};
  return {
    vectors: vectors.map((vector) => vector!),
    ...countOf(usage.prompt_tokens ?? usage.total_tokens),
  };
}

/** `{embeddings: [[…]], prompt_eval_count}` */
function readOllama(answer: unknown): EmbeddingResult {
  if (!isObject(answer) || !Array.isArray(answer.embeddings)) throw notEmbeddings();
  return { vectors: answer.embeddings.map(readVector), ...countOf(answer.prompt_eval_count) };
}

function countOf(value: unknown): { promptTokens?: number } {
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? { promptTokens: value as number }
    : {};
}

function notEmbeddings(): StreamFault {
  return new StreamFault("garbage", "answered with JSON that holds no embeddings");
}

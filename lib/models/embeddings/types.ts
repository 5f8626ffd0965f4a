/**
 * What makes embeddings is asked, and what it answers.
 *
 * @module
 */
import type { SecretSetting } from "../config.ts";
import type { ModelRef } from "../types.ts";

/** Which backend is meant, as far as it is said. */
export interface EmbeddingChoice {
  /** Id of the provider; the best one there is when absent. */
  readonly provider?: string;
  readonly model?: string;
  /** Another address than that of the provider. */
  readonly remote?: {
    readonly baseUrl?: string;
    readonly apiKey?: SecretSetting;
    readonly headers?: Readonly<Record<string, SecretSetting>>;
  };
  /** Tells the provider of the model that answers messages; asked where no other is named. */
  readonly usual: () => string;
  /** What a caller wants for once: `provider/model`, or a model of the provider. */
  readonly asked?: string;
}

/** One call. */
export interface EmbeddingRequest {
  /** Not empty. */
  readonly input: readonly string[];
  /** Length of each vector; that of the model when absent. */
  readonly dimensions?: number;
  /** Ends the call; it then fails with the signal's reason. */
  readonly signal: AbortSignal;
}

/** What a call gives. */
export interface EmbeddingResult {
  /** One per text, in the order of the texts, all of one length and of finite numbers. */
  readonly vectors: number[][];
  /** As the provider counted them; absent when it did not. */
  readonly promptTokens?: number;
}

/** A model that makes embeddings. */
export interface EmbeddingModel {
  readonly ref: ModelRef;
  /**
   * Makes one embedding per text.
   *
   * @throws {ModelError} When the provider refuses, fails, or answers with something else.
   * @throws {AppError} `INVALID_REQUEST` when the vectors are shorter than asked.
   */
  embed(request: EmbeddingRequest): Promise<EmbeddingResult>;
}

/**
 * Embeddings without a network: words and their parts, hashed. Texts that share words are near each
 * other, and that is all; it stands in until a provider is configured.
 *
 * @module
 */
import type { ModelRef } from "../types.ts";
import type { EmbeddingModel, EmbeddingRequest, EmbeddingResult } from "./types.ts";
import { normalize } from "./vectors.ts";

/** Length of a vector when none is asked. */
const DEFAULT_DIMENSIONS = 384;

/** Letters of a part of a word. */
const PART_CHARS = 3;

/** A part counts less than the whole word. */
const PART_WEIGHT = 0.3;

/** The built-in model `demo/hash`. */
export class DemoEmbeddings implements EmbeddingModel {
  readonly ref: ModelRef = { provider: "demo", model: "hash" };

  /** Answers at once; see {@linkcode EmbeddingModel.embed}. */
  embed({ input, dimensions, signal }: EmbeddingRequest): Promise<EmbeddingResult> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const vectors = input.map((text) => hashText(text, dimensions ?? DEFAULT_DIMENSIONS));
    const promptTokens = input.reduce((sum, text) => sum + wordsOf(text).length, 0);
    return Promise.resolve({ vectors, promptTokens });
  }
}

function hashText(text: string, dimensions: number): number[] {
  const vector: number[] = new Array<number>(dimensions).fill(0);
  for (const word of wordsOf(text)) {
    addFeature(vector, word, 1);
    for (let start = 0; start + PART_CHARS <= word.length; start++) {
      addFeature(vector, `…${word.slice(start, start + PART_CHARS)}`, PART_WEIGHT);
    }
  }
  // A text without words is a direction of its own rather than no direction at all.
  if (!vector.some((value) => value !== 0)) vector[0] = 1;
  return normalize(vector);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().normalize("NFKC").match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Adds a feature where its hash says, with the sign that its hash says. */
function addFeature(vector: number[], feature: string, weight: number): void {
  const hash = hashOf(feature);
  const index = (hash >>> 1) % vector.length;
  vector[index] = vector[index]! + (hash & 1 ? weight : -weight);
}

/** FNV-1a over UTF-16 units, mixed once more so that the low bits depend on all of them. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
